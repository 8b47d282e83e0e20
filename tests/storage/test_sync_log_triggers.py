"""The triggers of the log of changes: where they are, what they see, and what happens when they were away."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import settings_for
from tests.reference import needs_reference, reference_database
from tests.storage.log_phone import Phone, add
from wger_flask import app as application
from wger_flask.api import models
from wger_flask.storage.database import database, take_up, transaction
from wger_flask.storage.dialects.sync_log import PREFIX
from wger_flask.storage.migrations import migrate
from wger_flask.storage.sync_log import installing, tables
from wger_flask.sync import log
from wger_flask.testing.server import put_aside


@pytest.fixture
def phone(app, people):
    return Phone(people["grace"].id).sync()


@pytest.fixture
def registry(app):
    return app.extensions["wger_flask"].registry


def epoch() -> str:
    return database.obj.execute_sql(f"SELECT epoch FROM {tables.STATE}").fetchone()[0]


def test_installing_again_does_nothing(registry, phone):
    before = epoch()
    assert installing.is_installed(registry.nodes) and installing.install(registry.nodes) == []
    assert migrate(registry.models, registry.plugins, nodes=registry.nodes) == [] and epoch() == before


def test_lost_triggers_and_other_columns_begin_the_log_anew(registry, phone, people):
    before = epoch()
    database.obj.dialect.sync_log.drop(database.obj)
    plan = add(models.NutritionPlan, user=people["grace"])  # nobody notices
    assert not installing.is_installed(registry.nodes)
    assert len(migrate(registry.models, registry.plugins, nodes=registry.nodes)) == 1 and epoch() != before
    assert list(phone.sync().of("nutrition_nutritionplan")) == [str(plan.id)]
    fewer = registry.nodes[1:]
    assert not installing.is_installed(fewer) and installing.install(fewer) and installing.is_installed(fewer)


def test_without_sync_there_is_no_trigger(registry, phone):
    assert installing.install(()) and installing.install(()) == []
    assert database.obj.dialect.sync_log.is_installed(database.obj, ()) and installing.is_installed(())
    before = epoch()
    assert installing.install(registry.nodes) and epoch() != before


def test_a_schema_that_lies_aside_keeps_its_own(registry, phone):
    """As a restored backup leaves one behind: its triggers have the same names, and call functions of its own."""
    held = database.obj
    if held.dialect.name != "postgresql":
        pytest.skip("one database has several schemas on PostgreSQL alone")
    name = held.execute_sql("SELECT proname FROM pg_proc WHERE starts_with(proname, %s)", (PREFIX,)).fetchone()[0]
    for statement in (
        "CREATE SCHEMA aside",
        "CREATE TABLE aside.nutrition_meal (id integer)",
        f"CREATE FUNCTION aside.{name}() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        f"CREATE TRIGGER {PREFIX}insert AFTER INSERT ON aside.nutrition_meal EXECUTE FUNCTION aside.{name}()",
    ):
        held.execute_sql(statement)
    before = epoch()
    log.rebuild()
    assert epoch() != before and installing.is_installed(registry.nodes)
    kept = held.execute_sql("SELECT count(*) FROM pg_trigger WHERE tgrelid = 'aside.nutrition_meal'::regclass")
    assert kept.fetchone()[0] == 1
    held.execute_sql("DROP SCHEMA aside CASCADE")


def test_a_process_that_finds_no_log_makes_it(registry, phone, people):
    database.obj.dialect.sync_log.drop(database.obj)
    for table in tables.TABLES:
        database.obj.execute_sql(f"DROP TABLE {table}")
    del database.obj.__dict__["log_is_for"]
    assert phone.sync().rows == Phone(people["grace"].id, "fresh").sync().rows


def test_a_file_without_triggers_in_the_place_of_the_database_gets_them(registry, phone, people, tmp_path):
    """As one that was copied while the sync was off: it has the tables of the log, and what changes would be unseen."""
    held = database.obj
    if held.dialect.name != "sqlite":
        pytest.skip("no file")
    path, copy = Path(held.database), tmp_path / "copy.sqlite"
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
        for (name,) in target.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            if name.startswith(PREFIX):
                target.execute(f'DROP TRIGGER "{name}"')
        target.execute(f"UPDATE {tables.STATE} SET fingerprint = ''")
        target.commit()
    copy.replace(path)
    take_up()
    phone.sync()
    plan = add(models.NutritionPlan, user=people["grace"])
    assert list(phone.sync().of("nutrition_nutritionplan")) == [str(plan.id)]
    assert installing.is_installed(registry.nodes)


def test_a_log_that_is_wiped_while_it_is_used_begins_anew(phone, people):
    for table in tables.TABLES:
        database.obj.execute_sql(f"DELETE FROM {table}")
    plan = add(models.NutritionPlan, user=people["grace"])
    assert list(phone.sync().of("nutrition_nutritionplan")) == [str(plan.id)]


def test_the_start_looks_for_triggers(registry, phone):
    database.obj.dialect.sync_log.drop(database.obj)
    installing.install_at_start(registry.nodes)
    assert database.obj.is_closed() and installing.is_installed(registry.nodes)
    before = epoch()
    installing.install_at_start(registry.nodes)
    assert epoch() == before
    for table in ("nutrition_mealitem", *tables.TABLES):
        database.obj.execute_sql(f"DROP TABLE {table}")
    installing.install_at_start(registry.nodes)  # nobody has migrated it
    assert tables.STATE not in database.obj.get_tables()


def test_a_table_that_is_rebuilt_as_wgers_migrations_do_it(registry, phone, people):
    held = database.obj
    plan = add(models.NutritionPlan, user=people["grace"])
    meal = add(models.Meal, plan=plan)
    phone.sync()
    if held.dialect.name != "sqlite":
        held.execute_sql("ALTER TABLE nutrition_meal ADD COLUMN colour varchar(9) NOT NULL DEFAULT 'red'")
        assert installing.is_installed(registry.nodes)
        return
    (made,) = held.execute_sql("SELECT sql FROM sqlite_master WHERE name = 'nutrition_meal'").fetchone()
    held.execute_sql("PRAGMA foreign_keys = 0")
    with transaction():
        held.execute_sql(made.replace("nutrition_meal", "new__nutrition_meal", 1))
        held.execute_sql("INSERT INTO new__nutrition_meal SELECT * FROM nutrition_meal")
        held.execute_sql("DROP TABLE nutrition_meal")
        held.execute_sql("ALTER TABLE new__nutrition_meal RENAME TO nutrition_meal")
    held.execute_sql("PRAGMA foreign_keys = 1")
    models.Meal.update(name="unseen").execute()
    assert not installing.is_installed(registry.nodes)
    assert migrate(registry.models, registry.plugins, nodes=registry.nodes)
    assert phone.sync().of("nutrition_meal")[str(meal.id)]["name"] == "unseen"


def rows_of(user: int) -> int:
    return models.WorkoutLog.select().where(models.WorkoutLog.user == user).count()


@needs_reference
def test_a_database_of_wgers_keeps_the_log_too(registry, phone, tmp_path):
    with reference_database(tmp_path):
        migrate(registry.models, registry.plugins, nodes=registry.nodes)
        assert installing.is_installed(registry.nodes)
        (user,) = models.WorkoutLog.select(models.WorkoutLog.user).limit(1).tuples().get()
        one = Phone(user).sync()
        assert len(one.of("manager_workoutlog")) == rows_of(user)
        database.obj.execute_sql(f"UPDATE manager_workoutlog SET iteration = 77 WHERE user_id = {user}")
        assert {row["iteration"] for row in one.sync().of("manager_workoutlog").values()} == {77}


def test_a_restored_backup_is_noticed_by_the_sums(phone, people):
    """Numbers of operations begin again from where they were: what a phone has more does not add up."""
    with pytest.raises(RuntimeError), transaction():
        add(models.NutritionPlan, user=people["grace"])
        phone.sync()
        raise RuntimeError
    plan = add(models.NutritionPlan, user=people["grace"])
    with pytest.raises(AssertionError):
        phone.sync()
    lost = next(name for name in phone.sums if "planning" in name)
    del phone.sums[lost], phone.rows[lost]  # as a phone does with a bucket whose sum is wrong
    assert list(phone.sync().of("nutrition_nutritionplan")) == [str(plan.id)]


def test_what_everybody_is_sent_is_that_of_the_restored_backup(phone, people):
    """The catalogue's rendered lines are kept: they must not be those of a state that was taken back."""
    language = models.Language.select().first()

    def renamed(name: str) -> None:
        models.Language.update(full_name=name).where(models.Language.id == language.id).execute()
        fresh = Phone(people["grace"].id, f"fresh {name}").sync()
        assert fresh.of("core_language")[str(language.id)]["full_name"] == name

    with pytest.raises(RuntimeError), transaction():
        renamed("taken back")
        raise RuntimeError
    renamed("after it")


