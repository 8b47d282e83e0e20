"""Databases that wger made are recognised, and upgraded as its own migrations do it."""

from __future__ import annotations

import gzip
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from tests.reference import (
    BY_LABEL,
    MODELS,
    SERVER,
    SHARED,
    TABLES,
    empty_database,
    needs_reference,
    unpacked_database,
)
from wger_flask.storage import migrations, tables
from wger_flask.storage.database import database, open_database
from wger_flask.storage.dialects.sqlite_references import declaration, declare
from wger_flask.storage.numbered_keys import uuid_of
from wger_flask.storage.server_zone import set_server_zone
from wger_flask.storage.upgrades import UpgradeRefused
from wger_flask.storage.wger_databases import older_tables
from wger_flask.storage.wger_databases.release import applied, release

from .comparing import differences, everything, renamed
from .older_wger import make_older

pytestmark = needs_reference
THEIRS = [model for model in TABLES if not model._meta.table_name.startswith("wger_flask_")]


def packed(release: str):
    """Return the file of a database as wger left it."""
    return SHARED / "dataset" / f"reference-{release}.{'postgres.sql' if SERVER else 'sqlite'}.gz"


@pytest.fixture(autouse=True)
def zone():
    set_server_zone(ZoneInfo("Europe/Berlin"))


@pytest.fixture(scope="module")
def upgraded_by_wger(tmp_path_factory):
    """Return the rows of the reference 2.7.0a2 after wger's own migration."""
    file = tmp_path_factory.mktemp("upgraded") / "wger.sqlite"
    file.write_bytes(gzip.decompress((SHARED / "dataset" / "reference-2.7.0a2-upgraded.sqlite.gz").read_bytes()))
    set_server_zone(ZoneInfo("Europe/Berlin"))
    open_database(f"sqlite:///{file}")
    migrations.migrate(MODELS)  # what is ours
    rows = everything(THEIRS)
    database.obj.close()
    return rows


def official(rows) -> dict[int, UUID]:
    return {row["user"]: row["id"] for row in rows["measurements_category"] if row["is_official"]}


@pytest.mark.parametrize("age", ["2.7", "2.5"])
def test_an_upgrade_is_that_of_wger(tmp_path, upgraded_by_wger, age):
    with unpacked_database(tmp_path, packed("2.7")) as held:
        numbers = make_older() if age == "2.5" else {}
        assert release() == {"2.7": "2.6 or an alpha of 2.7", "2.5": "2.5 or 2.6"}[age]
        assert migrations.is_wgers_to_upgrade(MODELS) == release()
        done = migrations.migrate(MODELS)
        assert any(line.startswith("upgraded the database of wger") for line in done)
        assert migrations.is_wgers_to_upgrade(MODELS) is None and migrations.is_current(MODELS)
        rows = everything(THEIRS)
        assert migrations.migrate(MODELS) == []
        names = applied()
        if not SERVER:
            assert held.execute_sql("PRAGMA foreign_key_check").fetchall() == []
            assert held.execute_sql("PRAGMA integrity_check").fetchall() == [("ok",)]
    theirs, ours = official(upgraded_by_wger), official(rows)
    assert theirs.keys() == ours.keys() and {key.version for key in ours.values()} == {7}
    keys = {ours[user]: theirs[user] for user in theirs}
    for table, given in numbers.items():
        label = {model._meta.table_name: label for label, model in BY_LABEL.items()}[table]
        keys |= {uuid_of(label, number): UUID(key) for key, number in given.items()}
    if age == "2.5":  # of weights, their numbers are all that there is
        mine = {row["id"] for row in rows["measurements_measurement"]} - keys.keys()
        assert mine == {uuid_of("weight.weightentry", number) for number in range(1, 101)}
        by_content = {weighed(row, theirs): row["id"] for row in upgraded_by_wger["measurements_measurement"]}
        keys |= {
            row["id"]: by_content[weighed(row, ours)] for row in rows["measurements_measurement"] if row["id"] in mine
        }
    apart = differences(rows, upgraded_by_wger, renamed(keys))
    if SERVER:
        apart.pop("trophies_trophy")  # made anew in each database
    if age == "2.5":  # 2.7.0a2 would have listed them when it was upgraded
        theirs = {(2, "grace@example.org", False, True), (3, "linus@example.org", False, True)}
        listed = rows["account_emailaddress"]
        assert {(row["user"], row["email"], row["verified"], row["primary"]) for row in listed} == theirs
        del apart["account_emailaddress"]
    assert apart == {}
    assert [max(names[app]) for app in ("core", "manager", "measurements", "weight")] == [
        "0029_userprofile_timezone",
        "0029_alter_workoutsession_options_and_more",
        "0009_calculated_source",
        "0006_delete_weightentry",
    ]


def weighed(row, categories):
    whose = {key: user for user, key in categories.items()}.get(row["category"])
    return whose, row["date"], row["value"], str(row["extra_data"])


