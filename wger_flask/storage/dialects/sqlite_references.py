"""Change what SQLite does where a reference points at a row that goes.

SQLite has no statement for that, and making the table anew would delete what refers to its rows.  The rows stay as they
are, so the declaration is changed where it stands (https://sqlite.org/lang_altertable.html, section 7).
"""

from __future__ import annotations

import re

from .base import Database

_ACTION = r"(?:CASCADE|SET\s+\w+|RESTRICT|NO\s+ACTION)"
_CLAUSE = (
    r'(REFERENCES\s+"?\w+"?\s*\(\s*"?\w+"?\s*\))'
    rf"(?:\s+ON\s+DELETE\s+{_ACTION})?"
    rf"((?:\s+ON\s+UPDATE\s+{_ACTION})?(?:\s+DEFERRABLE\s+INITIALLY\s+\w+)?)"
)


def changed_reference(sql: str, column: str, action: str | None) -> str:
    """Return the ``CREATE TABLE`` statement ``sql`` with ``ON DELETE action`` for ``column``; None: no reference."""
    name = rf'"?{re.escape(column)}"?'
    below = rf"(,\s*FOREIGN\s+KEY\s*\(\s*{name}\s*\)\s*){_CLAUSE}"
    beside = rf"((?<=[(,])\s*{name}\s[^,()]*(?:\(\d+\))?[^,()]*?){_CLAUSE}"
    for pattern, kept in ((below, ""), (beside, r"\1")):
        if re.search(pattern, sql, re.IGNORECASE):
            changed = kept if action is None else rf"\1\2 ON DELETE {action}\3"
            return re.sub(pattern, changed, sql, count=1, flags=re.IGNORECASE)
    return sql


def change_reference(database: Database, table: str, column: str, action: str | None) -> None:
    """Write the changed declaration into the schema, inside the caller's transaction."""
    declare(database, table, changed_reference(declaration(database, table), column, action))


def declaration(database: Database, table: str) -> str:
    """Return the ``CREATE TABLE`` statement of ``table``."""
    written = "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?"
    statement: str = database.execute_sql(written, (table,)).fetchone()[0]
    return statement


def declare(database: Database, table: str, sql: str) -> None:
    """Let ``table`` be declared by the ``CREATE TABLE`` statement ``sql``; the rows stay as they are."""
    if sql == declaration(database, table):
        return
    version = database.execute_sql("PRAGMA schema_version").fetchone()[0]
    database.execute_sql("PRAGMA writable_schema = 1")
    try:
        database.execute_sql("UPDATE sqlite_master SET sql = ? WHERE type = 'table' AND name = ?", (sql, table))
        database.execute_sql(f"PRAGMA schema_version = {version + 1}")
    finally:
        database.execute_sql("PRAGMA writable_schema = 0")
