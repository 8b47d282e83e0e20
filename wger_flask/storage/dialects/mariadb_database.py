"""The MariaDB database that is open: its connections, and what its statements say otherwise."""

from __future__ import annotations

import re
import select
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

import peewee

from ..types import Cursor
from .addresses import Addresses
from .base import Database
from .mariadb import MariadbDialect, code_of, lock_name
from .wait_limits import Line

if TYPE_CHECKING:
    from pymysql import Connection

# Names in double quotes, || for joining, no backslashes in texts, and nothing cut or made up to fit a column
_MODE = (
    "ANSI_QUOTES,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES,STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,"
    "ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,NO_AUTO_VALUE_ON_ZERO"
)
_COLLATION = "utf8mb4_nopad_bin"
_TABLE = f" ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE {_COLLATION}"
_PARTIAL = re.compile(r'CREATE (UNIQUE )?INDEX "(\w+)" ON "(\w+)" \((.+?)\) WHERE (.+)', re.DOTALL)
_WRITTEN = re.compile(r'\s*(?:INSERT INTO|UPDATE) "?(\w+)')
_KEY = re.compile(r"for key '(?:\w+\.)?(\w+)'")
_DUPLICATE, _NO_SAVEPOINT = 1062, 1305
_OPTIONS = {"unix_socket", "ssl_ca", "ssl_cert", "ssl_key", "connect_timeout", "read_timeout", "write_timeout"}


