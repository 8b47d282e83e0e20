"""Run a command in a process that is killed at its n-th step; whatever it left is looked at then.

A step is a statement that the database is sent, and whatever changes a name or a file: that is where a state ends and
another begins.  The processes part from this one, which has loaded everything: each costs what the command itself does.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
import traceback
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from wger_flask import app as opening
from wger_flask.commands import main
from wger_flask.open_application import open_app
from wger_flask.storage.database import database, disconnect, open_database
from wger_flask.testing.server import settings_for

_CHANGES = frozenset(("os.rename", "os.link", "os.remove", "os.mkdir", "os.rmdir", "os.chown"))
_FOLLOWING = ("wger_flask_names_", "wger_flask_word", "wger_flask_stamp", "wger_flask_sync_pending")
_WRITING = os.O_WRONLY | os.O_RDWR


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended: its status (None: it was killed), what it said, how many steps it took."""

    status: int | None
    said: str
    steps: int


def run(app: Any, url: str, folder: Path, arguments: list[str], kill_at: int = 0) -> Ended:
    """Run the command with ``arguments`` on the database ``url``, and kill it before its step ``kill_at``, if not 0."""
    disconnect()
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        status = 70
        try:
            os.close(reading)
            status = _in_child(app, url, folder, arguments, kill_at, writing)
        finally:
            os._exit(status)
    os.close(writing)
    with open(reading, encoding="utf-8") as told:
        said = told.read()
    _, how = os.waitpid(child, 0)
    if os.WIFSIGNALED(how):
        assert os.WTERMSIG(how) == signal.SIGKILL, how
        return Ended(None, said, kill_at)
    steps, _, said = said.partition("\n")
    return Ended(os.WEXITSTATUS(how), said, int(steps or 0))


def _in_child(app: Any, url: str, folder: Path, arguments: list[str], kill_at: int, told: int) -> int:
    sys.dont_write_bytecode = True
    services = app.extensions["wger_flask"]
    services.settings = settings_for(url, folder)
    services.__post_init__()  # the media
    open_app(app)
    steps = _count(kill_at)

    def opened(**overrides: object) -> Any:
        open_database(url)
        return app

    opening.create_app = opened
    ended = CliRunner().invoke(main, arguments)
    disconnect()
    if ended.exception is not None and not isinstance(ended.exception, SystemExit):
        text = "".join(traceback.format_exception(ended.exception))
    else:
        text = ended.output
    with open(told, "w", encoding="utf-8") as out:
        out.write(f"{steps()}\n{text}")
    return ended.exit_code


def _count(kill_at: int) -> Callable[[], int]:
    """Count steps from now on, and end this process before that number; returns a function for how many there were."""
    done = 0

    def step(_: object = None) -> None:
        nonlocal done
        done += 1
        if done == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event in _CHANGES or (event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITING):
            step()

    connect = sqlite3.connect

    def connected(*arguments: Any, **options: Any) -> sqlite3.Connection:
        step()
        connection = connect(*arguments, **options)
        connection.set_trace_callback(step)  # called before each statement
        return connection

    sys.addaudithook(hook)
    sqlite3.connect = connected
    held = type(database.obj)
    if "sqlite" not in held.__name__.lower():  # its driver tells of no statements
        execute = held.execute_sql

        def counted(self: Any, *sent: Any, **options: Any) -> Any:
            step()
            return execute(self, *sent, **options)

        held.execute_sql = counted
    return lambda: done


@dataclass(frozen=True, slots=True)
class State:
    """What a database holds: how many rows in each table, the columns; where it is a file, all of it as text.

    Tables that follow from others later are not counted.
    """

    rows: dict[str, int]
    columns: dict[str, set[str]]
    text: str | None

    def is_as(self, other: State, exactly: bool = False) -> bool:
        """Tell whether another one has as many rows in the same tables, or the very same ones."""
        if exactly and self.text is not None:
            return self.text == other.text
        return not self.other_counts(other) and self.columns == other.columns

    def other_counts(self, other: State) -> dict[str, tuple[int | None, int | None]]:
        """Return the numbers of rows, by table, that differ."""
        pairs = {name: (self.rows.get(name), other.rows.get(name)) for name in self.rows.keys() | other.rows.keys()}
        return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def state_of(url: str, apart: frozenset[str]) -> State:
    """Look at a database, but for the tables ``apart``."""
    held = open_database(url)
    try:
        found = held.dialect.columns_by_table(held)
        columns = {t: c for t, c in found.items() if t not in apart and not t.startswith("pg_")}
        counted = sorted(table for table in columns if not table.startswith(_FOLLOWING))  # some can only be searched
        rows = {t: held.execute_sql(f'SELECT count(*) FROM "{t}"').fetchone()[0] for t in counted}
        text = None
        if url.startswith("sqlite"):
            assert held.execute_sql("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert held.execute_sql("PRAGMA foreign_key_check").fetchall() == []
            wanted = tuple(f'INSERT INTO "{table}"' for table in apart)
            with closing(_without_indexes(url.removeprefix("sqlite:///"))) as plain:
                text = "\n".join(line for line in plain.iterdump() if not line.startswith(wanted))
        return State(rows, columns, text)
    finally:
        disconnect()


def _without_indexes(path: str) -> sqlite3.Connection:
    """Return a copy of a file without those tables that can only be searched, not read: they follow from others."""
    copy = sqlite3.connect(":memory:")
    with closing(sqlite3.connect(path)) as held:
        held.backup(copy)
    made = "SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%' AND sql LIKE ?"
    for (name,) in copy.execute(made, ("%content=''%",)).fetchall():
        copy.execute(f'DROP TABLE "{name}"')
    return copy
