"""One process of all that serve a database is elected, and another one once it has ended."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from wger_flask.storage.database import database, hang_up, is_elected

OTHER = """
import sys
from wger_flask.storage.database import is_elected, open_database
open_database(sys.argv[1])
for line in sys.stdin:
    print(is_elected(), flush=True)
"""


@pytest.fixture
def other(app, database_url):
    """A function that asks another process whether it is elected, and one that ends that process."""
    process = subprocess.Popen(
        [sys.executable, "-c", OTHER, database_url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )

    def ask() -> bool:
        process.stdin.write("?\n")
        process.stdin.flush()
        return process.stdout.readline() == "True\n"

    def end() -> None:
        process.kill()
        process.communicate()

    yield ask, end
    end()
    hang_up()


@pytest.fixture
def database_url(app):
    """The address of the database that is open."""
    url = database.obj.database
    return url if "://" in url else f"sqlite:///{url}"


def within_seconds(ask) -> bool:
    """Ask until the answer is yes: the server notices the end of a session a little later."""
    until = time.monotonic() + 600
    while time.monotonic() < until:
        if ask():
            return True
    return False


def test_one_process_is_elected_until_it_ends(other):
    ask, end = other
    assert is_elected()
    assert is_elected()
    assert not ask()
    hang_up()
    assert within_seconds(ask)
    assert not is_elected()
    end()
    assert within_seconds(is_elected)
