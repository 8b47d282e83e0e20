"""What other programs do to the database of a running server: hold its lock, replace it, upgrade it at once."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.faults.load import Caller, ask_until, assert_nothing_lost, load
from tests.faults.test_processes import SERVED, assert_whole
from tests.reference import SERVER, unpacked_database
from tests.serving.running import running

BEFORE = ROOT / "tests" / "storage" / "databases" / "before-2.7.0.sqlite.xz"
WEIGHT = {"date": "2000-01-01T00:00:00Z", "weight": 70}


@pytest.mark.parametrize("how", ["IMMEDIATE", "EXCLUSIVE"])
def test_another_program_holds_the_lock(held, sqlite_file, tmp_path, how):
    with running(held.url, tmp_path, WGER_WRITE_WAIT="1", **SERVED) as server:
        ask_until(server.port, 200)
        grace = Caller(server.port, "grace")
        with closing(sqlite3.connect(sqlite_file, isolation_level=None)) as other:
            other.execute(f"BEGIN {how}")
            for _ in range(2):
                status, told = grace("POST", "weightentry/", WEIGHT)
                assert status == 503, (status, told)
                assert grace("GET", "weightentry/?limit=1")[0] == 200
            other.execute("ROLLBACK")
        ask_until(server.port, 201, "POST", "weightentry/", WEIGHT)
        grace.close()
        assert "Traceback" not in server.log.read_text()


def test_the_file_is_replaced_while_clients_write(held, sqlite_file, tmp_path, rounds):
    """What was written to the file that has the name is kept; what was in the old one went with it."""
    with running(held.url, tmp_path, **SERVED) as server:
        ask_until(server.port, 200)
        for number in rounds:
            copy = tmp_path / f"copy-{number}"
            with load(server.port, also=(404,)) as before:  # of rows that the copy has not
                before.wait_for(40)
                with closing(sqlite3.connect(sqlite_file)) as one, closing(sqlite3.connect(copy)) as other:
                    one.backup(other)
                    other.execute("PRAGMA journal_mode=DELETE")
                os.replace(copy, sqlite_file)
                before.wait_for(40)
            with load(server.port) as after:
                after.wait_for(60)
            assert_nothing_lost(server.port, after)
        assert "Traceback" not in server.log.read_text()
    assert_whole(held.url)


@pytest.mark.skipif(bool(SERVER), reason="it is about files")
@pytest.mark.parametrize("kind", ["new", "of an earlier release"])
def test_many_upgrade_at_once(tmp_path, kind):
    """One does it, the others wait and find it done."""
    url = f"sqlite:///{tmp_path}/wger.sqlite"
    if kind != "new":
        with unpacked_database(tmp_path, BEFORE) as before:
            url = f"sqlite:///{before.database}"
    ended = migrate_at_once(url, tmp_path)
    assert len(list(Path(tmp_path).glob("*-before-upgrade-*"))) <= 1, ended
    assert_whole(url)


def migrate_at_once(url: str, folder: Path) -> list[str]:
    """Run four times ``migrate`` at once, which all must succeed, and return what they said."""
    env = {**os.environ, "WGER_DATABASE_URL": url, "WGER_INSTANCE_PATH": str(folder)}
    command = [sys.executable, "-m", "wger_flask", "migrate"]
    running = [
        subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for _ in range(4)
    ]
    ended = [(process.communicate(timeout=600)[0], process.returncode) for process in running]
    assert [status for _, status in ended] == [0] * 4, ended
    return [said for said, _ in ended]