def test_what_is_committed_late_does_not_appear_behind_what_was_told(phone, people):
    """A slow transaction wrote first and commits last: its operations get numbers then, not before."""
    if database.obj.dialect.name == "sqlite":
        pytest.skip("one writer at a time: nobody commits in another order")
    plan = add(models.NutritionPlan, user=people["grace"])
    other = add(models.NutritionPlan, user=people["grace"])
    phone.sync()
    wrote, told = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction():
            models.NutritionPlan.update(description="slow").where(models.NutritionPlan.id == plan.id).execute()
            wrote.set()
            told.wait(600)
        database.obj.close()

    thread = threading.Thread(target=slow)
    thread.start()
    wrote.wait(600)
    models.NutritionPlan.update(description="quick").where(models.NutritionPlan.id == other.id).execute()
    phone.sync()
    assert phone.of("nutrition_nutritionplan")[str(other.id)]["description"] == "quick"
    told.set()
    thread.join()
    phone.sync()
    assert phone.of("nutrition_nutritionplan")[str(plan.id)]["description"] == "slow"


@pytest.mark.parametrize("setting", [{"WGER_SYNC": False}, {"POWERSYNC_URL": "https://sync.example.org/"}])
def test_the_settings_turn_it_off(template, tmp_path, setting):
    copy = template.copy(tmp_path)
    with put_aside():
        app = application.create_app(settings_for(copy.url, tmp_path, **setting))
        registry = app.extensions["wger_flask"].registry
        assert registry.nodes == () and not log.is_kept()
        assert migrate(registry.models, registry.plugins, nodes=registry.nodes) == [
            "removed the triggers of the log of changes"
        ]
        assert database.obj.dialect.sync_log.is_installed(database.obj, ())
        database.obj.close()
        application.close_app(app)
    copy.drop()
