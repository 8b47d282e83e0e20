"""Types of categories, their groups and limits; where measurements may be entered, and what may be said of them."""

from __future__ import annotations

import uuid

import pytest

from wger_flask.domain.measurements.metric_types import GROUPS, METRIC_TYPES, derived_key, limits_of
from wger_flask.domain.measurements.models import Category, Measurement, official_category


@pytest.fixture
def grace(api):
    return api("grace")


@pytest.fixture
def make(grace):
    """Make a category; returns its key."""
    return lambda name="Neck", **body: grace.post("measurement-category/", {"name": name, **body}).json["id"]


@pytest.fixture
def official(people):
    return official_category(people["grace"].id)


def said(answer) -> tuple:
    return answer.status_code, answer.json


# -- categories -----------------------------------------------------------------------------------------
def test_a_category_needs_a_name_alone(grace):
    made = grace.post("measurement-category/", {"name": " Neck "}).json
    made.pop("id")
    assert list(made.items()) == [
        ("name", "Neck"),
        ("unit", ""),
        ("metric_type", "custom"),
        ("chart_type", None),
        ("chart_config", {}),
        ("parent", None),
        ("order", 0),
        ("is_official", False),
        ("dynamic_type", "NONE"),
        ("dynamic_params", {}),
    ]


@pytest.mark.parametrize("metric_type", [name for name in METRIC_TYPES if name not in ("custom", "body_weight")])
def test_a_type_says_the_key_whatever_is_sent(grace, people, metric_type):
    group = next((name for name, parts in GROUPS.items() if metric_type in parts), None)
    if group:
        grace.post("measurement-category/", {"name": group, "metric_type": group})
    else:
        body = {"id": str(uuid.uuid4()), "name": "x", "metric_type": metric_type}
        made = grace.post("measurement-category/", body)
        assert (made.status_code, made.json["id"]) == (201, str(derived_key(people["grace"].id, metric_type)))
        refused = 400, {"metric_type": [f"You already have a {metric_type} category"]}
        assert said(grace.post("measurement-category/", body)) == refused
    assert Category.get_by_id(derived_key(people["grace"].id, metric_type)).metric_type == metric_type


def test_a_key_that_somebody_took_is_told(grace, api, people):
    key = str(derived_key(people["grace"].id, "steps"))
    assert api("linus").post("measurement-category/", {"id": key, "name": "x"}).status_code == 201
    answer = grace.post("measurement-category/", {"name": "Steps", "metric_type": "steps"})
    assert said(answer) == (400, {"id": ["category with this id already exists."]})
    key = str(derived_key(people["grace"].id, "sleep_rem"))
    assert api("linus").post("measurement-category/", {"id": key, "name": "x"}).status_code == 201
    assert grace.post("measurement-category/", {"name": "Sleep", "metric_type": "sleep"}).status_code == 400
    assert not Category.select().where(Category.metric_type == "sleep").exists()


def test_a_group_makes_its_components_and_makes_them_again(grace, make, people):
    sleep = make("Sleep", metric_type="sleep", unit="min")
    parts = Category.select().where(Category.parent == sleep).order_by(Category.order)
    assert [(row.name, row.unit, row.order) for row in parts] == [
        ("Total sleep", "min", 0),
        ("Light sleep", "min", 1),
        ("Deep sleep", "min", 2),
        ("REM sleep", "min", 3),
        ("Awake", "min", 4),
    ]
    first, second = [str(row.id) for row in parts][:2]
    assert grace.patch(f"measurement-category/{first}/", {"name": "All"}).status_code == 200
    assert grace.delete(f"measurement-category/{second}/").status_code == 204
    assert grace.patch(f"measurement-category/{sleep}/", {"name": "Nights"}).status_code == 200
    assert [row.name for row in parts.clone()] == ["All", "Light sleep", "Deep sleep", "REM sleep", "Awake"]


def test_groups_hold_their_own_components_alone(grace, make):
    sleep, neck = make("Sleep", metric_type="sleep"), make()
    for body, field, message in (
        (
            {"metric_type": "blood_pressure_systolic"},
            "parent",
            "A blood_pressure_systolic category must be part of a blood_pressure group",
        ),
        (
            {"metric_type": "blood_pressure_systolic", "parent": sleep},
            "parent",
            "A blood_pressure_systolic category must be part of a blood_pressure group",
        ),
        ({"metric_type": "heart_rate", "parent": neck}, "parent", "A heart_rate category cannot be nested"),
        ({"parent": sleep}, "metric_type", "A sleep group only holds its own components"),
        ({"metric_type": "body_weight"}, "unit", "Body weight categories only support kg and lb as unit"),
        ({"metric_type": "body_weight", "unit": "kg"}, "metric_type", "You already have a body_weight category"),
    ):
        answer = grace.post("measurement-category/", {"name": "x", **body})
        assert said(answer) == (400, {field: [message]})


