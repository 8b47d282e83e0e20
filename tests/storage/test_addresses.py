"""What is added to the address of a PostgreSQL server, and poolers in front of one."""

from __future__ import annotations

import pytest

from wger_flask.storage.database import DatabaseURLError, database, open_database

completed = pytest.importorskip("wger_flask.storage.dialects.postgresql_connections").completed


def test_a_socket_of_this_machine_is_left_alone():
    for url in ("postgresql://wger@/wger?host=/tmp/x", "postgresql:///wger", "postgresql://%2Ftmp%2Fx/wger"):
        assert completed(url) == url


def test_hosts_that_are_gone_are_noticed_within_seconds():
    assert "connect_timeout=5&keepalives_idle=5" in completed("postgresql://wger:s@one/wger")
    assert "connect_timeout=60&" in completed("postgresql://wger:s@one/wger?connect_timeout=60")
    assert "target_session_attrs" not in completed("postgresql://one/wger")


def test_of_several_hosts_the_one_that_takes_writes_is_meant():
    made = completed("postgresql://wger:s@one:5433,[::1]:5434/wger")
    assert made.startswith("postgresql://wger:s@one:5433,[::1]:5434/wger?")
    assert "target_session_attrs=read-write" in made
    assert "target_session_attrs=any" in completed("postgresql://one,two/wger?target_session_attrs=any")


def test_a_file_has_no_other_address(tmp_path):
    if database.obj is not None:
        pytest.skip("a database is open")
    with pytest.raises(DatabaseURLError, match="WGER_DATABASE_DIRECT_URL"):
        open_database(f"sqlite:///{tmp_path}/x.sqlite", direct="postgresql://one/wger")
