"""The MariaDB database that is open: its connections, and what its statements say otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import peewee

from ..types import Cursor
from .addresses import Addresses
from .mariadb import MariadbDialect, code_of
from .session_locks import LockingDatabase
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


class Mariadb(LockingDatabase, peewee.MySQLDatabase):
    """Peewee's MariaDB with Django's encodings, whose texts compare by code point."""

    mariadb = returning_clause = True
    take_lock, release_locks = "SELECT GET_LOCK(%s, %s)", "DO RELEASE_ALL_LOCKS()"
    quote = '""'
    operations = {
        **peewee.MySQLDatabase.operations,
        "LIKE": "LIKE",
        "ILIKE": "COLLATE utf8mb4_uca1400_as_ci LIKE",
        "REGEXP": "REGEXP",
    }
    field_types = {
        **peewee.MySQLDatabase.field_types,
        "UUID": "VARCHAR(32)",
        "DATETIME": "DATETIME(6)",
        "TIME": "TIME(6)",
        "TEXT": "LONGTEXT",
    }
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


def open_mariadb(addresses: Addresses, line: Line) -> Mariadb:
    """Return the database of ``mariadb://user:password@host/name``."""
    import pymysql  # noqa: F401  missing, it is told at the start

    addresses.refuse_others("MariaDB")
    name, how = addresses.of_server("mariadb", 3306, _OPTIONS)
    return Mariadb(name, line, **{"connect_timeout": 5, "password": "", **how})
