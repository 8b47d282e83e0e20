"""Another program that writes to the same database."""

from __future__ import annotations

import subprocess
import sys

import pytest

from wger_flask.storage.database import database

_PROGRAM = """
import sys
kind, address = sys.argv[1:]
if kind == "sqlite":
    import sqlite3
    held = sqlite3.connect(address, isolation_level=None, timeout=600)
else:
    import psycopg
    held = psycopg.connect(address, autocommit=True)
print("ready", flush=True)
for line in sys.stdin:
    held.execute(line)
    print("done", flush=True)
"""


@pytest.fixture
def another_process(app):
    """Return a function that has another process run an SQL statement, and commit it."""
    held = database.obj
    program = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, held.dialect.name, str(held.database)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert program.stdout.readline() == "ready\n"

    def run(sql: str) -> None:
        program.stdin.write(" ".join(sql.split()) + "\n")
        program.stdin.flush()
        assert program.stdout.readline() == "done\n"

    yield run
    program.stdin.close()
    program.wait(600)
    program.stdout.close()
