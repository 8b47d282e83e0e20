"""What PostgreSQL's catalogue says of tables, and how declarations of theirs are changed.

The functions are methods of the dialect: :class:`.base.Dialect` says what each does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from .base import Database

_ACTIONS = {"a": "NO ACTION", "r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT"}

COLUMNS = """SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relkind IN ('r', 'p') AND pg_table_is_visible(c.oid) AND a.attnum > 0 AND NOT a.attisdropped"""


def drop_index(database: Database, table: str, index: str) -> None:
    # One that a unique constraint made goes with that, and in no other way.
    database.execute_sql(f'ALTER TABLE "{table}" DROP CONSTRAINT IF EXISTS "{index}"')
    database.execute_sql(f'DROP INDEX IF EXISTS "{index}"')


def references(database: Database) -> list[tuple[str, str, str, str]]:
    query = """SELECT k.conrelid::regclass::text, a.attname, k.confrelid::regclass::text, k.confdeltype::text
               FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid AND k.conkey = ARRAY[a.attnum]
               WHERE k.contype = 'f' AND pg_table_is_visible(k.conrelid)"""
    rows = database.execute_sql(query).fetchall()
    return [(table.strip('"'), column, to.strip('"'), _ACTIONS[action]) for table, column, to, action in rows]


def change_reference(database: Database, table: str, column: str, action: str | None) -> None:
    query = """SELECT k.conname, pg_get_constraintdef(k.oid) FROM pg_constraint k
               JOIN pg_attribute a ON a.attrelid = k.conrelid AND k.conkey = ARRAY[a.attnum]
               WHERE k.contype = 'f' AND k.conrelid = to_regclass(%s) AND a.attname = %s"""
    for name, definition in database.execute_sql(query, (f'"{table}"', column)).fetchall():
        changed = f'DROP CONSTRAINT "{name}"'
        if action is not None:
            bare = re.sub(" ON DELETE (CASCADE|SET NULL|SET DEFAULT|RESTRICT)", "", definition)
            target, deferred, rest = bare.partition(" DEFERRABLE")
            changed += f', ADD CONSTRAINT "{name}" {target} ON DELETE {action}{deferred}{rest}'
        database.execute_sql(f'ALTER TABLE "{table}" {changed}')


def uuid_of_number(column: str, digits: str) -> str:
    return f"""(lpad(to_hex("{column}"::bigint), 12, '0') || '{digits}')::uuid"""


def settle_references(database: Database) -> None:
    database.execute_sql("SET CONSTRAINTS ALL IMMEDIATE")
    database.execute_sql("SET CONSTRAINTS ALL DEFERRED")


def keys_to_uuids(database: Database, tables: Mapping[str, Mapping[str, str]]) -> None:
    settle_references(database)
    query = """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
               WHERE contype = 'f' AND confrelid = ANY(%s::regclass[])"""
    references = database.execute_sql(query, (list(tables),)).fetchall()
    for table, name, _ in references:
        database.execute_sql(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    for table, keys in tables.items():
        for column, digits in keys.items():
            query = "SELECT pg_get_serial_sequence(%s, %s)"
            sequence = database.execute_sql(query, (f'"{table}"', column)).fetchone()[0]
            changed = f'ALTER TABLE "{table}" ALTER COLUMN "{column}"'
            database.execute_sql(f"{changed} DROP IDENTITY IF EXISTS")
            database.execute_sql(f"{changed} DROP DEFAULT")
            if sequence:
                database.execute_sql(f"DROP SEQUENCE IF EXISTS {sequence}")
            database.execute_sql(f"{changed} TYPE uuid USING {uuid_of_number(column, digits)}")
    for table, name, definition in references:
        database.execute_sql(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')


def copy_database(database: Database, name: str, copy: str) -> None:
    database.execute_sql(f'CREATE DATABASE "{copy}" TEMPLATE "{name}"')


def drop_database(database: Database, name: str) -> None:
    database.execute_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
