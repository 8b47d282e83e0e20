"""What offline clients wrote: rows of tables, through the resources of those tables."""

from __future__ import annotations

import uuid

import pytest

from wger_flask.api import Action, Forbidden, Invalid
from wger_flask.domain.core.models import UserProfile
from wger_flask.domain.gallery.models import Image
from wger_flask.domain.measurements.models import Measurement, official_category
from wger_flask.domain.nutrition.models import Meal, NutritionPlan
from wger_flask.domain.routines.models import Routine, WorkoutSession
from wger_flask.rest.errors import Throttled
from wger_flask.rest.permissions import Access
from wger_flask.rest.services import services
from wger_flask.rest.views import action_target, targets
from wger_flask.storage import signals
from wger_flask.storage.database import transaction
from wger_flask.testing.rows import make

DOOR = "/api/v2/upload-powersync-data"
PLAN = "nutrition_nutritionplan"


@pytest.fixture
def door(api):
    """Send a row as grace; returns what was answered."""

    def send(method, table, data, name="grace"):
        answer = api(name).open(method, DOOR, {"table": table, "data": data})
        assert answer.status_code == 200
        return answer.json

    return send


def test_a_row_is_made_changed_and_deleted(api, door):
    key = str(uuid.uuid4())
    assert door("PUT", PLAN, {"id": key, "description": "offline", "start": "2024-01-01"}) == {"status": "ok!"}
    assert api("grace").get(f"nutritionplan/{key}/").json["description"] == "offline"
    assert door("PATCH", PLAN, {"id": key, "description": "still"}) == {"status": "ok!"}
    assert api("grace").get(f"nutritionplan/{key}/").json["description"] == "still"
    assert door("DELETE", PLAN, {"id": key}) == {"status": "ok!"}
    assert api("grace").get(f"nutritionplan/{key}/").status_code == 404


def test_a_row_that_arrived_before_stays_as_it_is(api, door):
    key = str(uuid.uuid4())
    door("PUT", PLAN, {"id": key, "description": "first", "start": "2024-01-01"})
    assert door("PUT", PLAN, {"id": key, "description": "again", "start": "2024-01-01"}) == {"status": "ok!"}
    assert api("grace").get(f"nutritionplan/{key}/").json["description"] == "first"


def test_references_go_by_the_names_of_columns(api, door):
    plan, meal = str(uuid.uuid4()), str(uuid.uuid4())
    door("PUT", PLAN, {"id": plan, "start": "2024-01-01"})
    assert door("PUT", "nutrition_meal", {"id": meal, "plan_id": plan, "name": "Lunch"}) == {"status": "ok!"}
    assert api("grace").get(f"meal/{meal}/").json["plan"] == plan


def test_weights_are_measurements(people, door):
    key, category = uuid.uuid4(), official_category(people["grace"].id).id
    row = {"id": str(key), "category_id": str(category), "date": "2024-01-01T08:00:00Z", "value": 80}
    assert door("PUT", "measurements_measurement", row) == {"status": "ok!"}
    assert door("PATCH", "measurements_measurement", {"id": str(key), "value": 81}) == {"status": "ok!"}
    assert str(Measurement.get_by_id(key).value) == "81.00"
    assert door("PUT", "weight_weightentry", row) == {"error": "Unknown table: weight_weightentry"}


def test_rows_of_others_are_left_alone(api, door):
    key = str(uuid.uuid4())
    door("PUT", PLAN, {"id": key, "description": "hers", "start": "2024-01-01"})
    assert door("PATCH", PLAN, {"id": key, "description": "mine"}, name="linus") == {"status": "ok!"}
    assert door("DELETE", PLAN, {"id": key}, name="linus") == {"status": "ok!"}
    assert api("grace").get(f"nutritionplan/{key}/").json["description"] == "hers"
    assert door("PUT", PLAN, {"id": key, "start": "2024-01-01"}, name="linus")["error"] == "Validation failed"


def test_what_cannot_be_taken_is_told(door):
    assert door("PUT", "no_such_table", {}) == {"error": "Unknown table: no_such_table"}
    assert door("PUT", PLAN, None) == {"error": "Missing required fields: table, data"}
    for method, table, words in (
        ("PUT", "manager_routine", "Routine creation must go through the REST API"),
        ("PUT", "gallery_image", "Image creation must go through the REST API"),
        ("PUT", "core_userprofile", "UserProfile creation must go through the REST API"),
        ("DELETE", "core_userprofile", "UserProfile cannot be deleted"),
    ):
        assert door(method, table, {"id": 1, "name": "x"}) == {"error": "Method not allowed", "details": words}
    refused = door("PUT", PLAN, {"id": str(uuid.uuid4()), "start": "never"})
    assert refused["error"] == "Validation failed"
    assert "start" in refused["details"]