def test_a_2_7_0_is_served_as_it_stands(tmp_path):
    with unpacked_database(tmp_path, packed("2.7.0")) as held:
        assert release() == "2.7.0 before its release"
        assert migrations.is_wgers_to_upgrade(MODELS) == release()  # it lacks the time zone
        before, noted = raw(held), applied()
        migrations.migrate(MODELS)
        assert release() == "2.7.0" and migrations.is_wgers_to_upgrade(MODELS) is None
        assert {app: names - noted[app] for app, names in applied().items() if names - noted[app]} == {
            "core": {"0028_longlivedsession", "0029_userprofile_timezone"}
        }
        after = raw(held)
        assert after.pop("core_longlivedsession") == []
        del after["django_migrations"], before["django_migrations"]
        for row in before["core_userprofile"]:
            row["time_zone"] = ""
        assert {table: rows for table, rows in after.items() if not table.startswith("wger_flask")} == before
        for table in [table for table in after if table.startswith("wger_flask_names")]:
            held.execute_sql(f"DROP TABLE IF EXISTS {table}")  # now it is one that wger 2.7.0 itself left
        held.execute_sql("DROP TABLE wger_flask_migration")
        copies = len(list(tmp_path.iterdir()))
        done = migrations.migrate(MODELS)
        assert not [line for line in done if line.startswith(("copied", "upgraded", "noted"))]
        assert len(list(tmp_path.iterdir())) == copies


def raw(held):
    """Return all rows of all tables but those of searching, as they are stored."""
    found = {}
    for table in held.get_tables():
        if "wger_flask_names" not in table and "wger_flask_word" not in table and not table.startswith("sqlite_"):
            cursor = held.execute_sql(f'SELECT * FROM "{table}"')
            names = [column[0] for column in cursor.description]
            found[table] = sorted((dict(zip(names, row, strict=True)) for row in cursor.fetchall()), key=str)
    return found


def note(app: str, name: str) -> None:
    database.obj.execute_sql(
        f"INSERT INTO django_migrations (app, name, applied) VALUES ('{app}', '{name}', '2026-01-01 00:00:00')"
    )


def test_what_is_developed_after_2_7_0_is_served_where_rows_can_be_written(tmp_path):
    with unpacked_database(tmp_path, packed("2.7.0")) as held:
        migrations.migrate(MODELS)
        note("manager", "0030_keep_logs")
        held.execute_sql("ALTER TABLE manager_workoutsession ADD COLUMN mood integer")
        held.execute_sql("ALTER TABLE manager_workoutsession ADD COLUMN place text NOT NULL DEFAULT ''")
        assert release() == "2.8 in development" and migrations.is_wgers_to_upgrade(MODELS) is None
        assert migrations.migrate(MODELS) == []
        if SERVER:
            held.execute_sql("ALTER TABLE manager_workoutsession ADD COLUMN rank integer NOT NULL DEFAULT 0")
            held.execute_sql("ALTER TABLE manager_workoutsession ALTER COLUMN rank DROP DEFAULT")
        else:
            held.execute_sql("ALTER TABLE manager_workoutsession ADD COLUMN rank integer NOT NULL DEFAULT 0")
            sql = declaration(held, "manager_workoutsession")
            declare(
                held, "manager_workoutsession", sql.replace("rank integer NOT NULL DEFAULT 0", "rank integer NOT NULL")
            )
        with pytest.raises(tables.TablesDiffer, match="manager_workoutsession.rank, which need a value"):
            migrations.migrate(MODELS)


def test_what_is_older_than_2_5_is_refused(tmp_path):
    with unpacked_database(tmp_path, packed("2.7")) as held:
        held.execute_sql("DELETE FROM django_migrations WHERE app IN ('trophies', 'core', 'manager')")
        note("manager", "0018_flexible_routines")
        for what in (lambda: migrations.migrate(MODELS), lambda: migrations.is_wgers_to_upgrade(MODELS)):
            with pytest.raises(UpgradeRefused, match="a wger older than 2.5: let wger 2.5 or later upgrade it first"):
                what()


def test_what_wger_is_in_the_middle_of_is_refused(tmp_path):
    with unpacked_database(tmp_path, packed("2.7")) as held:
        make_older()
        held.execute_sql("ALTER TABLE measurements_measurement ADD COLUMN uuid char(32)")
        with pytest.raises(UpgradeRefused, match="let its own manage.py migrate finish first"):
            migrations.migrate(MODELS)
        assert older_tables.is_older() and "datetime_start" not in {
            column.name for column in held.get_columns("manager_workoutsession")
        }


def test_no_row_is_added_behind_one_that_is_unknown(tmp_path):
    """Another 0029 than the one that is known may have done anything."""
    with unpacked_database(tmp_path, packed("2.7")):
        note("weight", "0006_something_else")
        note("manager", "0029_something_else")
        migrations.migrate(MODELS)
        names = applied()
        assert max(names["weight"]) == "0006_something_else" and "0006_delete_weightentry" not in names["weight"]
        assert max(names["manager"]) == "0029_something_else"


def test_databases_of_ours_are_none_of_wgers(tmp_path):
    with empty_database(tmp_path) as held:
        assert release() is None and migrations.is_wgers_to_upgrade(MODELS) is None
        migrations.migrate(MODELS)
        assert release() is None and "django_migrations" not in held.get_tables()
        assert "core_longlivedsession" not in held.get_tables()
