"""The log of changes from which phones sync: triggers, sequencer, buckets, folding, on whatever database is tested."""

from __future__ import annotations

import json
import re
import threading
import time
import uuid

import pytest

from tests.storage.log_phone import Phone, add
from wger_flask.api import models
from wger_flask.storage.cascade import delete
from wger_flask.storage.database import database, transaction
from wger_flask.storage.sync_log import compaction, reading, specification, tables
from wger_flask.sync import log


@pytest.fixture
def phone(app, people):
    return Phone(people["grace"].id).sync()


def test_a_new_phone_gets_one_operation_a_row(phone):
    assert phone.of("core_language") and phone.of("core_userprofile")
    assert len(phone.got) == sum(len(rows) for rows in phone.rows.values())
    assert {operation["op"] for operation in phone.got} == {"PUT"}
    assert phone.sync().got == []


def test_the_names_of_buckets_begin_with_an_epoch(phone, people):
    kinds = {name.partition("|")[2] for name in phone.sums}
    user = people["grace"].id
    assert kinds == {"core", f"user_profile[{user}]", f"user_planning[{user}]", f"user_activity[{user}]"}
    for name in ("", "core", "x|core", next(iter(phone.sums)) + "]", "'); DROP TABLE x; --", f"user_profile[{user}]"):
        assert log.read_batch(name, 0, phone.position) == ([], phone.position, False)


def test_every_table_of_the_specification_has_the_columns_that_phones_know(app):
    nodes = {node.table: node for node in app.extensions["wger_flask"].registry.nodes}
    assert len(specification.TABLES) == 30
    for synced in specification.TABLES:
        assert tuple(name for name, _ in nodes[synced.table].forms) == synced.columns
    assert dict(nodes["nutrition_ingredient"].forms)["is_vegan"] == "boolean"
    assert dict(nodes["measurements_measurement"].forms)["external_id"] == "uuid"


def test_what_changes_arrives_and_what_is_written_as_it_was_does_not(phone, api, people):
    plan = api("grace").post("nutritionplan/", {"description": "one", "start": "2024-01-01"}).json["id"]
    phone.sync()
    assert [operation["op"] for operation in phone.got] == ["PUT"] and phone.of("nutrition_nutritionplan")[plan]
    api("grace").patch(f"nutritionplan/{plan}/", {"description": "two"})
    phone.sync()
    assert [operation["op"] for operation in phone.got] == ["PUT", "MOVE"][::-1] or len(phone.got) <= 2
    assert phone.of("nutrition_nutritionplan")[plan]["description"] == "two"
    api("grace").patch(f"nutritionplan/{plan}/", {"description": "two"})
    assert phone.sync().got == []
    api("grace").delete(f"nutritionplan/{plan}/")
    assert phone.sync().of("nutrition_nutritionplan") == {}
    assert Phone(people["grace"].id, "another").sync().rows == phone.rows


def test_a_transaction_is_taken_whole_and_its_last_state_counts(phone, people):
    with transaction():
        plan = add(models.NutritionPlan, user=people["grace"], description="first")
        models.NutritionPlan.update(description="last").execute()
        add(models.Meal, plan=plan, name="Lunch")
    phone.sync()
    assert len(phone.got) == 2
    assert [row["description"] for row in phone.of("nutrition_nutritionplan").values()] == ["last"]


def test_rows_move_with_their_parents_to_another_user(phone, people):
    linus = Phone(people["linus"].id).sync()
    plan = add(models.NutritionPlan, user=people["grace"])
    meal = add(models.Meal, plan=plan)
    food = models.Ingredient.select().first()
    add(models.MealItem, meal=meal, ingredient=food)
    add(models.LogItem, plan=plan, ingredient=food)
    category = add(models.Category, user=people["grace"])
    add(models.Measurement, category=category, value=1)
    moving = (
        "nutrition_nutritionplan",
        "nutrition_meal",
        "nutrition_mealitem",
        "nutrition_logitem",
        "measurements_measurement",
        "nutrition_ingredient",
    )
    phone.sync(), linus.sync()
    assert [len(phone.of(table)) for table in moving] == [1] * 6 and not any(linus.of(table) for table in moving)
    models.NutritionPlan.update(user=people["linus"].id).execute()
    models.Category.update(user=people["linus"].id).where(models.Category.id == category.id).execute()
    phone.sync(), linus.sync()
    assert [len(linus.of(table)) for table in moving] == [1] * 6 and not any(phone.of(table) for table in moving)
    assert Phone(people["grace"].id, "new").sync().rows == phone.rows


