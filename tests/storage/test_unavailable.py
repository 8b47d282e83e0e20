"""A database that goes away, or takes nothing: what was open is lost and noticed, what comes next works."""

from __future__ import annotations

import pytest

from tests.reference import BY_LABEL, SERVER
from wger_flask.storage.database import (
    DatabaseError,
    advisory_lock,
    database,
    is_retryable,
    is_unavailable,
    open_database,
    release_connection,
    transaction,
)

Unit = BY_LABEL["core.weightunit"]
on_a_server = pytest.mark.skipif(not SERVER, reason="a file does not hang up")
TAKES_NOTHING = {"sqlite": "PRAGMA query_only = 1", "postgresql": "SET default_transaction_read_only = on"}


def hang_up() -> None:
    """End the open connection as a server does that is restarted."""
    import psycopg

    [(process,)] = database.obj.execute_sql("SELECT pg_backend_pid()").fetchall()
    with psycopg.connect(database.obj.database, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", (process,))


@on_a_server
def test_a_connection_that_was_ended_is_made_again(held):
    Unit.create(name="kg")
    hang_up()
    assert Unit.select().count() == 1
    hang_up()
    with transaction():
        Unit.create(name="lb")
    assert Unit.select().count() == 2


@on_a_server
def test_a_transaction_whose_connection_was_ended_fails(held):
    with pytest.raises(DatabaseError) as failed, transaction():
        Unit.create(name="kg")
        hang_up()
        Unit.create(name="lb")
    assert is_unavailable(failed.value)
    release_connection()
    assert Unit.select().count() == 0


@on_a_server
def test_a_commit_that_was_not_heard_is_no_success(held):
    with pytest.raises(DatabaseError) as failed, transaction():
        Unit.create(name="kg")
        hang_up()
    assert is_unavailable(failed.value)
    release_connection()
    assert Unit.select().count() == 0


@on_a_server
def test_notices_do_not_end_a_connection(held):
    [(process,)] = held.execute_sql("SELECT pg_backend_pid()").fetchall()
    held.execute_sql("DO $$ BEGIN RAISE WARNING 'for nobody'; END $$")
    assert held.execute_sql("SELECT pg_backend_pid()").fetchall() == [(process,)]


def test_a_database_that_takes_nothing_is_unable(held):
    held.execute_sql(TAKES_NOTHING[held.dialect.name])
    try:
        with pytest.raises(DatabaseError) as failed, transaction():
            Unit.create(name="kg")
    finally:
        held.close()  # the setting is the connection's
    assert is_unavailable(failed.value)
    assert not is_retryable(failed.value)
    Unit.create(name="kg")


@pytest.mark.parametrize("nonsense", ["SELECT nothing FROM nowhere", "SELECT"])
def test_nonsense_is_no_inability(held, nonsense):
    with pytest.raises(DatabaseError) as failed:
        held.execute_sql(nonsense + " WHERE")
    assert not is_unavailable(failed.value)
    assert not is_retryable(failed.value)


def test_only_the_database_can_be_unable():
    assert not is_unavailable(OSError("disk"))
    assert not is_retryable(ValueError("nothing"))


@on_a_server
def test_waiting_for_a_writer_of_the_same_user_has_an_end(held):
    """As it has on one file, where there is one lock for all."""
    import psycopg

    opened = open_database(held.database, wait=0.05, threads=2)
    try:
        with psycopg.connect(held.database, autocommit=True) as other, other.transaction():
            other.execute("SELECT pg_advisory_xact_lock(hashtextextended('writes of user 1', 0))")
            with pytest.raises(DatabaseError) as failed, transaction():
                advisory_lock("writes of user 1")
            assert is_unavailable(failed.value) and not is_retryable(failed.value)
            with transaction():
                advisory_lock("writes of user 2")
                Unit.create(name="kg")
        with transaction():
            advisory_lock("writes of user 1")
            Unit.create(name="lb")
        assert Unit.select().count() == 2
    finally:
        opened.close()
