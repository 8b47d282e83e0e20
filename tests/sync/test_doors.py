"""Whatever door a change comes by, it reaches phones, events and webhooks: as it is in the database, and at once.

What phones hold after the change is held against a log that is begun anew, which reads every row from its table.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from tests.auth.conftest import Browser
from tests.imports.reading import SAMPLES
from tests.pull.made import exercise, food, key, vocabulary
from tests.pull.sources import TOKEN, Source, serving
from tests.storage.log_phone import Phone
from tests.takeout.conftest import furnished, media  # noqa: F401  fixtures
from tests.transfer.rows import row
from wger_flask.auth import identity
from wger_flask.auth.account_deletion import delete_account
from wger_flask.domain.exercises.models import Exercise, ExerciseCategory
from wger_flask.domain.measurements.models import Category, Measurement, official_category
from wger_flask.domain.measurements.recalculation import recalculate_all
from wger_flask.domain.nutrition.food_import import Food, import_foods
from wger_flask.domain.nutrition.models import Ingredient, IngredientWeightUnit, LogItem, NutritionPlan
from wger_flask.domain.routines.models import WorkoutLog
from wger_flask.domain.trophies.training import count_everything_again
from wger_flask.imports import runs
from wger_flask.imports.choices import RememberedChoices
from wger_flask.imports.importing import import_records, options_for, person_of, read_file
from wger_flask.pull.run import Wanted, pull
from wger_flask.rest.services import services
from wger_flask.storage.database import transaction
from wger_flask.storage.sync_log.specification import OF_USERS
from wger_flask.sync import log
from wger_flask.takeout.importer import bring_in
from wger_flask.testing.rows import make
from wger_flask.transfer.importer import import_dump
from wger_flask.transfer.starter import load_starter_data
from wger_flask.webhooks import deliveries
from wger_flask.webhooks.models import Delivery, Webhook

Rows = dict[tuple[str, str], dict[str, Any]]
LOGS, SESSIONS, WATER = "manager_workoutlog", "manager_workoutsession", "plugin_water_glass"
MEASUREMENTS, CATEGORIES = "measurements_measurement", "measurements_category"
PLANS, FOODS = "nutrition_nutritionplan", "nutrition_ingredient"


@dataclass
class House:
    """What a door needs: the application's clients, accounts and folders."""

    app: Any
    api: Callable[..., Any]
    people: dict[str, Any]
    folder: Path
    held: SimpleNamespace  # what was there before the door was opened

    def sent(self, method: str, path: str, body: object = None, name: str = "grace", **options: Any) -> Any:
        answer = self.api(name).open(method, path, body, **options)
        assert answer.status_code < 300, (path, answer.text)
        return answer.json


# -- doors: each writes something --------------------------------------------------------------------------------------
def by_list(house: House) -> None:
    day = {"category": house.held.waist, "value": 80}
    house.sent("POST", "measurement/", [{**day, "date": f"2026-03-0{number}T08:00:00Z"} for number in (1, 2, 3)])


def by_list_again(house: House) -> None:
    rows = [
        {"id": str(one), "category": house.held.waist, "value": 81, "date": "2026-02-01T08:00:00Z"}
        for one in (house.held.measurement, uuid4())
    ]
    house.sent("POST", "measurement/", rows)


def by_repeated_write(house: House) -> None:
    for _ in range(2):
        house.sent("POST", "nutritionplan/", {"description": "once"}, headers={"Idempotency-Key": "the-same"})
    assert NutritionPlan.select().where(NutritionPlan.description == "once").count() == 1


def by_upload(house: House) -> None:
    data = {"id": str(uuid4()), "category_id": house.held.waist, "date": "2026-03-04T12:00:00.000Z", "value": 82.5}
    door = "/api/v2/upload-powersync-data"
    assert house.sent("PUT", door, {"table": MEASUREMENTS, "data": data}) == {"status": "ok!"}


def by_page(house: House) -> None:
    browser = Browser(house.app).log_in("grace")
    answer = browser.fill("/api/v2/water/", amount="250", note="by hand")
    assert answer.status_code < 400, answer.text


def by_action(house: House) -> None:
    house.sent("POST", f"routine/{house.held.routine}/copy/", {})


def by_calculation(house: House) -> None:
    house.sent("PATCH", "userprofile/", {"height": 160})


def by_daily_job(house: House) -> None:
    with transaction():
        Measurement.update(value=95).where(Measurement.id == house.held.weight).execute()  # nothing tells of it
    recalculate_all()


def by_training(house: House) -> None:
    count_everything_again()
    body = {"exercise": house.held.exercise, "repetitions": 5, "weight": "500", "date": "2026-03-01T10:00:00Z"}
    house.sent("POST", "workoutlog/", body)