def test_rows_of_a_user_who_comes_later_are_all_there(phone, people):
    plan = add(models.NutritionPlan, user=people["linus"])
    phone.sync()  # the marks are gone with that
    linus = Phone(people["linus"].id).sync()
    assert list(linus.of("nutrition_nutritionplan")) == [str(plan.id)]
    assert linus.of("core_language") == phone.of("core_language")


def test_templates_stay_here(phone, people):
    routine = add(models.Routine, user=people["grace"], is_template=True)
    assert phone.sync().of("manager_routine") == {}
    models.Routine.update(is_template=False).execute()
    assert list(phone.sync().of("manager_routine")) == [str(routine.id)]
    models.Routine.update(is_template=True).execute()
    assert phone.sync().of("manager_routine") == {}


def test_a_food_is_there_as_long_as_something_of_the_user_refers_to_it(phone, people):
    food, other = models.Ingredient.select().limit(2)
    unit = add(models.IngredientWeightUnit, ingredient=food, name="cup", gram=20)
    plan = add(models.NutritionPlan, user=people["grace"])
    entry = add(models.LogItem, plan=plan, ingredient=food)
    phone.sync()
    assert list(phone.of("nutrition_ingredient")) == [str(food.id)]
    assert str(unit.id) in phone.of("nutrition_ingredientweightunit")
    models.Ingredient.update(name="renamed").where(models.Ingredient.id.in_([food.id, other.id])).execute()
    models.IngredientWeightUnit.delete().where(models.IngredientWeightUnit.id == unit.id).execute()
    phone.sync()
    assert [row["name"] for row in phone.of("nutrition_ingredient").values()] == ["renamed"]
    assert str(unit.id) not in phone.of("nutrition_ingredientweightunit")
    models.LogItem.update(ingredient=other).where(models.LogItem.id == entry.id).execute()
    assert list(phone.sync().of("nutrition_ingredient")) == [str(other.id)]
    models.LogItem.delete().execute()
    assert phone.sync().of("nutrition_ingredient") == {}


def test_values_have_the_forms_that_phones_read(phone, people):
    category = add(models.Category, user=people["grace"], chart_config={"a": [1, "ä\n\"'"]}, name='\x01 "q" 🏋')
    moment = "2026-03-29T01:30:00.120000+00:00"
    outer = uuid.uuid4()
    key = add(models.Measurement, category=category, date=moment, value="80.10", external_id=outer, notes="é").id
    plan = add(models.NutritionPlan, user=people["grace"], start="2026-03-29", end=None, only_logging=True)
    add(models.Meal, plan=plan, time="18:30:00")
    phone.sync()
    row = phone.of("measurements_measurement")[str(key)]
    assert row["category_id"] == str(category.id) and row["external_id"] == str(outer) and row["notes"] == "é"
    assert row["value"] == 80.1 and row["date"] in ("2026-03-29T01:30:00.120000Z", "2026-03-29T01:30:00.12Z")
    kept = phone.of("measurements_category")[str(category.id)]
    assert json.loads(kept["chart_config"]) == {"a": [1, "ä\n\"'"]} and kept["name"] == '\x01 "q" 🏋'
    assert kept["is_official"] == 0 and kept["parent_id"] is None
    told = phone.of("nutrition_nutritionplan")[str(plan.id)]
    assert told["start"] == "2026-03-29" and told["end"] is None and told["only_logging"] == 1
    assert [meal["time"] for meal in phone.of("nutrition_meal").values()] == ["18:30:00"]
    moments = {row["created"] for row in phone.of("exercises_exercise").values()}
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z", moment) for moment in moments)


def test_a_long_history_costs_a_new_phone_little(phone, people):
    plan = add(models.NutritionPlan, user=people["grace"])
    for number in range(40):
        models.NutritionPlan.update(description=str(number)).execute()
        gone = add(models.Meal, plan=plan)
        phone.sync()
        models.Meal.delete().where(models.Meal.id == gone.id).execute()
        phone.sync()
    fresh = Phone(people["grace"].id, "fresh").sync()
    assert fresh.rows == phone.rows
    assert len(fresh.got) <= sum(len(rows) for rows in fresh.rows.values()) + 1
    slow = Phone(people["grace"].id, "slow", fresh.position, dict(fresh.sums), json_copy(fresh.rows))
    models.NutritionPlan.update(description="end").execute()
    assert slow.sync().rows == phone.sync().rows


