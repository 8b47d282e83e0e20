"""What MariaDB does otherwise, on the server of ``WGER_TEST_DATABASE_URL`` where that is one (.ci/mariadb)."""

from __future__ import annotations

import os
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from wger_flask.auth.models import EmailAddress, User
from wger_flask.storage import columns, dialects
from wger_flask.storage.bulk import upsert
from wger_flask.storage.database import (
    DatabaseURLError,
    IntegrityError,
    advisory_lock,
    database,
    database_at,
    is_retryable,
    is_unavailable,
    take_up,
    transaction,
)
from wger_flask.storage.dialects.zoneless_series import offset_at
from wger_flask.storage.model import Model, make_model

pytest.importorskip("pymysql")
on_server = pytest.mark.skipif(
    not os.environ.get("WGER_TEST_DATABASE_URL", "").startswith("mariadb"), reason="needs a MariaDB server"
)


@pytest.fixture
def naps(opened):
    """A model with a table in the test's own database."""
    members = {"__module__": __name__, "id": columns.Auto(), "name": columns.Char(unique=True), "told": columns.Json()}
    model = make_model("Nap", members, Model, table_name="test_nap")
    model.create_table()
    yield model
    database.obj.execute_sql("DROP TABLE test_nap")


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("mariadb://wger@localhost", "a database is needed"),
        ("mariadb://wger@localhost/one/two", "a database is needed"),
        ("mariadb://wger@localhost/wger?ssl=1", "'ssl' is no option"),
        ("mariadb://wger@localhost/wger?connect_timeout=soon", "invalid literal"),
    ],
)
def test_an_address_that_is_none_is_told(url, told):
    with pytest.raises(DatabaseURLError, match=f"WGER_DATABASE_URL: .*{told}"):
        database_at(url)


def test_an_address_is_shown_without_its_password():
    held = database_at("mariadb://wger:s%40cret@one:3307/wger")
    assert held.connect_params["password"] == "s@cret"
    assert held.dialect.address(held) == "mariadb://wger@one:3307/wger"


def test_what_is_its_own_stays_small():
    """A further database is a few hours' work: what any server answers alike is inherited."""
    modules = sorted(Path(dialects.__file__).parent.glob("mariadb*.py"))
    assert sum(len(module.read_text().splitlines()) for module in modules) <= 300


@pytest.mark.parametrize("name", ["UTC", "Europe/Berlin", "Asia/Kathmandu", "America/St_Johns", "Africa/Casablanca"])
def test_clocks_are_told_to_the_second(name):
    zone, first, last = ZoneInfo(name), datetime(1950, 1, 1), datetime(2026, 12, 31)
    sql = offset_at("x", zone, first, last)
    cases = [part.partition(" THEN ") for part in sql.split(" WHEN x < ")[1:]]
    changes = [(datetime.fromisoformat(when.strip("'")), int(then.split()[0])) for when, _, then in cases]
    final = int(sql.split("ELSE ")[-1].removesuffix(" END"))
    at = first
    while at < last:
        told = next((offset for when, offset in changes if at < when), final)
        assert told == at.replace(tzinfo=UTC).astimezone(zone).utcoffset().total_seconds(), at
        at += timedelta(hours=37, minutes=13)


@on_server
def test_texts_compare_by_code_point(naps):
    names = ["nap", "Nap", "nap ", "näp", "nap\u0301", "NAP", "😴", "na\\p", "na%p", "na'p", 'na"p']
    for name in names:
        naps.create(name=name, told={})
    assert [row.name for row in naps.select().order_by(naps.name)] == sorted(names)
    for name in names:
        assert [row.name for row in naps.select().where(naps.name == name)] == [name]


@on_server
def test_a_clash_tells_table_and_columns_and_leaves_the_transaction_alive(naps):
    naps.create(name="one", told={})
    with transaction():
        naps.create(name="two", told={})
        with pytest.raises(IntegrityError) as clash, transaction():
            naps.create(name="one", told={})
        naps.create(name="three", told={})
    assert database.obj.dialect.unique_violation(clash.value) == ("test_nap", frozenset({"name"}))
    assert is_retryable(clash.value) and not is_unavailable(clash.value)
    assert naps.select().count() == 3


