"""Body weight: the official category's measurements, as older clients know them."""

from __future__ import annotations

import uuid

import pytest

from wger_flask.domain.core.models import UserProfile
from wger_flask.domain.measurements.models import Category, Measurement

NOON = "2024-05-01T12:00:00+02:00"


@pytest.fixture
def grace(api):
    return api("grace")


@pytest.fixture
def in_pounds(people):
    UserProfile.update(weight_unit="lb").where(UserProfile.user == people["grace"]).execute()


def test_several_weights_a_day_and_a_moment(grace):
    for moment in ("2024-05-01", "2024-05-01T07:00:00+02:00", NOON, NOON):
        assert grace.post("weightentry/", {"date": moment, "weight": 70}).status_code == 201
    assert grace.get("weightentry/?date__gte=2024-05-01&date__lt=2024-05-02").json["count"] == 4


def test_a_weight_is_a_measurement_and_the_other_way_round(grace):
    made = grace.post("weightentry/", {"date": NOON, "weight": 70}).json
    [category] = grace.get("measurement-category/?is_official=true").json["results"]
    seen = grace.get(f"measurement/{made['id']}/").json
    assert (seen["category"], seen["value"], seen["extra_data"]) == (category["id"], 70, {"unit": "kg"})
    other = grace.post("measurement/", {"category": category["id"], "value": 71, "date": NOON}).json
    assert grace.get(f"weightentry/{other['id']}/").json["weight"] == "71.00"
    waist = grace.post("measurement-category/", {"name": "Waist"}).json["id"]
    assert grace.patch(f"measurement/{other['id']}/", {"category": waist}).status_code == 200
    gone = grace.get(f"weightentry/{other['id']}/")
    assert (gone.status_code, gone.json) == (404, {"detail": "No Measurement matches the given query."})


def test_weights_are_shown_in_the_unit_of_the_profile(grace, people):
    made = grace.post("weightentry/", {"weight": 80}).json
    UserProfile.update(weight_unit="lb").where(UserProfile.user == people["grace"]).execute()
    assert grace.get(f"weightentry/{made['id']}/").json["weight"] == "176.37"
    changed = grace.patch(f"weightentry/{made['id']}/", {"date": NOON}).json
    assert changed["weight"] == "176.37" and Measurement.get().extra_data == {"unit": "kg"}
    assert grace.patch(f"weightentry/{made['id']}/", {"weight": 180}).json["weight"] == "180.00"
    assert (Measurement.get().extra_data, str(Measurement.get().value)) == ({"unit": "lb"}, "180.00")


@pytest.mark.parametrize(("weight", "status"), [(43.99, 400), (44, 201), (770, 201), (770.01, 400)])
def test_pounds_have_limits_of_their_own(grace, in_pounds, weight, status):
    answer = grace.post("weightentry/", {"weight": weight})
    assert answer.status_code == status
    if status == 400:
        assert answer.json == {"weight": ["Weight must be between 44 and 770 lb"]}


def test_whoever_has_no_official_category_gets_one_with_a_weight(grace, people, in_pounds):
    Category.delete().where(Category.user == people["grace"]).execute()
    assert grace.get("weightentry/").json["count"] == 0
    assert grace.post("weightentry/", {"weight": 150}).status_code == 201
    [category] = Category.select().where(Category.user == people["grace"])
    assert (category.name, category.unit, category.metric_type, category.is_official) == (
        "Body weight",
        "lb",
        "body_weight",
        True,
    )
    assert category.id.version == 7


def test_keys_may_be_chosen(grace, api):
    key = str(uuid.uuid4())
    assert grace.post("weightentry/", {"id": key, "weight": 70}).json["id"] == key
    taken = api("linus").post("weightentry/", {"id": key, "weight": 70})
    assert (taken.status_code, taken.json) == (400, {"id": ["measurement with this id already exists."]})
    assert api("linus").get(f"weightentry/{key}/").status_code == 404