def json_copy(rows):
    return {bucket: dict(held) for bucket, held in rows.items()}


def test_long_lists_come_in_batches(phone, people, monkeypatch):
    monkeypatch.setattr(reading, "MOST_OPERATIONS", 7)
    category = add(models.Category, user=people["grace"])
    for number in range(30):
        add(models.Measurement, category=category, value=number)
    phone.sync()
    models.Measurement.delete().where(models.Measurement.value < 15).execute()
    phone.sync()
    fresh = Phone(people["grace"].id, "fresh").sync()
    assert fresh.rows == phone.rows and len(fresh.of("measurements_measurement")) == 15
    bucket = next(name for name in fresh.sums if "activity" in name)
    assert len(log.read_batch(bucket, 0, fresh.position).lines) <= 7
    monkeypatch.setattr(reading, "MOST_BYTES", 500)
    assert len(log.read_batch(bucket, 0, fresh.position).lines) <= 3
    assert Phone(people["grace"].id, "small").sync().rows == phone.rows


def test_what_was_read_before_is_right_after_changes(phone, people):
    """Kept batches of the catalogue are of one state of their bucket."""
    language = models.Language.select().first()
    for name in ("one", "two"):
        models.Language.update(full_name=name).where(models.Language.id == language.id).execute()
        for called in ("a", "b"):
            fresh = Phone(people["grace"].id, called + name).sync()
            assert fresh.of("core_language")[str(language.id)]["full_name"] == name
    assert phone.sync().rows == fresh.rows


def test_numbers_of_writes_belong_to_a_user_and_a_phone(app, people):
    grace, linus = people["grace"].id, people["linus"].id
    assert [log.raise_number(grace, "a"), log.raise_number(grace, "a"), log.raise_number(grace, "b")] == [1, 2, 1]
    assert log.raise_number(linus, "a") == 1
    assert [log.keep_number(grace, "a", 9), log.keep_number(grace, "a", 3), log.raise_number(grace, "a")] == [9, 9, 10]
    assert log.take_snapshot(grace, "a").number == 10 and log.take_snapshot(grace, "c").number == 0


def test_the_marker_moves_with_a_write(app, people):
    before = log.change_marker()
    assert log.change_marker() == before
    log.raise_number(people["grace"].id, "a")
    end = time.monotonic() + 600  # a notice of another server takes its way
    while log.change_marker() == before:
        assert time.monotonic() < end


def test_a_notice_that_is_lost_is_made_up_for(phone, people, monkeypatch):
    """As behind a pooler that passes none on: the log is looked at now and then besides."""
    if database.obj.dialect.name != "postgresql":
        pytest.skip("other databases are asked, and send no notice")
    from wger_flask.storage.dialects import postgresql_sync_log as module

    monkeypatch.setattr(module._Listener, "begin", lambda self, connection: None)
    monkeypatch.setattr(module, "_SLOW_SECONDS", 0)
    listener = database.obj.dialect.sync_log._listener
    listener.close()
    log.change_marker()
    before = log.change_marker()
    assert log.change_marker() == before
    add(models.NutritionPlan, user=people["grace"])
    assert log.change_marker() != before
    listener.close()  # the next one listens again


# -- compaction ----------------------------------------------------------------------------
def operations() -> int:
    return database.obj.execute_sql(f"SELECT count(*) FROM {tables.OPERATION}").fetchone()[0]


def copy_of(phone: Phone, name: str) -> Phone:
    rows = {bucket: dict(held) for bucket, held in phone.rows.items()}
    return Phone(phone.user, name, phone.position, dict(phone.sums), rows)


@pytest.fixture
def worn(phone, people, monkeypatch):
    """Phones of several ages, over a log with much in it that is dead."""
    monkeypatch.setattr(compaction, "_REST", 0)
    monkeypatch.setattr(compaction, "AT_ONCE", 10)
    plan = add(models.NutritionPlan, user=people["grace"])
    kept = add(models.Meal, plan=plan, name="kept")
    ages = [copy_of(phone.sync(), "old")]
    for number in range(30):
        gone = add(models.Meal, plan=plan)
        models.NutritionPlan.update(description=str(number)).execute()
        phone.sync()
        models.Meal.delete().where(models.Meal.id == gone.id).execute()
        phone.sync()
        if number in (3, 20):
            ages.append(copy_of(phone, f"aged {number}"))
    return phone, kept, ages