def test_a_type_stays(grace, make):
    answer = grace.patch(f"measurement-category/{make()}/", {"metric_type": "steps"})
    assert said(answer) == (400, {"metric_type": ["The metric type of a category cannot be changed"]})
    assert grace.patch(f"measurement-category/{make()}/", {"metric_type": "custom"}).status_code == 200


def test_nesting_has_one_level(grace, make):
    parent = make("Arms")
    child, other = make("Left", parent=parent), make("Right")
    grace.post("measurement/", {"category": other, "value": 30})
    for key, given, message in (
        (parent, parent, "A category cannot be its own parent"),
        (other, child, "Categories can only be nested one level deep"),
        (parent, make(), "A category with subcategories cannot itself have a parent"),
        (child, other, "A category with measurements cannot be used as a parent"),
    ):
        answer = grace.patch(f"measurement-category/{key}/", {"parent": given})
        assert said(answer) == (400, {"parent": [message]})
    answer = grace.patch(f"measurement-category/{parent}/", {"parent": parent, "order": "x", "name": ""})
    assert set(answer.json) == {"parent", "order", "name"}, "told at once"
    assert grace.patch(f"measurement-category/{child}/", {"parent": ""}).json["parent"] is None


def test_a_parent_is_ones_own(grace, make, api):
    theirs = api("linus").post("measurement-category/", {"name": "x"}).json["id"]
    for key in (theirs, str(uuid.uuid4())):
        answer = grace.post("measurement-category/", {"name": "x", "parent": key})
        assert said(answer) == (403, {"detail": "You are not allowed to do this"})
    answer = grace.post("measurement-category/", {"name": "x", "parent": "abc"})
    assert said(answer) == (400, {"parent": ["“abc” is not a valid UUID."]})


def test_the_official_category_stays(grace, official):
    path = f"measurement-category/{official.id}/"
    assert said(grace.delete(path)) == (403, {"detail": "Official categories cannot be deleted"})
    changed = grace.patch(path, {"name": "Mass", "unit": "lb", "order": -3, "chart_type": "bar", "is_official": False})
    assert (changed.status_code, changed.json["is_official"], changed.json["order"]) == (200, True, -3)
    assert grace.patch("userprofile/", {"weight_unit": "lb"}).status_code == 200
    assert Category.get_by_id(official.id).unit == "lb"


@pytest.mark.parametrize("spelling", ["true", "True", "1"])
def test_official_is_asked_for_in_any_spelling(grace, make, official, spelling):
    make()
    [found] = grace.get(f"measurement-category/?metric_type=body_weight&is_official={spelling}").json["results"]
    assert found["id"] == str(official.id)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"chart_config": []}, "chart_config must be an object"),
        ({"chart_config": {"a": "x" * 1000}}, "chart_config must be at most 1000 bytes, got 1008"),
    ],
)
def test_what_clients_keep_of_a_chart_is_a_small_object(grace, body, message):
    assert said(grace.post("measurement-category/", {"name": "x", **body})) == (400, {"chart_config": [message]})


# -- measurements -------------------------------------------------------------------------------------
@pytest.mark.parametrize("metric_type", [name for name in METRIC_TYPES if name not in ("body_weight", *GROUPS)])
def test_limits_are_inclusive(grace, make, people, metric_type):
    group = next((name for name, parts in GROUPS.items() if metric_type in parts), None)
    make(group or "x", metric_type=group or metric_type)
    found = Category.get(Category.metric_type == metric_type, Category.user == people["grace"])
    low, high = limits_of(metric_type, "")
    for value in (low, high):
        answer = grace.post("measurement/", {"category": str(found.id), "value": str(value)})
        assert answer.status_code == 201
    if metric_type != "custom":
        answer = grace.post("measurement/", {"category": str(found.id), "value": high + 1})
        assert said(answer) == (400, {"value": [f"Value must be between {low} and {high}"]})


