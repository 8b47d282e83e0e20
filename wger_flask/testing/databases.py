"""Databases for tests: made, copied and dropped on whatever server they are to run on."""

from __future__ import annotations

import itertools
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from ..storage.database import database

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
class PostgresqlDatabase:
    """A database on a server; copies are made from it as a template."""

    server: str
    name: str
    copies_quickly = False

    @property
    def url(self) -> str:
        return urlunsplit(urlsplit(self.server)._replace(path=f"/{self.name}"))

    def copy(self, folder: Path) -> PostgresqlDatabase:
        made = PostgresqlDatabase(self.server, f"wger_test_{os.getpid()}_{next(_numbers)}")
        if database.obj is not None and not database.obj.is_closed():
            database.obj.close()  # a template must have no connection
        _on_server(self.server, f'CREATE DATABASE "{made.name}" TEMPLATE "{self.name}"')
        return made

    def drop(self) -> None:
        if database.obj is not None and not database.obj.is_closed():
            database.obj.close()
        _on_server(self.server, f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')


Prepared = SqliteFile | PostgresqlDatabase


def prepare(server: str | None, folder: Path) -> Prepared:
    """Return an empty database: a file in ``folder``, or one on ``server``."""
    if not server:
        return SqliteFile(folder / "template.sqlite")
    made = PostgresqlDatabase(server, f"wger_test_{os.getpid()}_{next(_numbers)}")
    made.drop()
    _on_server(server, f'CREATE DATABASE "{made.name}"')
    return made


def _on_server(server: str, statement: str) -> None:
    import psycopg

    with psycopg.connect(server, autocommit=True) as held:
        held.execute(statement)