def test_a_compacted_log_is_small_and_every_phone_comes_right(worn, people):
    phone, kept, ages = worn
    before, generation = operations(), log.generation()
    done = log.compact()
    assert done.before == before and done.after == operations() < before - 80
    assert log.generation() > generation
    fresh = Phone(people["grace"].id, "fresh").sync()
    assert str(kept.id) in fresh.of("nutrition_meal")
    assert len(fresh.got) <= sum(len(rows) for rows in fresh.rows.values()) + len(fresh.rows)
    for one in (phone, *ages):
        assert one.sync().rows == fresh.rows, one.name
    assert log.compact().after == done.after  # nothing is written anew for nothing
    models.Meal.update(name="renamed").execute()
    for one in (phone, *ages, fresh):
        assert one.sync().of("nutrition_meal")[str(kept.id)]["name"] == "renamed"


def test_buckets_that_nobody_needs_go(phone, people):
    food = models.Ingredient.select().first()
    plan = add(models.NutritionPlan, user=people["grace"])
    add(models.LogItem, plan=plan, ingredient=food)
    linus = Phone(people["linus"].id).sync()
    phone.sync()
    assert log.compact().dropped == 0
    models.LogItem.delete().execute()
    phone.sync()
    delete(models.User, [people["linus"].id])
    assert log.compact().dropped == 1 + 3
    kinds = {row[0] for row in database.obj.execute_sql(f"SELECT kind FROM {tables.BUCKET} WHERE key <> 0")}
    assert kinds == {"user_profile", "user_planning", "user_activity"} and linus.user != phone.user
    again = add(models.LogItem, plan=plan, ingredient=food)
    assert list(phone.sync().of("nutrition_ingredient")) == [str(food.id)] and again.id


def test_a_damaged_bucket_is_made_anew(phone, people, monkeypatch):
    monkeypatch.setattr(reading, "_kept", reading._Kept(0))
    database.obj.execute_sql(f"DELETE FROM {tables.OPERATION} WHERE object_type = 'core_language'")
    with pytest.raises(AssertionError):
        Phone(people["grace"].id, "fresh").sync()
    assert log.compact().dropped == 1
    assert Phone(people["grace"].id, "fresh").sync().rows == phone.rows


@pytest.mark.parametrize(
    "read",
    [
        lambda phone: phone.sync(),
        lambda phone: log.read_events(phone.user, None, 1),  # a program that asks for events
        lambda phone: log.changes_since(None, [phone.user]),  # webhooks
    ],
    ids=["phones", "events", "webhooks"],
)
def test_a_log_is_compacted_by_itself_after_a_day(phone, monkeypatch, read):
    done = []
    monkeypatch.setattr(log, "_compact_aside", lambda: done.append(True))
    monkeypatch.setattr(log, "_SECONDS_BETWEEN_LOOKS", 0)
    read(phone)
    assert not done and not compaction.claim()
    database.obj.execute_sql(f"UPDATE {tables.STATE} SET compacted = compacted - {25 * 3600 * 1000}")
    read(phone), read(phone)
    assert compaction.is_due(0)
    for thread in threading.enumerate():
        if thread.name == "wger_flask compaction":
            thread.join()
    assert done == [True]


def test_a_clock_that_was_ahead_keeps_no_log_from_being_compacted(phone):
    phone.sync()
    database.obj.execute_sql(f"UPDATE {tables.STATE} SET compacted = compacted + {400 * 24 * 3600 * 1000}")
    assert compaction.claim() and not compaction.claim()


def test_a_rebuilt_log_has_another_epoch_and_the_same_rows(phone, people):
    before, held = set(phone.sums), json.dumps(sorted(map(repr, phone.of("core_language").items())))
    number = log.raise_number(phone.user, phone.name)
    log.rebuild()
    phone.sync()
    assert not before & set(phone.sums) and held == json.dumps(sorted(map(repr, phone.of("core_language").items())))
    assert log.take_snapshot(phone.user, phone.name).number == number
