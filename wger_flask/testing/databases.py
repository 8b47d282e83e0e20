"""Databases for tests: made, copied and dropped on whatever server they are to run on."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from ..storage.database import Database, database, database_at

_numbers = itertools.count(1)


@dataclass(frozen=True)
class SqliteFile:
    """A database in a file."""

    path: Path
    copies_quickly = True

    @property
    def url(self) -> str:
        return f"sqlite:///{self.path}"

    def copy(self, folder: Path) -> SqliteFile:
        target = folder / "wger.sqlite"
        shutil.copyfile(self.path, target)
        return SqliteFile(target)

    def drop(self) -> None:
        self.path.unlink(missing_ok=True)


@dataclass(frozen=True)
class ServerDatabase:
    """A database on a server, which its dialect makes, copies and drops."""

    server: str
    name: str
    copies_quickly = False

    @property
    def url(self) -> str:
        return urlunsplit(urlsplit(self.server)._replace(path=f"/{self.name}"))

    def make(self) -> ServerDatabase:
        """Make it, empty."""
        with _server(self.server) as held:
            held.dialect.make_database(held, self.name)
        return self

    def copy(self, folder: Path) -> ServerDatabase:
        made = ServerDatabase(self.server, _new_name())
        with _server(self.server) as held:
            held.dialect.copy_database(held, self.name, made.name)
        return made

    def drop(self) -> None:
        with _server(self.server) as held:
            held.dialect.drop_database(held, self.name)


Prepared = SqliteFile | ServerDatabase


def prepare(server: str | None, folder: Path) -> Prepared:
    """Return an empty database: a file in ``folder``, or one on ``server``."""
    return ServerDatabase(server, _new_name()).make() if server else SqliteFile(folder / "template.sqlite")


def _new_name() -> str:
    return f"wger_test_{os.getpid()}_{next(_numbers)}"


@contextmanager
def _server(url: str) -> Iterator[Database]:
    """Give a block a connection to the database that ``url`` names, and to no other: none must be in the way."""
    if database.obj is not None and not database.obj.is_closed():
        database.obj.close()
    held = database_at(url)
    try:
        yield held
    finally:
        held.close()
