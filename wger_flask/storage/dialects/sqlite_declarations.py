"""Change how a table of SQLite is declared where ``ALTER TABLE`` has no words for it.

Where the rows stay as they are, the declaration is changed where it stands
(https://sqlite.org/lang_altertable.html, section 7).  All of it runs inside the caller's transaction.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from .base import Database
from .sqlite_references import changed_reference, declaration, declare

_NEW = "wger_flask_new"


def require_value(database: Database, table: str, column: str) -> None:
    """Declare a column NOT NULL, in which no row has null."""
    sql = declaration(database, table)
    declare(database, table, re.sub(rf"({_start(column)}[^,]*?)(?<!NOT)\s+NULL\b", r"\1 NOT NULL", sql, count=1))


def uuid_of_number(column: str, digits: str) -> str:
    """Return the SQL for the UUID that stands for a number, as SQLite keeps it: a text."""
    return f"""printf('%012x', "{column}") || CASE WHEN "{column}" IS NOT NULL THEN '{digits}' END"""


def keys_to_uuids(database: Database, tables: Mapping[str, Mapping[str, str]]) -> None:
    """Make the numbers in columns of ``tables`` UUIDs; see :meth:`.base.Dialect.keys_to_uuids`.

    What a column is declared as makes no difference to SQLite, but for a key that is a number: it is the row's own.
    So the rows move to a table of another declaration, which then takes the name.  Tables that refer to others go
    first: where a table is dropped, nothing refers to its rows any more.
    """
    for table, keys in tables.items():
        made = declaration(database, table)
        query = "SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL"
        indexes = [sql for (sql,) in database.execute_sql(query, (table,)).fetchall()]
        for column in keys:
            made = re.sub(rf"({_start(column)}\s+)(?:big)?int(?:eger)?(?: unsigned)?\b", r"\1char(32)", made, count=1)
        made = re.sub(r"\s+AUTOINCREMENT\b", "", made, flags=re.IGNORECASE)
        bare = made
        for reference in database.get_foreign_keys(table):
            bare = changed_reference(bare, reference.column, None)
        bare = re.sub(rf'^CREATE TABLE\s+"?{table}"?', f'CREATE TABLE "{_NEW}"', bare, count=1)
        database.execute_sql(bare)
        names = [column.name for column in database.get_columns(table)]
        listed = ", ".join(f'"{name}"' for name in names)
        read = ", ".join(uuid_of_number(name, keys[name]) if name in keys else f'"{name}"' for name in names)
        database.execute_sql(f'INSERT INTO "{_NEW}" ({listed}) SELECT {read} FROM "{table}" ORDER BY rowid')
        database.execute_sql(f'DROP TABLE "{table}"')
        database.execute_sql(f'ALTER TABLE "{_NEW}" RENAME TO "{table}"')
        declare(database, table, made)
        for sql in indexes:
            database.execute_sql(sql)


def _start(column: str) -> str:
    return rf'(?<=[(,])\s*"?{re.escape(column)}"?'