def by_import(house: House) -> None:
    user = house.people["grace"].id
    with (SAMPLES / "strong.csv").open("rb") as stream:
        read = read_file(stream, "strong.csv", "strong", options_for(user))
    run, _ = import_records(person_of(user), read, RememberedChoices(user))
    assert run is not None
    house.held.run = run


def by_import_and_back(house: House) -> None:
    by_import(house)
    house.held.settle()
    runs.undo(house.held.run)


def by_take_out(house: House) -> None:
    archive = house.api("grace").get("export/").get_data()
    for name in ("linus", "grace"):  # grace has all of it
        with house.app.test_request_context():
            report = bring_in(io.BytesIO(archive), identity.by_id(house.people[name].id), "a.zip")
        assert report.is_done, report.lines()


def by_take_out_and_back(house: House) -> None:
    by_take_out(house)
    house.held.settle()
    run = runs.last_run(house.people["linus"].id)
    assert run is not None
    runs.undo(run)


def by_dump(house: House) -> None:
    user, plan, meal = house.people["grace"].id, str(uuid4()), str(uuid4())
    rows = [
        row("nutrition.nutritionplan", plan, user=user, description="from a dump", creation_date="2026-01-01"),
        row("nutrition.meal", meal, plan=plan, order=1, time=None, name="Lunch"),
        row("nutrition.mealitem", str(uuid4()), meal=meal, ingredient=house.held.food, order=1, amount="10.00"),
    ]
    import_dump(io.BytesIO(json.dumps(rows).encode()), services().registry.models)


def by_starter_data(house: House) -> None:
    """Load once more what ships, of which something was changed."""
    ExerciseCategory.update(name="Changed").where(ExerciseCategory.id == 10).execute()
    house.held.settle()
    load_starter_data(services().registry.models)


def by_food_import(house: House) -> None:
    values = {"name": "Renamed", "energy": 77, "protein": 1, "carbohydrates": 1, "fat": 1}
    known = Ingredient.get_by_id(house.held.food)
    given = Food(known.source_name, known.remote_id, known.code, "en", "ODbL", "", values, (("ladle", 99),))
    assert import_foods([given])["changed"] == 1, (known.source_name, known.remote_id)


def by_pull(house: House) -> None:
    with serving(Source()) as source:
        vocabulary(source)
        source.lists["exerciseinfo"] = [exercise(1)]
        source.lists["ingredient-sync"] = [food(1)]
        source.lists |= dict.fromkeys(("meal", "mealitem", "nutritiondiary"), [])
        source.lists["nutritionplan"] = [{"id": key("plan"), "description": "from there", "start": "2026-01-01"}]
        wanted = Wanted(frozenset(("exercises", "foods", "nutrition")), token=TOKEN, user=house.people["linus"].id)
        pull(source.base, wanted, lambda *told: None, sleep=lambda seconds: None)


def by_replacement(house: House) -> None:
    path = f"exercise/{house.held.exercise}/?replaced_by={house.held.other_exercise.uuid}"
    house.sent("DELETE", path, name="ada")


def by_account_deletion(house: House) -> None:
    delete_account(house.people["grace"])


def by_account_page(house: House) -> None:
    answer = Browser(house.app).log_in("grace").fill("/user/delete", current="ecarg-pass")
    assert answer.status_code == 303


OF_GRACE = {MEASUREMENTS, CATEGORIES, PLANS, LOGS, SESSIONS, WATER, "nutrition_meal", "nutrition_mealitem",
            "nutrition_logitem", "manager_routine", "gallery_image", "core_userprofile"}  # fmt: skip
DOORS: dict[Callable[[House], None], dict[str, set[str]]] = {
    by_list: {"grace": {MEASUREMENTS}},
    by_list_again: {"grace": {MEASUREMENTS}},
    by_repeated_write: {"grace": {PLANS}},
    by_upload: {"grace": {MEASUREMENTS}},
    by_page: {"grace": {WATER}},
    by_action: {"grace": {"manager_routine"}},
    by_calculation: {"grace": {"core_userprofile", MEASUREMENTS}},
    by_daily_job: {"grace": {MEASUREMENTS}},
    by_training: {"grace": {LOGS, SESSIONS}},
    by_import: {"grace": {LOGS, SESSIONS}},
    by_import_and_back: {"grace": {LOGS, SESSIONS}},
    by_take_out: {"linus": OF_GRACE},
    by_take_out_and_back: {"linus": OF_GRACE - {"core_userprofile"}},
    by_dump: {"grace": {PLANS, "nutrition_meal", "nutrition_mealitem"}},
    by_starter_data: dict.fromkeys(("grace", "linus"), {"exercises_exercisecategory"}),
    by_food_import: {"grace": {FOODS, "nutrition_ingredientweightunit"}},
    by_pull: {"linus": {PLANS, "exercises_exercise", "exercises_translation"}},
    by_replacement: {"grace": {LOGS, "exercises_exercise"}, "linus": {"exercises_exercise"}},
    by_account_deletion: {"grace": OF_GRACE},
    by_account_page: {"grace": OF_GRACE},
}


