"""Which tables and databases there are, and how they are made, changed and dropped."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Generic

from ..types import D


class Declarations(Generic[D]):
    """Answer what is asked of tables, not of rows."""

    # -- what tables there are ---------------------------------------------------------------
    columns_query: str
    """The SQL for table and column, of every column that tables show."""

    def columns_by_table(self, database: D) -> dict[str, set[str]]:
        """Return the names of the columns of every table, in one query."""
        columns: dict[str, set[str]] = {}
        for table, column in database.execute_sql(self.columns_query):
            columns.setdefault(table, set()).add(column)
        return columns

    def references(self, database: D) -> list[tuple[str, str, str, str]]:
        """Return the references of all tables: table, column, the table it leads to, the action ``ON DELETE``."""
        raise NotImplementedError

    def drop_index(self, database: D, table: str, index: str) -> None:
        """Drop an index of a table, by its name."""
        database.execute_sql(f'DROP INDEX "{index}"')

    def settle_references(self, database: D) -> None:
        """Check now, within a transaction, the references of what it has written: tables can then be altered."""

    def drop_tables(self, database: D, tables: list[str]) -> None:
        """Drop tables that may refer to each other, and that no other refers to."""
        listed = ", ".join(f'"{table}"' for table in tables)
        database.execute_sql(f"DROP TABLE {listed}")

    def change_reference(self, database: D, table: str, column: str, action: str | None) -> None:
        """Have rows whose ``column`` points at one that goes be treated as ``ON DELETE action`` says.

        None drops the constraint of the reference.
        """
        raise NotImplementedError

    def uuid_of_number(self, column: str, digits: str) -> str:
        """Return the SQL for the UUID that stands for a number: the number in ``column``, and ``digits`` behind it."""
        raise NotImplementedError

    def keys_to_uuids(self, database: D, tables: Mapping[str, Mapping[str, str]]) -> None:
        """Make the numbers in columns of ``tables`` UUIDs: keys, and references to them.

        ``tables`` gives for each column of a table the 20 hex digits behind the number (see
        :mod:`..numbered_keys`); a table that refers to another one stands before it.
        """
        raise NotImplementedError

    def require_value(self, database: D, table: str, column: str) -> None:
        """Declare a column NOT NULL, in which no row has null."""
        database.execute_sql(f'ALTER TABLE "{table}" ALTER COLUMN "{column}" SET NOT NULL')

    def make_synced_foods(self, database: D) -> None:
        """Make the table in which wger, on this database, keeps the foods that it sends to phones."""

    def widen_decimals(self, database: D, table: str, column: str, digits: str) -> None:
        """Let a column of decimals hold more ``digits``, as :meth:`decimal_modifiers` says them: ``"8, 2"``."""
        database.execute_sql(f'ALTER TABLE "{table}" ALTER COLUMN "{column}" TYPE NUMERIC({digits})')

    # -- whole databases of a server, for tests ----------------------------------------------------
    def make_database(self, database: D, name: str) -> None:
        """Make an empty database beside ``database``; one that has the name goes."""
        self.drop_database(database, name)
        database.execute_sql(f'CREATE DATABASE "{name}"')

    def copy_database(self, database: D, name: str, copy: str) -> None:
        """Make a database ``copy`` that is as the one called ``name``, to which no program is connected."""
        raise NotImplementedError

    def drop_database(self, database: D, name: str) -> None:
        """Drop a database, if it is there, connections to it too."""
        database.execute_sql(f'DROP DATABASE IF EXISTS "{name}"')
