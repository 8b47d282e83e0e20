"""Bring tables that wger 2.5 or 2.6 made to the shape that they have in the alphas of 2.7.

Like a numbered step each part looks at the tables, and does nothing where there is nothing to do.
"""

from __future__ import annotations

import json

import peewee

from ..alter import add_column, drop_column
from ..columns import UUID
from ..database import database
from ..numbered_keys import last_digits, uuid_of
from ..upgrades import UpgradeRefused
from .release import applied

# Tables whose rows were numbered, those that refer to others first: label, and references to others by column.
_NUMBERED = {
    "manager_workoutlog": (
        "manager.workoutlog",
        {"session_id": "manager.workoutsession", "next_log_id": "manager.workoutlog"},
    ),
    "manager_workoutsession": ("manager.workoutsession", {}),
    "nutrition_logitem": ("nutrition.logitem", {"plan_id": "nutrition.nutritionplan", "meal_id": "nutrition.meal"}),
    "nutrition_mealitem": ("nutrition.mealitem", {"meal_id": "nutrition.meal"}),
    "nutrition_meal": ("nutrition.meal", {"plan_id": "nutrition.nutritionplan"}),
    "nutrition_nutritionplan": ("nutrition.nutritionplan", {}),
    "measurements_measurement": ("measurements.measurement", {"category_id": "measurements.category"}),
    "measurements_category": ("measurements.category", {}),
}
_UNUSED = ("show_english_ingredients", "ro_access", "show_comments")
_WITH_AUTHORS = (
    "exercises_exercise", "exercises_exerciseimage", "exercises_exercisevideo", "exercises_translation",
    "exercises_historicalexercise", "exercises_historicalexerciseimage", "exercises_historicalexercisevideo",
    "exercises_historicaltranslation", "nutrition_image", "nutrition_ingredient",
)  # fmt: skip
_WEIGHTS, _CONTEXTS, _SESSIONS, _PROFILES = (
    "weight_weightentry",
    "trophies_usertrophy",
    "manager_workoutsession",
    "core_userprofile",
)


def is_older() -> bool:
    """Tell whether wger 2.5 or 2.6 made the tables: something of what :func:`upgrade` does is to be done."""
    return bool(_numbered() or _lacks_uuids() or _unused())


def upgrade() -> None:
    """Bring the tables to the shape of the alphas of 2.7, in the caller's transaction."""
    held, names = database.obj, applied()
    numbered = _numbered()
    if "measurements_measurement" in numbered and "uuid" in _columns("measurements_measurement"):
        raise UpgradeRefused("wger has begun to upgrade the database: let its own manage.py migrate finish first")
    if numbered:
        held.dialect.keys_to_uuids(held, numbered)
    if "manager_workoutlog" in numbered:
        _rename_in_contexts()
    if _lacks_uuids():
        add_column(_WEIGHTS, "uuid", UUID(null=True))
        uuids = held.dialect.uuid_of_number("id", last_digits("weight.weightentry"))
        held.execute_sql(f"UPDATE {_WEIGHTS} SET uuid = {uuids}")
    for column in _unused():
        drop_column(_PROFILES, column)
    for table in _WITH_AUTHORS:
        _require_authors(table)
    if not any(name.startswith("0028_") for name in names.get("manager", ())):
        _find_days_of_sessions()
    if not any(name.startswith("0024_") for name in names.get("core", ())):
        _list_addresses()


def _columns(table: str) -> set[str]:
    return {column.name for column in database.obj.get_columns(table)}


def _numbered() -> dict[str, dict[str, str]]:
    """Return the columns that hold numbers instead of UUIDs, and the digits to put behind these, by table."""
    keys = {}
    for table in set(_NUMBERED) & set(database.obj.get_tables()):
        kind = next(column.data_type for column in database.obj.get_columns(table) if column.name == "id")
        if "int" in kind.lower():
            label, references = _NUMBERED[table]
            keys[table] = {name: last_digits(of) for name, of in {"id": label, **references}.items()}
    return {table: keys[table] for table in _NUMBERED if table in keys}


def _lacks_uuids() -> bool:
    return _WEIGHTS in database.obj.get_tables() and "uuid" not in _columns(_WEIGHTS)


def _unused() -> list[str]:
    return [name for name in _UNUSED if name in _columns(_PROFILES)]


def _rename_in_contexts() -> None:
    """Let trophies name the logs and sessions that they were earned with as these are called now."""
    rows = peewee.Table(_CONTEXTS).bind(database.obj)
    for key, stored in rows.select(rows.c.id, rows.c.context_data).where(rows.c.context_data.is_null(False)).tuples():
        context = json.loads(stored) if isinstance(stored, str) else stored
        renamed = {
            name: str(uuid_of(label, context[name]))
            for name, label in (("log_id", "manager.workoutlog"), ("session_id", "manager.workoutsession"))
            if isinstance(context, dict) and type(context.get(name)) is int
        }
        if renamed:
            text = json.dumps({**context, **renamed}, ensure_ascii=False)
            rows.update({rows.c.context_data: text}).where(rows.c.id == key).execute()


def _require_authors(table: str) -> None:
    held = database.obj
    if table in held.get_tables() and any(c.name == "license_author" and c.null for c in held.get_columns(table)):
        held.execute_sql(f"""UPDATE "{table}" SET license_author = '' WHERE license_author IS NULL""")
        held.dialect.require_value(held, table, "license_author")


def _find_days_of_sessions() -> None:
    """Give sessions the day on which all of their logs agree that were planned, if it is one of their routine."""
    database.obj.execute_sql(
        f"""UPDATE {_SESSIONS} SET day_id = (
            SELECT min(d.id) FROM manager_workoutlog l JOIN manager_slotentry e ON e.id = l.slot_entry_id
                JOIN manager_slot s ON s.id = e.slot_id JOIN manager_day d ON d.id = s.day_id
            WHERE l.session_id = {_SESSIONS}.id
            HAVING count(DISTINCT d.id) = 1 AND min(d.routine_id) = {_SESSIONS}.routine_id)
        WHERE day_id IS NULL AND routine_id IS NOT NULL"""
    )


def _list_addresses() -> None:
    """Put the address of each account that has none in the list among those of the account, as not verified."""
    given = database.obj.param
    database.obj.execute_sql(
        f"""INSERT INTO account_emailaddress (email, verified, "primary", user_id)
        SELECT lower(email), {given}, {given}, id FROM auth_user
        WHERE email <> '' AND id NOT IN (SELECT user_id FROM account_emailaddress)""",
        (False, True),
    )
