"""What offline clients wrote: rows of tables, through the resources of those tables."""

from __future__ import annotations

import uuid

import pytest

from wger_flask.domain.weight.models import WeightEntry

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


def test_weights_are_known_by_their_hidden_uuid(people, door):
    key = uuid.uuid4()
    assert door("PUT", "weight_weightentry", {"id": str(key), "date": "2024-01-01T08:00:00Z", "weight": 80}) == {
        "status": "ok!"
    }
    row = WeightEntry.get(WeightEntry.uuid == key)
    assert row.user_id == people["grace"].id
    assert door("PATCH", "weight_weightentry", {"id": str(key), "weight": 81}) == {"status": "ok!"}
    assert str(WeightEntry.get_by_id(row.id).weight) == "81.00"


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
    assert door("PUT", "manager_routine", {"name": "x"}) == {"error": "Method not allowed"}
    assert door("PUT", "gallery_image", {"id": 1}) == {"error": "Method not allowed"}
    assert door("DELETE", "core_userprofile", {"id": 1}) == {"error": "Method not allowed"}
    refused = door("PUT", PLAN, {"id": str(uuid.uuid4()), "start": "never"})
    assert refused["error"] == "Validation failed"
    assert "start" in refused["details"]


@pytest.mark.parametrize("key", [None, 1, "zz", [], {}, True, "9" * 40])
def test_keys_that_are_none(door, key):
    for table in (PLAN, "manager_routine", "weight_weightentry"):
        assert door("PATCH", table, {"id": key}) == {"status": "ok!"}
        assert door("DELETE", table, {"id": key}) == {"status": "ok!"}


def test_the_profile_can_be_changed(api, door):
    assert door("PATCH", "core_userprofile", {"id": 1, "height": 181}) == {"status": "ok!"}
    assert api("grace").get("userprofile/").json["height"] == 181


def test_strangers_get_nothing(api):
    answer = api().put(DOOR, {"table": PLAN, "data": {}})
    assert (answer.status_code, answer.data) == (403, b"")