# -- those who are told ------------------------------------------------------------------------------------------------
class Listener:
    """Somebody's phone, events and webhook."""

    def __init__(self, user: Any):
        self.user_id = user.id
        self.phone = Phone(user.id, f"phone of {user.username}")
        self.hook = Webhook.create(user=user.id, url="https://example.org/")
        self.settle()

    def settle(self) -> None:
        """Hear all that was until now."""
        self.before = rows_of(self.phone.sync())
        self.cursor = log.read_events(self.user_id, None, 1).cursor
        if Webhook.select().where(Webhook.id == self.hook.id).exists():
            Webhook.update(cursor="").where(Webhook.id == self.hook.id).execute()
            deliveries.begin(Webhook.get_by_id(self.hook.id))

    def changed(self) -> dict[tuple[str, str], bool]:
        """Return the rows that are others on the phone now, and whether each is gone."""
        after = rows_of(self.phone.sync())
        places = self.before.keys() | after.keys()
        return {place: place not in after for place in places if self.before.get(place) != after.get(place)}


def rows_of(phone: Phone) -> Rows:
    return {place: held for rows in phone.rows.values() for place, held in rows.items()}


def assert_events_tell(listener: Listener, changed: dict[tuple[str, str], bool], registry: Any) -> None:
    """Events and the webhook's messages name just what changed of the user's own rows."""
    synced = {node.table: node.synced for node in registry.nodes if node.synced is not None}
    own = {place: is_gone for place, is_gone in changed.items() if synced[place[0]].stream in OF_USERS}
    found = log.read_events(listener.user_id, listener.cursor, 1000)
    told = {(event.table, str(event.key)): event.is_deletion for event in found.events}
    assert own.items() <= told.items() and not found.more
    # Told besides is what came and went in between, and what changed in a column that phones are not told of: nothing.
    assert {place for place in told if place not in own and place in listener.before} == set()
    if not Webhook.select().where(Webhook.id == listener.hook.id).exists():
        return  # it went with its account
    deliveries.make_due()
    names = registry.names_of_synced
    messages = [json.loads(one.body) for one in Delivery.select().where(Delivery.webhook == listener.hook.id)]
    sent = {(row["resource"], str(row["key"])): row["kind"] == "deleted" for one in messages for row in one["events"]}
    assert sent == {(names[table], key): is_gone for (table, key), is_gone in told.items()}


@pytest.fixture
def house(app, api, people, furnished, tmp_path):  # noqa: F811
    with app.app_context():
        exercises = list(Exercise.select().order_by(Exercise.id).limit(2))
        waist = Category.get(Category.name == "Waist")
        used = LogItem.get()
        with transaction():
            Ingredient.update(source_name="Made up", remote_id="1", code="4006381333931").where(
                Ingredient.id == used.ingredient_id
            ).execute()
            make(IngredientWeightUnit, people["grace"], ingredient=used.ingredient_id)
            make(Category, people["grace"], ("user",), name="BMI", dynamic_type="BMI", metric_type="custom")
        recalculate_all()
        held = SimpleNamespace(
            exercise=exercises[0].id,
            other_exercise=exercises[1],
            waist=str(waist.id),
            food=used.ingredient_id,
            measurement=Measurement.get(Measurement.category == waist.id).id,
            weight=Measurement.get(Measurement.category == official_category(people["grace"].id).id).id,
            routine=WorkoutLog.get().routine_id,
            run=None,
            settle=None,
        )
        yield House(app, api, people, tmp_path, held)


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
def test_what_came_by_a_door_is_told(house, registry, door):
    listeners = {name: Listener(house.people[name]) for name in ("grace", "linus")}

    def settle() -> None:
        for listener in listeners.values():
            listener.settle()

    house.held.settle = settle
    door(house)
    changed = {name: listener.changed() for name, listener in listeners.items()}
    for name, tables in DOORS[door].items():
        assert tables <= {table for table, _ in changed[name]}, name
    for name, listener in listeners.items():
        assert_events_tell(listener, changed[name], registry)
    log.rebuild()
    for name, listener in listeners.items():
        assert rows_of(listener.phone) == rows_of(Phone(listener.user_id, "a new one").sync()), name