class Mariadb(Database, peewee.MySQLDatabase):
    """Peewee's MariaDB with Django's encodings, whose texts compare by code point."""

    _state: Any
    mariadb = returning_clause = True
    quote = '""'
    operations = {
        **peewee.MySQLDatabase.operations,
        "LIKE": "LIKE", "ILIKE": "COLLATE utf8mb4_uca1400_as_ci LIKE", "REGEXP": "REGEXP",
    }  # fmt: skip
    field_types = {
        **peewee.MySQLDatabase.field_types,
        "UUID": "VARCHAR(32)", "DATETIME": "DATETIME(6)", "TIME": "TIME(6)", "TEXT": "LONGTEXT",
    }  # fmt: skip
    dialect = MariadbDialect()

    def __init__(self, name: str, line: Line, **how: Any):
        super().__init__(name, **how)
        self.line = line

    def _connect(self) -> Connection[Any]:
        import pymysql
        from pymysql.constants import CLIENT, FIELD_TYPE
        from pymysql.converters import conversions, convert_time
        from pymysql.cursors import Cursor as PlainCursor

        class Rows(PlainCursor):  # type: ignore[misc]  # it declares no types
            def fetchall(self) -> list[Any]:
                return list(super().fetchall())  # as other drivers give them

            def fetchmany(self, size: int | None = None) -> list[Any]:
                return list(super().fetchmany(size))

        wait = max(1, round(self.line.seconds))
        connection = pymysql.connect(
            database=self.database, autocommit=True, collation="utf8mb4_bin", sql_mode=_MODE,
            client_flag=CLIENT.FOUND_ROWS,  # what was to be changed counts, as everywhere, also where it was so already
            cursorclass=Rows, conv={**conversions, FIELD_TYPE.TIME: convert_time},
            init_command=f"SET SESSION innodb_lock_wait_timeout = {wait}, lock_wait_timeout = {wait}",
            **self.connect_params,
        )  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")
        return connection

    def get_binary_type(self) -> type[Any]:
        return bytes

    def execute_sql(self, sql: str, params: Iterable[object] | None = None) -> Cursor:
        if sql.startswith("CREATE TABLE "):
            sql += _TABLE
        elif partial := _PARTIAL.fullmatch(sql) if sql.startswith("CREATE ") else None:
            return self._index_partly(params, *partial.groups())
        try:
            return super().execute_sql(sql, params)
        except peewee.DatabaseError as wrong:
            code = code_of(wrong)
            if code == _NO_SAVEPOINT and "SAVEPOINT" in sql:  # a deadlock, or a change of tables, has ended all of it
                return super().execute_sql("DO 0")
            if code == _DUPLICATE:
                vars(wrong)["broken"] = self._columns_of_index(sql, str(wrong))
            raise

    def _index_partly(
        self, params: Iterable[object] | None, unique: str | None, name: str, table: str, columns: str, where: str
    ) -> Cursor:
        """Make an index over some rows: a unique one has a column besides, hidden, that is null in the others."""
        if unique:
            bare = where.replace(f'"{table}".', "")
            made = f'"in_{name}" BOOL AS (CASE WHEN {bare} THEN 1 END) VIRTUAL INVISIBLE'
            super().execute_sql(f'ALTER TABLE "{table}" ADD COLUMN {made}', params)
            columns += f', "in_{name}"'
        return super().execute_sql(f'CREATE {unique or ""}INDEX "{name}" ON "{table}" ({columns})')

    def _columns_of_index(self, sql: str, told: str) -> tuple[str, frozenset[str]] | None:
        written, key = _WRITTEN.match(sql), _KEY.search(told)
        if written is None or key is None:
            return None
        query = """SELECT column_name FROM information_schema.statistics
                   WHERE table_schema = DATABASE() AND table_name = %s AND index_name = %s AND column_name <> %s"""
        found = super().execute_sql(query, (written[1], key[1], f"in_{key[1]}")).fetchall()
        return written[1], frozenset(column for (column,) in found)

    def conflict_update(self, on_conflict: Any, query: peewee.Query) -> peewee.NodeList:
        # Where it is another unique index that a row meets, its key gets what no key can be, which is refused.
        targets = [getattr(target, "column_name", target) for target in on_conflict._conflict_target]
        parts = [
            f"""\"{name}\" = IF(\"{name}\" = VALUE(\"{name}\"), \"{name}\", REPEAT('?', 999))""" for name in targets
        ]
        parts += [f'"{field.column_name}" = VALUE("{field.column_name}")' for field in on_conflict._preserve or ()]
        return peewee.NodeList((peewee.SQL(f"ON DUPLICATE KEY UPDATE {', '.join(parts)}"),))

    # -- locks that end with a transaction, as those of rows do ----------------------------------
    def lock(self, what: str, seconds: float) -> bool:
        """Take a lock of the server, to be held until this transaction ends; tells whether it was free in time."""
        self._state.has_locks = True
        query = "SELECT GET_LOCK(%s, %s)"
        return bool(self.execute_sql(query, (lock_name(self.database, what), seconds)).fetchone()[0])

    def commit(self) -> None:
        super().commit()
        self._unlock()

    def rollback(self) -> None:
        super().rollback()
        self._unlock()

    def _unlock(self) -> None:
        if getattr(self._state, "has_locks", False):
            self._state.has_locks = False
            with suppress(peewee.DatabaseError):  # they go with a connection that is lost
                super().execute_sql("DO RELEASE_ALL_LOCKS()")

    def close_if_ended(self) -> None:
        """Let this thread's connection go where the server has ended it, as it does with those that wait for long."""
        if self.is_closed() or self.in_transaction():
            return
        arrivals = select.poll()
        arrivals.register(self.connection()._sock, select.POLLIN)
        if arrivals.poll(0):  # unasked: the end
            self.close()


def open_mariadb(addresses: Addresses, line: Line) -> Mariadb:
    """Return the database of ``mariadb://user:password@host/name``."""
    import pymysql  # noqa: F401  missing, it is told at the start

    addresses.refuse_others("MariaDB")
    parts = addresses.parts
    given: dict[str, Any] = dict(parse_qsl(parts.query, keep_blank_values=True))
    name = unquote(parts.path[1:])
    if not name or "/" in name:
        raise ValueError("a database is needed, as in mariadb://user:password@host/name")
    if unknown := given.keys() - _OPTIONS:
        raise ValueError(f"{sorted(unknown)[0]!r} is no option; there are {', '.join(sorted(_OPTIONS))}")
    how: dict[str, Any] = {"connect_timeout": 5, "host": parts.hostname or "localhost", "port": parts.port or 3306}
    for option, value in given.items():
        how[option] = int(value) if option.endswith("_timeout") else value
    if parts.username is not None:
        how["user"] = unquote(parts.username)
    return Mariadb(name, line, password=unquote(parts.password or ""), **how)
