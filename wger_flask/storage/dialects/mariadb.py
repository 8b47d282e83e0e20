"""MariaDB 10.11 and later, through PyMySQL.

UUIDs are 32 hex digits, as on SQLite: the server's own type sorts some of them otherwise.  Moments are in UTC, without
a zone.  References are checked by each statement, and what changes tables cannot be rolled back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import peewee

from ..types import Expression
from .driver_errors import Unavailable, told_by_driver
from .plain_values import PlainValues
from .regexp_names import RegexpNames
from .session_locks import SessionLocks
from .zoneless_series import ZonelessSeries

if TYPE_CHECKING:
    from .mariadb_database import Mariadb

# A deadlock, a row that changed meanwhile, a unique value or a reference that another transaction took or took away
_RETRYABLE = {1213, 1020, 1062, 1451, 1452}
# The server is away, full or being stopped, may not be written or waits for others; the account is refused
_UNAVAILABLE = {
    1021, 1030, 1040, 1041, 1044, 1045, 1049, 1053, 1114, 1129, 1158, 1159, 1160, 1161, 1203, 1205, 1226, 1290, 1317,
    1836, 1927, 1969, 2002, 2003, 2006, 2013, 2014, 2055,
}  # fmt: skip


class MariadbDialect(PlainValues, RegexpNames["Mariadb"], ZonelessSeries["Mariadb"], SessionLocks["Mariadb"]):
    """Answers of MariaDB."""

    name = "mariadb"
    sorts_nulls_first = True
    can_keep_log = defers_references = False

    def json_text(self, column: Expression, name: str) -> Expression:
        held = peewee.fn.JSON_EXTRACT(column, f"$.{name}")
        return peewee.Case(None, [(peewee.fn.JSON_TYPE(held) == "NULL", None)], peewee.fn.JSON_UNQUOTE(held))

    def json_number(self, column: Expression, name: str) -> Expression:
        held = peewee.fn.JSON_EXTRACT(column, f"$.{name}")
        is_number = peewee.fn.JSON_TYPE(held).in_(("INTEGER", "DOUBLE", "DECIMAL"))
        return peewee.Case(None, [(is_number, held.cast("DOUBLE"))], None)

    def page(self, keys: peewee.ModelSelect[Any], key: peewee.Field) -> peewee.Query:
        inner = keys.alias("page")  # a query with a limit may not stand behind IN
        return peewee.Select([inner], [getattr(inner.c, key.column_name)])

    def replacing(self, columns: Iterable[str]) -> str:
        return "ON DUPLICATE KEY UPDATE " + ", ".join(f"{column} = VALUE({column})" for column in columns)

    def place(self, text: Expression, part: Expression) -> Expression:
        return peewee.fn.LOCATE(part, text)

    # -- tables --------------------------------------------------------------------------------------
    columns_query = """SELECT table_name, column_name FROM information_schema.columns
                       WHERE table_schema = DATABASE() AND extra NOT LIKE '%%INVISIBLE%%'"""

    def references(self, database: Mariadb) -> list[tuple[str, str, str, str]]:
        query = """SELECT k.table_name, k.column_name, k.referenced_table_name, r.delete_rule
                   FROM information_schema.key_column_usage k JOIN information_schema.referential_constraints r
                   ON r.constraint_schema = k.constraint_schema AND r.constraint_name = k.constraint_name
                   AND r.table_name = k.table_name WHERE k.table_schema = DATABASE()"""
        return list(database.execute_sql(query).fetchall())

    def drop_index(self, database: Mariadb, table: str, index: str) -> None:
        database.execute_sql(f'DROP INDEX IF EXISTS "{index}" ON "{table}"')
        database.execute_sql(f'ALTER TABLE "{table}" DROP COLUMN IF EXISTS "in_{index}"')  # of one over some rows

    def drop_tables(self, database: Mariadb, tables: list[str]) -> None:
        with _unchecked(database):
            super().drop_tables(database, tables)

    def change_reference(self, database: Mariadb, table: str, column: str, action: str | None) -> None:
        for held in database.get_foreign_keys(table):
            if held.column == column:
                database.execute_sql(f'ALTER TABLE "{table}" DROP FOREIGN KEY "{held.name}"')
                if action is not None:
                    target = f'"{held.dest_table}" ("{held.dest_column}") ON DELETE {action}'
                    added = f'ADD CONSTRAINT "{held.name}" FOREIGN KEY ("{column}") REFERENCES {target}'
                    database.execute_sql(f'ALTER TABLE "{table}" {added}')

    def require_value(self, database: Mariadb, table: str, column: str) -> None:
        held = _declared(database, table, column)
        database.execute_sql(f'ALTER TABLE "{table}" MODIFY "{column}" {held.full_type} NOT NULL')

    def widen_decimals(self, database: Mariadb, table: str, column: str, digits: str) -> None:
        needed = "NULL" if _declared(database, table, column).null else "NOT NULL"
        database.execute_sql(f'ALTER TABLE "{table}" MODIFY "{column}" NUMERIC({digits}) {needed}')

    def copy_database(self, database: Mariadb, name: str, copy: str) -> None:
        self.make_database(database, copy)
        with _unchecked(database):
            for (table,) in database.execute_sql(f'SHOW TABLES FROM "{name}"').fetchall():
                declared = database.execute_sql(f'SHOW CREATE TABLE "{name}"."{table}"').fetchone()[1]
                database.execute_sql(declared.replace("CREATE TABLE ", f'CREATE  TABLE "{copy}".', 1))
                database.execute_sql(f'INSERT INTO "{copy}"."{table}" SELECT * FROM "{name}"."{table}"')

    # -- what went wrong -------------------------------------------------------------------------------
    def unique_violation(self, error: Exception) -> tuple[str, frozenset[str]] | None:
        return getattr(error, "broken", None)

    def is_retryable(self, error: Exception) -> bool:
        return code_of(error) in _RETRYABLE

    def is_unavailable(self, error: Exception) -> bool:
        told = told_by_driver(error)
        is_told = isinstance(told, Unavailable) or isinstance(error, peewee.InterfaceError)
        return is_told or code_of(error) in _UNAVAILABLE

    @contextmanager
    def snapshot(self, database: Mariadb) -> Iterator[None]:
        with database.atomic("REPEATABLE READ, READ ONLY"):
            yield

    # -- connections ---------------------------------------------------------------------------------
    def look(self, database: Mariadb) -> None:
        if not (database.is_closed() or database.in_transaction()):
            database.close_if_ended(database.connection()._sock)

    def address(self, database: Mariadb) -> str:
        how = database.connect_params
        return f"mariadb://{how.get('user', '')}@{how['host']}:{how['port']}/{database.database}"

    @contextmanager
    def bulk_loading(self, database: Mariadb) -> Iterator[None]:
        with _unchecked(database), self.write_transaction(database):
            yield


@contextmanager
def _unchecked(database: Mariadb) -> Iterator[None]:
    """Run a block whose statements check no references."""
    database.execute_sql("SET SESSION foreign_key_checks = 0")
    try:
        yield
    finally:
        database.execute_sql("SET SESSION foreign_key_checks = 1")


def _declared(database: Mariadb, table: str, column: str) -> Any:
    """Return how a column is declared, as Peewee's ``get_columns()`` reads it."""
    return next(found for found in database.get_columns(table) if found.name == column)


def code_of(error: Exception) -> int:
    """Return the number that the server, or the driver, gives an error; 0 for one without."""
    arguments = getattr(told_by_driver(error), "args", ())
    return arguments[0] if arguments and isinstance(arguments[0], int) else 0
