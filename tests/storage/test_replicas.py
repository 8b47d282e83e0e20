"""Who reads what from where: replicas that are new enough, else the primary.  (The cluster test has real ones.)"""

from __future__ import annotations

import pytest

from wger_flask.storage import database as module
from wger_flask.storage.database import (
    DatabaseURLError,
    database,
    note_writes,
    open_database,
    read_from_replica,
    take_up,
    transaction,
)

replicas = pytest.importorskip("wger_flask.storage.dialects.postgresql_replicas")
ADA, GRACE = 1, 2
NOW = f"SELECT {replicas._NOW}"


@pytest.fixture
def held(app, monkeypatch):
    """The database of a test, with one replica: the same server, as far as ``monkeypatch`` says it is."""
    url = database.obj.database
    if "://" not in url:
        pytest.skip("a database in a file has no replicas")
    monkeypatch.setattr(replicas, "_REPLAYED", NOW)
    monkeypatch.setattr(replicas, "MOST_LAG", 3600)
    opened = open_database(url, replicas=[url])
    yield opened
    opened.close()


def where(user: int | None) -> str:
    """Return where a request of a user reads."""
    take_up()
    read_from_replica(user)
    seen: list[str] = []
    replica = database.obj.replicas.all[0].database
    for name, held in (("primary", database.obj), ("replica", replica)):
        held.query_hooks.append(lambda event, name=name: seen.append(name))
    try:
        database.obj.execute_sql("SELECT 1").fetchone()
    finally:
        for one in (database.obj, replica):
            one.query_hooks.clear()
    return seen[-1]


def write(user: int | None) -> None:
    """Do what a request of a user does that writes."""
    take_up()
    with transaction():
        database.obj.execute_sql("UPDATE auth_user SET first_name = 'x' WHERE id = 1")
    note_writes(user)


def test_what_only_reads_is_read_from_a_replica(held):
    assert (where(ADA), where(None)) == ("replica", "replica")
    take_up()
    assert held.reading.replica is None  # only where it was said so


def test_whoever_writes_reads_their_own_writes(held, monkeypatch):
    assert where(ADA) == "replica"
    monkeypatch.setattr(replicas, "_REPLAYED", f"SELECT {held.execute_sql(NOW).fetchone()[0]}")
    write(ADA)
    assert (where(ADA), where(GRACE), where(None)) == ("primary", "replica", "replica")
    monkeypatch.setattr(replicas, "_REPLAYED", NOW)
    assert where(ADA) == "replica"


def test_what_nobody_in_particular_writes_everybody_reads(held, monkeypatch):
    monkeypatch.setattr(replicas, "_REPLAYED", f"SELECT {held.execute_sql(NOW).fetchone()[0]}")
    write(None)
    assert (where(ADA), where(None)) == ("primary", "primary")


def test_a_request_that_writes_goes_on_at_the_primary(held):
    take_up()
    read_from_replica(ADA)
    with transaction():
        assert held.reading.replica is None
    read_from_replica(ADA)
    assert held.reading.replica is None
    take_up()
    read_from_replica(ADA)
    held.execute_sql("UPDATE auth_user SET first_name = 'x' WHERE id = 1")
    assert held.reading.replica is None and held.reading.has_written


def test_what_was_asked_of_the_primary_before_holds_for_it_alone(held):
    take_up()
    marker = held.dialect.change_marker(held)
    read_from_replica(ADA)
    assert held.reading.replica is None
    take_up()
    read_from_replica(ADA)
    assert held.dialect.change_marker(held) != marker


def test_a_replica_that_is_far_behind_is_not_read(held, monkeypatch):
    monkeypatch.setattr(replicas, "MOST_LAG", -1)
    monkeypatch.setattr(replicas, "_REPLAYED", "SELECT 0")
    assert where(None) == "primary"


@pytest.mark.parametrize("answer", ["SELECT 1 WHERE false", "SELECT nothing"])
def test_what_is_no_replica_or_does_not_answer_is_left_out_for_a_while(held, monkeypatch, answer, caplog):
    monkeypatch.setattr(replicas, "_REPLAYED", answer)
    assert (where(ADA), where(ADA)) == ("primary", "primary")
    assert len([line for line in caplog.messages if "left out" in line]) == 1
    monkeypatch.setattr(replicas, "_REPLAYED", NOW)
    assert where(ADA) == "primary"
    held.replicas.all[0]._off_until = 0
    assert where(ADA) == "replica"


def test_what_a_replica_cannot_do_the_primary_does(held):
    replica = held.replicas.all[0].database
    replica.execute_sql("SET default_transaction_read_only = on")
    take_up()
    read_from_replica(ADA)
    assert held.reading.replica is not None
    query = "WITH made AS (UPDATE auth_user SET first_name = 'x' WHERE id = 1 RETURNING id) SELECT * FROM made"
    assert held.execute_sql(query).fetchone() == (1,)
    assert held.reading.replica is None and held.reading.has_written


def test_answers_come_from_replicas_too(api, held, app, monkeypatch):
    settings = app.extensions["wger_flask"].settings
    monkeypatch.setitem(settings.__dict__, "WGER_DATABASE_REPLICAS", (database.obj.database,))
    seen: list[str] = []
    replica = held.replicas.all[0].database
    replica.query_hooks.append(lambda event: seen.append(event.sql))
    assert api("grace").get("workoutlog/").status_code == 200
    replica.query_hooks.clear()
    assert any("manager_workoutlog" in sql for sql in seen), seen
    assert not any("auth" in sql for sql in seen)


def test_a_file_has_none(tmp_path, app):
    with pytest.raises(DatabaseURLError, match="WGER_DATABASE_REPLICAS"):
        open_database(f"sqlite:///{tmp_path}/x.sqlite", replicas=["postgresql://one/wger"])
    assert module.database.obj is not None