@on_server
def test_an_index_over_some_rows_is_about_those_alone(opened):
    grace = User.get(User.username == "grace")
    EmailAddress.delete().execute()
    for number in range(3):
        EmailAddress.create(user=grace, email=f"{number}@example.org", primary=False, verified=False)
    EmailAddress.create(user=grace, email="first@example.org", primary=True, verified=False)
    with pytest.raises(IntegrityError) as clash:
        EmailAddress.create(user=grace, email="second@example.org", primary=True, verified=False)
    table, broken = database.obj.dialect.unique_violation(clash.value)
    assert table == EmailAddress._meta.table_name and broken == {"user_id", "primary"}
    assert "in_unique_primary_email" not in database.obj.dialect.columns_by_table(database.obj)[table]


@on_server
def test_rows_are_written_again_by_their_key(naps):
    upsert(naps, ("id", "name", "told"), [(number, f"nap {number}", {"n": number}) for number in range(1, 1200)])
    upsert(naps, ("id", "name", "told"), [(7, "seven", {"n": 7.5}), (1200, "new", {"n": None})])
    assert naps.get_by_id(7).name == "seven" and naps.select().count() == 1200
    number, text = naps.told.number("n"), naps.told.text("n")
    found = naps.select(number, text).where(naps.id.in_([7, 8, 1200])).order_by(naps.id).tuples()
    assert list(found) == [(7.5, "7.5"), (8.0, "8"), (None, None)]


@on_server
def test_keys_are_never_given_twice(naps):
    last = naps.create(name="last", told={})
    last.delete_instance()
    assert naps.create(name="next", told={}).id > last.id


@on_server
def test_a_lock_is_held_until_the_transaction_ends(opened):
    began, asks, ended, order = threading.Event(), threading.Event(), threading.Event(), []

    def second():
        began.wait(600)
        with transaction():
            asks.set()
            advisory_lock("a nap")
            order.append("has it")
        database.obj.close()
        ended.set()

    thread = threading.Thread(target=second)
    thread.start()
    with transaction():
        advisory_lock("a nap")
        began.set()
        assert asks.wait(600) and not ended.wait(0.2)
        order.append("ends")
    thread.join()
    assert order == ["ends", "has it"]


@on_server
def test_one_process_is_elected(opened):
    held, other = database.obj, database_at(os.environ["WGER_TEST_DATABASE_URL"])
    other.database = held.database
    second = type(held.dialect)()
    assert held.dialect.is_elected(held) and held.dialect.is_elected(held)
    assert not second.is_elected(other)
    held.dialect.hang_up(held)
    assert second.is_elected(other)
    second.hang_up(other)


@on_server
def test_a_connection_that_the_server_ended_costs_no_request(opened):
    number = database.obj.execute_sql("SELECT CONNECTION_ID()").fetchone()[0]
    with database_at(os.environ["WGER_TEST_DATABASE_URL"]) as other:
        other.execute_sql(f"KILL {number}")
        while other.execute_sql("SELECT 1 FROM information_schema.processlist WHERE id = %s", (number,)).fetchone():
            pass
    take_up()
    assert database.obj.execute_sql("SELECT 1").fetchone() == (1,)


@on_server
def test_of_two_that_wait_for_each_other_one_is_to_try_again(naps):
    one, two = naps.create(name="one", told={}).id, naps.create(name="two", told={}).id
    both, failed = threading.Barrier(2, timeout=600), []

    def write(first, then):
        try:
            with transaction(), transaction():
                naps.update(told={"n": 1}).where(naps.id == first).execute()
                both.wait()
                naps.update(told={"n": 2}).where(naps.id == then).execute()
        except Exception as wrong:
            failed.append(wrong)
        finally:
            database.obj.close()

    threads = [threading.Thread(target=write, args=pair) for pair in ((one, two), (two, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(600)
    assert len(failed) == 1 and is_retryable(failed[0]), failed