@pytest.mark.parametrize("key", [None, 1, "zz", [], {}, True, "9" * 40])
def test_keys_that_are_none(door, key):
    for table in (PLAN, "manager_routine", "measurements_measurement"):
        assert door("PATCH", table, {"id": key}) == {"status": "ok!"}
        assert door("DELETE", table, {"id": key}) == {"status": "ok!"}


@pytest.mark.parametrize(
    ("key", "details"),
    [
        (None, {"id": ["This field may not be null."]}),
        ("", "['“” is not a valid UUID.']"),
        ("abc", "['“abc” is not a valid UUID.']"),
        ([], "['“[]” is not a valid UUID.']"),
    ],
)
def test_a_new_row_with_a_key_that_is_none(door, key, details):
    answer = door("PUT", PLAN, {"id": key, "start": "2024-01-01"})
    assert answer == {"error": "Validation failed", "details": details}


def test_a_row_without_a_key_gets_one(api, door):
    """Of whatever table: a set that was logged, most of all."""
    log = {"exercise": 1, "repetitions": 5, "weight": 50, "date": "2024-05-01T10:00:00Z"}
    assert door("PUT", "manager_workoutlog", log) == {"status": "ok!"}
    assert door("PUT", PLAN, {"description": "made", "start": "2024-01-01"}) == {"status": "ok!"}
    client = api("grace")
    [category] = client.get("measurement-category/").json["results"]
    weight = {"date": "2024-01-01T08:00:00Z", "value": 80, "category_id": category["id"]}
    assert door("PUT", "measurements_measurement", weight) == {"status": "ok!"}
    [made] = client.get("workoutlog/").json["results"]
    assert (made["repetitions"], made["session"] is not None) == ("5.00", True)
    assert [client.get(f"{name}/").json["count"] for name in ("nutritionplan", "weightentry")] == [1, 1]


@pytest.mark.parametrize("names", [("linus",), ()])
def test_references_to_rows_of_others_or_none(people, door, names):
    """A row of somebody else and one that is nowhere are refused in the same words, whatever the table."""
    with transaction():
        theirs = {
            model: make(model, people[name], path)._pk
            for name in names
            for model, path in (
                (Routine, ("user",)),
                (WorkoutSession, ("user",)),
                (Meal, ("plan", "user")),
                (NutritionPlan, ("user",)),
            )
        }
    log = {"exercise": 1, "repetitions": 5, "weight": 50}
    nowhere = str(uuid.uuid4())
    for table, data, model in (
        ("manager_workoutlog", {**log, "session_id": theirs.get(WorkoutSession, nowhere)}, "WorkoutLog"),
        ("manager_workoutlog", {**log, "routine_id": theirs.get(Routine, 99999)}, "WorkoutLog"),
        ("manager_workoutsession", {"routine": theirs.get(Routine, 99999)}, "WorkoutSession"),
        ("nutrition_meal", {"plan_id": theirs.get(NutritionPlan, nowhere)}, "Meal"),
        ("nutrition_mealitem", {"meal_id": theirs.get(Meal, nowhere), "ingredient_id": 1, "amount": 1}, "MealItem"),
    ):
        sent = {"id": str(uuid.uuid4())} | {k: str(v) if isinstance(v, uuid.UUID) else v for k, v in data.items()}
        refused = {"error": "Forbidden", "details": f"{model} references an object you do not own"}
        assert door("PUT", table, sent) == refused


def test_the_profile_can_be_changed(api, people, door):
    own = UserProfile.get(UserProfile.user == people["grace"])
    assert door("PATCH", "core_userprofile", {"id": own.id, "height": 181}) == {"status": "ok!"}
    assert api("grace").get("userprofile/").json["height"] == 181


def test_strangers_get_nothing(api):
    answer = api().put(DOOR, {"table": PLAN, "data": {}})
    assert (answer.status_code, answer.data) == (403, b"")


# -- what belongs together --------------------------------------------------------------------------
@pytest.fixture
def photo(app, people):
    """A photo of grace's: its row, and its file."""
    store = app.extensions["wger_flask"].media
    with transaction():
        row = make(Image, people["grace"], ("user",), image=store.save(b"picture", "gallery/1/a.png"))
    return row, store.path(row.image)


@pytest.fixture
def refusing():
    """Let somebody listen to photos who refuses that they go."""
    before = dict(signals._listeners)

    def refuse(rows):
        raise Invalid({"image": ["It is needed."]})

    signals.set_listeners({Image: (signals.Listener(deleted=refuse),)})
    yield
    signals.set_listeners(before)


def test_a_deletion_that_is_refused_leaves_row_and_file(door, photo, refusing):
    row, path = photo
    answer = door("DELETE", "gallery_image", {"id": row.id})
    assert answer == {"error": "Validation failed", "details": {"image": ["It is needed."]}}
    assert Image.get_or_none(Image.id == row.id) is not None
    assert path.read_bytes() == b"picture"


def test_a_deletion_that_is_taken_takes_both(door, photo):
    row, path = photo
    assert door("DELETE", "gallery_image", {"id": row.id}) == {"status": "ok!"}
    assert Image.get_or_none(Image.id == row.id) is None and not path.exists()


