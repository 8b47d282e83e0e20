"""A PostgreSQL server that is restarted, crashes, or takes no writes while clients write."""

from __future__ import annotations

import pytest

from tests.faults.load import ask_until, assert_nothing_lost, load
from tests.faults.postgres import BINARIES, Postgres, postgres
from tests.faults.test_databases import migrate_at_once
from tests.faults.test_processes import SERVED
from tests.serving.running import running
from wger_flask.testing.server import make_template, put_aside

pytestmark = pytest.mark.skipif(not BINARIES, reason="without PostgreSQL's server")


@pytest.fixture(scope="module")
def server() -> Postgres:
    with postgres() as made:
        yield made


@pytest.fixture
def database(server, tmp_path):
    """A prepared database on it."""
    with put_aside():
        made = make_template(server.url, tmp_path)
    yield made
    made.drop()


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_it_is_restarted(server, database, tmp_path, rounds, mode):
    with running(database.url, tmp_path, **SERVED) as web:
        ask_until(web.port, 200)
        with load(web.port) as told:
            for _ in rounds:
                told.wait_for(40)
                server.stop(mode)
                ask_until(web.port, 503)
                told.wait_for(1, status=503)
                server.start()
                ask_until(web.port, 200)
                told.wait_for(40)
        assert_nothing_lost(web.port, told)
        assert "Traceback" not in web.log.read_text()


def test_many_upgrade_at_once(server, tmp_path):
    """One makes the tables, the others wait and find them made."""
    import psycopg

    with psycopg.connect(server.url, autocommit=True) as held:
        held.execute("CREATE DATABASE fresh")
        url = server.url.replace("/postgres?", "/fresh?")
        said = migrate_at_once(url, tmp_path)
        assert sum("Created or upgraded" in one for one in said) == 1, said
        held.execute("DROP DATABASE fresh")


def test_it_takes_no_writes_for_a_while(server, database, tmp_path):
    """As a standby does that became the primary's place, or a disk that is nearly full."""
    import psycopg

    with running(database.url, tmp_path, **SERVED) as web, psycopg.connect(server.url, autocommit=True) as other:
        ask_until(web.port, 200)
        with load(web.port) as told:
            told.wait_for(40)
            other.execute("ALTER SYSTEM SET default_transaction_read_only = on")
            other.execute("SELECT pg_reload_conf()")
            told.wait_for(10, status=503)
            ask_until(web.port, 200)
            other.execute("SET default_transaction_read_only = off")
            other.execute("ALTER SYSTEM RESET default_transaction_read_only")
            other.execute("SELECT pg_reload_conf()")
            told.wait_for(40)
        assert_nothing_lost(web.port, told)
        assert "Traceback" not in web.log.read_text()
