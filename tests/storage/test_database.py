"""A URL becomes a database; transactions are whole or nothing; migrating is safe to repeat."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.reference import BY_LABEL, MODELS, SERVER, empty_database, without_copy
from wger_flask.storage import migrations
from wger_flask.storage.database import (
    DatabaseURLError,
    IntegrityError,
    after_commit,
    database,
    open_database,
    release_connection,
    transaction,
)
from wger_flask.storage.links import links_of

Unit = BY_LABEL["core.weightunit"]


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("oracle://somewhere/x", "'oracle'; use one of .*sqlite"),
        ("", "use one of"),
        ("wger.sqlite", "use one of"),
        ("sqlite://", "a file is needed"),
        ("sqlite:///:memory:", "a file is needed"),
    ],
)
def test_urls_that_name_no_database_are_refused(url, reason):
    with pytest.raises(DatabaseURLError, match=f"WGER_DATABASE_URL: .*{reason}"):
        open_database(url)


def test_a_missing_folder_is_made(tmp_path):
    open_database(f"sqlite:///{tmp_path}/new folder/wger.sqlite").connect()
    database.obj.close()
    assert (tmp_path / "new folder" / "wger.sqlite").exists()


def test_a_failed_block_leaves_nothing(held):
    with pytest.raises(ZeroDivisionError), transaction():
        Unit.create(name="kg")
        _ = 1 / 0
    assert Unit.select().count() == 0


def test_a_failed_inner_block_leaves_the_outer_one(held):
    with transaction():
        Unit.create(name="kg")
        with pytest.raises(ZeroDivisionError), transaction():
            Unit.create(name="lb")
            _ = 1 / 0
    assert [one.name for one in Unit.select()] == ["kg"]


def test_what_waits_for_the_commit_runs_then(held):
    done = []
    with transaction():
        after_commit(lambda: done.append("kept"))
        assert done == []
    with pytest.raises(ZeroDivisionError), transaction():
        after_commit(lambda: done.append("lost"))
        _ = 1 / 0
    assert done == ["kept"]


def test_a_connection_left_in_a_transaction_is_mended(held):
    forgotten = held.atomic()
    forgotten.__enter__()
    Unit.create(name="kg")
    release_connection()
    assert Unit.select().count() == 0
    with transaction():
        Unit.create(name="lb")
    release_connection()
    assert Unit.select().count() == 1


def at_once(opened, work, number: int = 3) -> list:
    """Return what ``work`` returns in several threads at once, each with a connection of its own."""

    def connected(_):
        try:
            return work()
        finally:
            opened.close()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(connected, range(number)))


def test_writers_in_several_threads_all_get_through(held):
    """Each reads before it writes, which a deferred transaction of SQLite would not survive."""

    def work():
        for number in range(20):
            with transaction():
                Unit.create(name=f"{Unit.select().count()} {number}")

    at_once(held, work)
    assert Unit.select().count() == 60


def test_links_are_replaced_whole(held):
    User, Group = BY_LABEL["auth.user"], BY_LABEL["auth.group"]
    ada = User.create(username="ada", password="!")
    a, b, c = (Group.create(name=name).id for name in "abc")
    link = links_of(User)["groups"]
    for wanted in ([a, b], [b, c, c], []):
        with transaction():
            link.replace(ada.id, wanted)
        assert {one.group_id for one in link.through.select()} == set(wanted)
    assert link.model is Group


def test_a_link_is_there_once(held):
    User, Group = BY_LABEL["auth.user"], BY_LABEL["auth.group"]
    ada, group = User.create(username="ada", password="!"), Group.create(name="a")
    through = links_of(User)["groups"].through
    through.create(user=ada, group=group)
    with pytest.raises(IntegrityError):
        through.create(user=ada, group=group)


# -- migrations ----------------------------------------------------------------------------


def test_missing_tables_are_made(held):
    held.execute_sql("DROP TABLE core_usercache")
    assert not migrations.is_current(MODELS)
    assert migrations.migrate(MODELS) == ["created table core_usercache"]
    assert migrations.is_current(MODELS)


def test_servers_that_start_together_make_the_tables_once(tmp_path):
    with empty_database(tmp_path) as opened:
        start = threading.Barrier(3)

        def work():
            start.wait()
            return migrations.migrate(MODELS)

        assert sorted(bool(lines) for lines in at_once(opened, work)) == [False, False, True]
        assert migrations.is_current(MODELS)


def test_numbered_migrations_run_once_and_in_order(held, monkeypatch):
    ran = []

    class Step:
        def __init__(self, name):
            self.apply = lambda opened: ran.append((name, opened is held))

    monkeypatch.setattr(migrations, "numbered", lambda package: ["m0001_first", "m0002_second"])
    monkeypatch.setattr(migrations, "import_module", lambda path: Step(path.rpartition(".")[2]))
    assert not migrations.is_current(MODELS)
    assert without_copy(migrations.migrate(MODELS)) == ["applied m0001_first", "applied m0002_second"]
    assert migrations.migrate(MODELS) == []
    assert ran == [("m0001_first", True), ("m0002_second", True)]


def test_a_failed_migration_leaves_nothing(held, monkeypatch):
    def fail(opened):
        opened.execute_sql("DROP TABLE core_usercache")
        raise RuntimeError

    applied = {row.name for row in migrations.Migration.select()}
    monkeypatch.setattr(migrations, "numbered", lambda package: ["m0001_first"])
    monkeypatch.setattr(migrations, "import_module", lambda path: type("Step", (), {"apply": staticmethod(fail)}))
    with pytest.raises(RuntimeError):
        migrations.migrate(MODELS)
    assert "core_usercache" in held.get_tables()
    assert {row.name for row in migrations.Migration.select()} == applied


@pytest.mark.skipif(bool(SERVER), reason="a promise of SQLite's")
def test_readers_do_not_wait_for_a_writer(held):
    seen = []
    with transaction():
        Unit.create(name="kg")
        thread = threading.Thread(target=lambda: (seen.append(Unit.select().count()), held.close()))
        thread.start()
        thread.join()
    assert seen == [0]
