"""Make, of a database that wger 2.7.0a2 left, one as wger 2.5 would have: rows have numbers, not yet UUIDs."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from itertools import count

from wger_flask.storage.database import database

# Tables that were numbered, those that are referred to first; what their columns refer to.
NUMBERED = {
    "measurements_category": {},
    "measurements_measurement": {"category_id": "measurements_category"},
    "nutrition_nutritionplan": {},
    "nutrition_meal": {"plan_id": "nutrition_nutritionplan"},
    "nutrition_mealitem": {"meal_id": "nutrition_meal"},
    "nutrition_logitem": {"plan_id": "nutrition_nutritionplan", "meal_id": "nutrition_meal"},
    "manager_workoutsession": {},
    "manager_workoutlog": {"session_id": "manager_workoutsession", "next_log_id": "manager_workoutlog"},
}
_LATER = (
    "app IN ('mfa', 'token_blacklist')",
    "app = 'core' AND name >= '0023'",
    "app = 'exercises' AND name >= '0038'",
    "app = 'manager' AND name >= '0024'",
    "app = 'measurements' AND name >= '0004'",
    "app = 'nutrition' AND name >= '0034'",
    "app = 'trophies' AND name >= '0003'",
    "app = 'weight' AND name >= '0005'",
)
_NEW_TABLES = (
    "mfa_authenticator",
    "token_blacklist_blacklistedtoken",
    "token_blacklist_outstandingtoken",
    "nutrition_synced_ingredient",
)
_OLD_COLUMNS = ("show_english_ingredients", "ro_access", "show_comments")


def make_older() -> dict[str, dict[str, int]]:
    """Turn the open database into one of wger 2.5; returns the numbers that rows got, by table and UUID."""
    held = database.obj
    held.execute_sql("UPDATE manager_workoutsession SET day_id = NULL")
    numbers = {table: _numbered(table) for table in NUMBERED}
    if hasattr(held, "turns"):
        held.close()
        with closing(sqlite3.connect(held.database, isolation_level=None)) as file:
            _turn_sqlite(file, numbers)
    else:
        with held.atomic():
            _turn_postgresql(held, numbers)
    held.execute_sql("DELETE FROM django_migrations WHERE " + " OR ".join(f"({one})" for one in _LATER))
    for table in _NEW_TABLES:
        held.execute_sql(f"DROP TABLE IF EXISTS {table}")
    for column in _OLD_COLUMNS:
        held.execute_sql(f"ALTER TABLE core_userprofile ADD COLUMN {column} boolean DEFAULT true NOT NULL")
    return numbers


def _numbered(table: str) -> dict[str, int]:
    keys = database.obj.execute_sql(f'SELECT id FROM "{table}" ORDER BY id').fetchall()
    return dict(zip((str(key).replace("-", "") for (key,) in keys), count(3), strict=False))


def _turn_sqlite(file, numbers) -> None:
    file.execute("BEGIN")
    for table, references in {**NUMBERED, "weight_weightentry": {}}.items():
        (made,) = file.execute("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).fetchone()
        indexes = file.execute(
            "SELECT sql FROM sqlite_master WHERE tbl_name = ? AND type = 'index' AND sql > ''", (table,)
        )
        indexes = [sql for (sql,) in indexes]
        changed = made.replace('"id" char(32) NOT NULL PRIMARY KEY', '"id" integer NOT NULL PRIMARY KEY AUTOINCREMENT')
        changed = re.sub(r', "uuid" char\(32\) NOT NULL UNIQUE', "", changed)
        for column in references:
            changed = changed.replace(f'"{column}" char(32)', f'"{column}" integer')
        names = [row[1] for row in file.execute(f"PRAGMA table_info({table})") if f'"{row[1]}"' in changed]
        rows = file.execute(f"SELECT {', '.join(map(_quoted, names))} FROM {table}").fetchall()
        file.execute(f"DROP TABLE {table}")
        file.execute(changed)
        for row in rows:
            values = dict(zip(names, row, strict=True))
            for column, to in {"id": table, **references}.items():
                if table in NUMBERED and values[column] is not None:
                    values[column] = numbers[to][values[column]]
            marks = ", ".join("?" * len(names))
            file.execute(
                f"INSERT INTO {table} ({', '.join(map(_quoted, names))}) VALUES ({marks})", list(values.values())
            )
        for sql in indexes:
            file.execute(sql)
    file.execute("COMMIT")
    file.execute("PRAGMA writable_schema = 1")
    for table in ("exercises_translation", "nutrition_ingredient"):
        author = '"license_author" text'
        changed = "UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE name = ?"
        file.execute(changed, (f"{author} NOT NULL", f"{author} NULL", table))
    file.execute("PRAGMA writable_schema = RESET")
    file.execute("UPDATE exercises_translation SET license_author = NULL WHERE license_author = ''")


def _quoted(name: str) -> str:
    return f'"{name}"'


def _turn_postgresql(held, numbers) -> None:
    made = held.execute_sql(
        """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), contype FROM pg_constraint
        WHERE (contype = 'f' AND confrelid = ANY(%s::regclass[])) OR (contype = 'p' AND conrelid = ANY(%s::regclass[]))
        ORDER BY contype DESC""",
        (list(NUMBERED), list(NUMBERED)),
    ).fetchall()
    for trigger in ("nutrition_logitem", "nutrition_mealitem"):
        held.execute_sql(f"DROP TRIGGER powersync_sync_ingredient ON {trigger}")
    held.execute_sql("DROP TRIGGER powersync_propagate ON nutrition_ingredient")
    for table, name, *_ in sorted(made, key=lambda one: one[3]):
        held.execute_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    held.execute_sql("CREATE FUNCTION number_of(text, uuid) RETURNS integer LANGUAGE sql AS 'SELECT NULL::integer'")
    held.execute_sql("CREATE TABLE numbers (of text, key uuid, number integer)")
    for table, keys in numbers.items():
        for key, number in keys.items():
            held.execute_sql("INSERT INTO numbers VALUES (%s, %s, %s)", (table, key, number))
    body = "SELECT number FROM numbers WHERE of = $1 AND key = $2"
    held.execute_sql(f"CREATE OR REPLACE FUNCTION number_of(text, uuid) RETURNS integer LANGUAGE sql AS '{body}'")
    for table, references in NUMBERED.items():
        for column, to in {"id": table, **references}.items():
            held.execute_sql(f"ALTER TABLE {table} ALTER {column} TYPE integer USING number_of('{to}', {column})")
        held.execute_sql(f"ALTER TABLE {table} ALTER id ADD GENERATED BY DEFAULT AS IDENTITY (START 1000)")
    for table, name, definition, _ in sorted(made, key=lambda one: one[3], reverse=True):
        held.execute_sql(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
    held.execute_sql("DROP FUNCTION number_of")
    held.execute_sql("DROP TABLE numbers")
    held.execute_sql("ALTER TABLE weight_weightentry DROP COLUMN uuid")
    for table in ("exercises_translation", "nutrition_ingredient"):
        held.execute_sql(f"ALTER TABLE {table} ALTER license_author DROP NOT NULL")
    held.execute_sql("UPDATE exercises_translation SET license_author = NULL WHERE license_author = ''")