def test_a_call_within_a_call_is_let_in_by_the_same_rules(app, people, registry, monkeypatch):
    """Be it to rows, or to an action with rules of its own."""
    from werkzeug.datastructures import MultiDict

    from wger_flask.rest.call import Call

    water, action = registry.get("water"), Action("drain", lambda call: {}, methods=("POST",))
    with app.test_request_context("/api/v2/upload-powersync-data?format=json", method="PUT"):
        from flask import request

        listing = targets(water)[0]
        outer = Call(listing, request, None, "")
        outer.user = people["grace"]
        assert outer.on(listing, "POST", {}).args == MultiDict()
        assert outer.on(action_target(water, action), "POST", {}, "1").key == "1"
        closed = Action("drain", lambda call: {}, methods=("POST",), access=Access(write=lambda user: False))
        with pytest.raises(Forbidden):
            outer.on(action_target(water, closed), "POST", {}, "1")
        limited, asked = Action("drain", lambda call: {}, methods=("POST",), throttle="login"), []
        monkeypatch.setattr(services().throttle, "demand", lambda scope, caller: asked.append((scope, caller)))
        outer.on(action_target(water, limited), "POST", {}, "1")
        assert asked == [("login", f"user-{people['grace'].id}")]


# -- measurements ------------------------------------------------------------------------------------
CATEGORY, MEASUREMENT = "measurements_category", "measurements_measurement"


@pytest.mark.parametrize("text", ['{"trend": 1}', ' {"trend": 1}', ""])
def test_json_may_come_as_text(api, door, text):
    key = str(uuid.uuid4())
    assert door("PUT", CATEGORY, {"id": key, "name": "Neck", "chart_config": text}) == {"status": "ok!"}
    assert api("grace").get(f"measurement-category/{key}/").json["chart_config"] == ({"trend": 1} if text else {})


@pytest.mark.parametrize("text", ["{", "[]", '{"a": NaN}', "x", "[" * 5000])
def test_text_that_is_no_object_is_refused(door, text):
    refused = door("PUT", CATEGORY, {"id": str(uuid.uuid4()), "name": "Neck", "chart_config": text})
    assert refused == {"error": "Validation failed", "details": {"chart_config": ["chart_config must be an object"]}}


def test_what_the_server_keeps_cannot_be_deleted(api, door, people):
    official = official_category(people["grace"].id)
    refused = {"error": "Forbidden", "details": "Official categories cannot be deleted"}
    assert door("DELETE", CATEGORY, {"id": str(official.id)}) == refused
    row = Measurement.create(category=official, value=80, source="calculated")
    refused = {"error": "Forbidden", "details": "A calculated entry is maintained by the server"}
    assert door("DELETE", MEASUREMENT, {"id": str(row.id)}) == refused


def test_a_group_brings_its_components(api, door):
    assert door("PUT", CATEGORY, {"name": "Sleep", "metric_type": "sleep", "unit": "min"}) == {"status": "ok!"}
    names = [row["name"] for row in api("grace").get("measurement-category/?ordering=order").json["results"]]
    assert set(names) == {"Body weight", "Sleep", "Total sleep", "Light sleep", "Deep sleep", "REM sleep", "Awake"}


@pytest.mark.parametrize("body", [[], [1], "x", 5, None])
def test_an_upload_that_is_no_object_lacks_its_fields(api, body):
    answer = api("grace").http.put("/api/v2/upload-powersync-data", json=body, headers=api("grace").headers)
    assert (answer.status_code, answer.json) == (200, {"error": "Missing required fields: table, data"})


# -- what holds for the resource holds here ----------------------------------------------------------
def put_by_phone(api):
    data = {"id": str(uuid.uuid4()), "description": "offline", "start": "2024-01-01"}
    return api("grace").open("PUT", DOOR, {"table": PLAN, "data": data})


def test_a_limit_of_the_resource_makes_the_phone_wait(app, api, registry, monkeypatch):
    """Nothing else is told to wait by its status: everything that is refused for good is a 200."""
    monkeypatch.setitem(registry.get("nutritionplan").__dict__, "throttle", {"POST": "login"})
    held = app.extensions["wger_flask"].throttle

    def refuse(scope, caller):
        assert scope == "login"
        raise Throttled(30)

    monkeypatch.setattr(held, "demand", refuse)
    answer = put_by_phone(api)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "30")
    assert not NutritionPlan.select().exists()
    monkeypatch.undo()
    assert put_by_phone(api).json == {"status": "ok!"}


def test_who_may_not_write_a_resource_may_not_upload_to_it(api, registry, monkeypatch):
    monkeypatch.setitem(registry.get("nutritionplan").__dict__, "rules", Access(write=lambda user: False))
    answer = put_by_phone(api)
    assert (answer.status_code, answer.json["error"]) == (200, "Forbidden")
    assert not NutritionPlan.select().exists()
