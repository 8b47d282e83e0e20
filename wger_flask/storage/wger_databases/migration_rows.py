"""Note in Django's own table what an upgrade has done, so that wger itself can go on with the database.

A migration that wger thinks is still to come would fail on columns that are there; one that it thinks is done, and is
not, would never come.  So a row is added only for a migration whose full name is known and whose tables and columns all
exist, and only where all those before it, of its application, have one.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import peewee

from .. import columns
from ..database import database, has_table
from ..model import Model, abstract
from .release import TABLE, applied


@dataclass(frozen=True, slots=True)
class _Known:
    """A migration of wger's, the columns by table that exist after it, and those that do not any more."""

    app: str
    name: str
    present: dict[str, str] = field(default_factory=dict)
    gone: dict[str, str] = field(default_factory=dict)
    uuids: tuple[str, ...] = ()


_SESSION, _CATEGORY, _MEASUREMENT = "manager_workoutsession", "measurements_category", "measurements_measurement"
_SESSIONS = "core_longlivedsession"
_TOKENS = {
    "token_blacklist_outstandingtoken": "id jti token created_at expires_at user_id",
    "token_blacklist_blacklistedtoken": "id blacklisted_at token_id",
}
_KNOWN = (
    _Known("core", "0023_create_publication"),
    _Known("core", "0024_backfill_emailaddress", {"account_emailaddress": "email verified primary user_id"}),
    _Known("core", "0025_remove_unused_fields_in_userprofile", gone={
        "core_userprofile": "show_english_ingredients ro_access show_comments",
    }),
    _Known("core", "0026_alter_userprofile_birthdate_alter_userprofile_height", {
        "core_userprofile": "birthdate height",
    }),
    _Known("core", "0027_powersync_publication"),
    _Known("core", "0028_longlivedsession", {_SESSIONS: "id session_key created user_id"}),
    _Known("core", "0029_userprofile_timezone", {"core_userprofile": "time_zone"}),
    _Known("exercises", "0038_sync_model_changes", {"exercises_exercise": "variation_group"}),
    _Known("exercises", "0039_translation_alias_trigram_gin_index", {"exercises_alias": "alias"}),
    _Known("exercises", "0040_alter_exercise_license_author_and_more", {"exercises_exercise": "license_author"}),
    _Known("manager", "0024_log_and_session_uuid", uuids=("manager_workoutlog", _SESSION)),
    _Known("manager", "0025_change_pk_to_uuid", uuids=("manager_workoutlog", _SESSION)),
    _Known("manager", "0026_change_pk_to_uuid_swap", uuids=("manager_workoutlog", _SESSION)),
    _Known("manager", "0027_cleanup_fields", gone={"manager_workoutlog": "uuid", _SESSION: "uuid"}),
    _Known("manager", "0028_backfill_session_day", {_SESSION: "day_id"}),
    _Known("manager", "0029_alter_workoutsession_options_and_more", {_SESSION: "datetime_start datetime_end"}, {
        _SESSION: "date time_start time_end",
    }),
    _Known("measurements", "0004_add_uuids", uuids=(_CATEGORY, _MEASUREMENT)),
    _Known("measurements", "0005_alter_measurement_date", {_MEASUREMENT: "date"}),
    _Known("measurements", "0006_health_sync", {
        _CATEGORY: "order metric_type chart_type chart_config parent_id is_official",
        _MEASUREMENT: "source external_id extra_data",
    }),
    _Known("measurements", "0007_migrate_weight", gone={"weight_weightentry": "id"}),
    _Known("measurements", "0008_dynamic_type", {_CATEGORY: "dynamic_type dynamic_params"}),
    _Known("measurements", "0009_calculated_source", {_MEASUREMENT: "source"}),
    _Known("mfa", "0001_initial", {"mfa_authenticator": "id user_id type data"}),
    _Known("mfa", "0002_authenticator_timestamps", {"mfa_authenticator": "created_at last_used_at"}),
    _Known("mfa", "0003_authenticator_type_uniq", {"mfa_authenticator": "type"}),
    _Known("nutrition", "0034_ingredient_trigram_gin_index", {"nutrition_ingredient": "name"}),
    _Known("nutrition", "0035_add_uuids", uuids=(
        "nutrition_logitem", "nutrition_meal", "nutrition_mealitem", "nutrition_nutritionplan",
    )),
    _Known("nutrition", "0036_alter_image_license_author_and_more", {"nutrition_image": "license_author"}),
    _Known("nutrition", "0037_powersync_synced_ingredient_tables"),
    *(_Known("token_blacklist", name, _TOKENS) for name in (
        "0001_initial", "0002_outstandingtoken_jti_hex", "0003_auto_20171017_2007", "0004_auto_20171017_2013",
        "0005_remove_outstandingtoken_jti", "0006_auto_20171017_2113", "0007_auto_20171017_2214",
        "0008_migrate_to_bigautofield", "0010_fix_migrate_to_bigautofield", "0011_linearizes_history",
        "0012_alter_outstandingtoken_user", "0013_alter_blacklistedtoken_options_and_more",
    )),
    _Known("trophies", "0003_migrate_context_data_uuids", {"trophies_usertrophy": "context_data"}),
    _Known("weight", "0005_add_uuid"),
    _Known("weight", "0006_delete_weightentry", gone={"weight_weightentry": "id"}),
)  # fmt: skip