def test_the_limits_of_a_weight_are_those_of_its_unit(grace, official):
    def enter(value, **extra):
        return grace.post("measurement/", {"category": str(official.id), "value": value, "extra_data": extra})

    assert said(enter(400)) == (400, {"value": ["Value must be between 20 and 350"]})
    made = enter(400, unit="lb")
    assert (made.status_code, made.json["extra_data"]) == (201, {"unit": "lb"})
    path = f"measurement/{made.json['id']}/"
    assert grace.patch(path, {"notes": "stays"}).status_code == 200
    assert said(grace.patch(path, {"extra_data": {"unit": "kg"}})) == (
        400,
        {"value": ["Value must be between 20 and 350"]},
    )
    refused = 400, {"extra_data": ["Body weight entries only support kg and lb as unit"]}
    assert said(enter(80, unit="st")) == said(enter(80, unit="")) == refused


def test_a_weight_without_a_unit_gets_that_of_its_category(grace, official, make):
    Category.update(unit="lb").execute()
    made = grace.post("measurement/", {"category": str(official.id), "value": 180, "extra_data": {"a": 1}}).json
    assert made["extra_data"] == {"a": 1, "unit": "lb"}
    assert grace.patch(f"measurement/{made['id']}/", {"extra_data": {}}).json["extra_data"] == {}, (
        "when it is made only"
    )
    assert grace.post("measurement/", {"category": make(), "value": 1}).json["extra_data"] == {}


def test_groups_and_parents_take_no_measurements(grace, make):
    arms, sleep = make("Arms"), make("Sleep", metric_type="sleep")
    make("Left", parent=arms)
    for category in (arms, sleep):
        answer = grace.post("measurement/", {"category": category, "value": 1})
        assert said(answer) == (400, {"category": ["Measurements cannot be added to a category with subcategories"]})
    Category.delete().where(Category.parent == sleep).execute()
    message = "Measurements cannot be added to a sleep category, they belong in its components"
    assert said(grace.post("measurement/", {"category": sleep, "value": 1})) == (400, {"category": [message]})


@pytest.mark.parametrize(("value", "name"), [("1", "str"), (True, "bool"), ([], "list"), ({}, "dict")])
def test_bounds_are_numbers(grace, make, value, name):
    category = make()
    for bound in ("min", "max"):
        answer = grace.post("measurement/", {"category": category, "value": 1, "extra_data": {bound: value}})
        assert said(answer) == (400, {"extra_data": [f"The {bound} of an aggregate has to be a number, not {name}"]})
    assert (
        grace.post("measurement/", {"category": category, "value": 1, "extra_data": {"min": None}}).status_code == 201
    )


def test_an_external_id_is_there_once(grace, make):
    key, neck, waist = str(uuid.uuid4()), make(), make("Waist")
    body = {"category": neck, "value": 1, "source": "google", "external_id": key}
    assert grace.post("measurement/", body).status_code == 201
    refused = 400, {"non_field_errors": ["The fields category, source, external_id must make a unique set."]}
    assert said(grace.post("measurement/", body)) == refused
    assert grace.post("measurement/", {**body, "source": "apple"}).status_code == 201
    other = grace.post("measurement/", {**body, "category": waist}).json["id"]
    assert said(grace.patch(f"measurement/{other}/", {"category": neck})) == refused
    assert grace.patch(f"measurement/{other}/", {"value": 2}).status_code == 200
    assert grace.put(f"measurement/{other}/", {"category": waist, "value": 2}).json["external_id"] is None


def test_what_was_calculated_is_the_servers(grace, make, official):
    for category, path in ((make(), "measurement"), (str(official.id), "weightentry")):
        body = {"category": category, "value": 80, "source": "calculated"}
        key = grace.post("measurement/", body).json["id"]
        for method, sent in (("PATCH", {"notes": "x"}), ("PUT", {"category": category, "value": 81, "weight": 81})):
            answer = grace.open(method, f"{path}/{key}/", sent)
            assert said(answer) == (400, {"non_field_errors": ["A calculated entry is maintained by the server"]})
        answer = grace.delete(f"{path}/{key}/")
        assert said(answer) == (403, {"detail": "A calculated entry is maintained by the server"})
        assert Measurement.get_by_id(key).value == 80


def test_the_latest_come_first_and_equal_moments_by_key(grace, make):
    keys = [str(uuid.UUID(int=number)) for number in (2, 3, 1)]
    category = make()
    for key in keys:
        grace.post("measurement/", {"id": key, "category": category, "value": 1, "date": "2024-05-01"})
    assert [row["id"] for row in grace.get("measurement/").json["results"]] == sorted(keys, reverse=True)