class _User(Model):
    id = columns.Auto()

    class Meta:
        table_name = "auth_user"


def add_rows() -> list[str]:
    """Add the rows for what is there by now, and return the migrations: ``core.0029_userprofile_timezone``.

    Tables that only wger itself uses are made for that where they are known: later migrations build on them.
    """
    noted = applied()
    if _number(noted["core"]) in range(22, 28) and not has_table(_SESSIONS):
        _make_sessions()
    if _number(noted.get("nutrition", set())) in range(33, 37):
        database.obj.dialect.make_synced_foods(database.obj)
    held = database.obj.dialect.columns_by_table(database.obj)
    rows = peewee.Table(TABLE, ("id", "app", "name", "applied")).bind(database.obj)
    added = []
    for before, known in zip((None, *_KNOWN), _KNOWN, strict=False):
        names = noted.setdefault(known.app, set())
        if _is_next(known, before, names) and _has_come(known, held):
            moment = database.obj.dialect.write_moment(columns.now())
            rows.insert(app=known.app, name=known.name, applied=moment).execute()
            names.add(known.name)
            added.append(f"{known.app}.{known.name}")
    return added


def _is_next(known: _Known, before: _Known | None, names: set[str]) -> bool:
    """Tell whether, of the migrations of its application, those before ``known`` have come, and no others."""
    number = int(known.name[:4]) - 1
    if before is not None and before.app == known.app and before.name in names:
        number = int(before.name[:4])
    return _number(names) == number


def _number(names: set[str]) -> int:
    """Return the highest number of a migration among ``names``, 0 without any."""
    return max((int(name[:4]) for name in names), default=0)


def _has_come(known: _Known, held: dict[str, set[str]]) -> bool:
    there = all(table in held and set(names.split()) <= held[table] for table, names in known.present.items())
    gone = not any(set(names.split()) & held.get(table, set()) for table, names in known.gone.items())
    return there and gone and all(_has_uuids(table) for table in known.uuids)


def _has_uuids(table: str) -> bool:
    kinds = [column.data_type.lower() for column in database.obj.get_columns(table) if column.name == "id"]
    return kinds in (["uuid"], ["char(32)"])


def _make_sessions() -> None:
    class LongLivedSession(Model):
        id = columns.Auto()
        session_key = columns.Char(max_length=40, unique=True)
        created = columns.DateTime()
        user = columns.ForeignKey(_User, backref="+")

        class Meta:
            table_name = _SESSIONS

    abstract(LongLivedSession).create_table(safe=False)


abstract(_User)
