"""Lists of rows: what is written, what is refused, what is written again, and what that takes."""

from __future__ import annotations

from uuid import uuid4

import pytest

from wger_flask.domain.measurements.models import Measurement
from wger_flask.domain.nutrition.models import Meal, NutritionPlan
from wger_flask.storage import signals

PLACES = range(12)


@pytest.fixture
def category(api):
    """The key of a category of measurements of grace's."""
    made = api("grace").post("measurement-category/", {"name": "Biceps", "unit": "cm"})
    assert made.status_code == 201, made.json
    return made.json["id"]


def measurements(category, number: int, **more) -> list[dict]:
    return [{"category": category, "date": f"2026-01-{day + 1:02}", "value": 30 + day, **more} for day in range(number)]


def test_rows_come_back_in_their_order(api, category):
    answer = api("grace").post("measurement/", measurements(category, 12))
    assert answer.status_code == 201
    assert [row["value"] for row in answer.json] == [30.0 + day for day in PLACES]
    assert api("grace").get("measurement/?limit=1").json["count"] == 12


def test_errors_stand_in_the_place_of_their_row(api, category):
    rows = measurements(category, 4)
    rows[1]["value"], rows[3]["category"] = "much", str(uuid4())
    answer = api("grace").post("measurement/", rows)
    assert answer.status_code in (400, 403)
    rows[3]["category"] = category
    answer = api("grace").post("measurement/", rows)
    assert (answer.status_code, answer.json) == (400, [{}, {"value": ["A valid number is required."]}, {}, {}])
    assert not Measurement.select().exists()


def test_what_an_index_refuses_is_told_in_its_place_and_nothing_stays(api, category):
    rows = measurements(category, 3, external_id=str(uuid4()), source="google")
    answer = api("grace").post("measurement/", rows)
    told = {"non_field_errors": ["The fields category, source, external_id must make a unique set."]}
    assert (answer.status_code, answer.json) == (400, [{}, told, {}])
    assert not Measurement.select().exists()


def test_rows_of_others_are_no_place_to_write_to(api, category):
    answer = api("linus").post("measurement/", measurements(category, 2))
    assert (answer.status_code, Measurement.select().count()) == (
        api("linus").post("measurement/", measurements(category, 1)[0]).status_code,
        0,
    )


def test_a_list_can_be_sent_again(api, category):
    client, rows = api("grace"), [{**row, "id": str(uuid4())} for row in measurements(category, 5)]
    first = client.post("measurement/", rows)
    assert (first.status_code, [row["id"] for row in first.json]) == (201, [row["id"] for row in rows])
    rows[0]["value"] = 99
    again = client.post("measurement/", rows)
    assert (again.status_code, again.json[0]["value"], again.json[1:]) == (200, 99.0, first.json[1:])
    more = client.post("measurement/", [*rows, {**rows[0], "id": str(uuid4())}])
    assert (more.status_code, Measurement.select().count()) == (201, 6)


def test_a_key_is_taken_once_and_never_from_others(api, category):
    twice = measurements(category, 1, id=str(uuid4())) * 2
    told = {"id": ["measurement with this id already exists."]}
    answer = api("grace").post("measurement/", twice)
    assert (answer.status_code, answer.json) == (400, [{}, told])
    assert api("grace").post("measurement/", twice[:1]).status_code == 201
    theirs = api("linus").post("measurement-category/", {"name": "Mine", "unit": "cm"}).json["id"]
    answer = api("linus").post("measurement/", [{**twice[0], "category": theirs, "value": 1}])
    assert (answer.status_code, answer.json) == (400, [told])
    assert Measurement.get().value == 30


def test_each_row_is_told_of(api, category, monkeypatch):
    told = []
    monkeypatch.setattr(signals, "_listeners", {Measurement: (signals.Listener(created=told.append),)})
    assert api("grace").post("measurement/", measurements(category, 7)).status_code == 201
    assert len(told) == 7


def test_statements_grow_slowly_with_the_rows(api, people, queries):
    client, counts = api("grace"), []
    plan = client.post("nutritionplan/", {"description": "Mine"}).json["id"]
    for number in (10, 10, 20):
        del queries[:]
        assert client.post("meal/", [{"plan": plan, "name": f"meal {n}"} for n in range(number)]).status_code == 201
        counts.append(len(queries))
    assert counts[2] - counts[1] <= 2 * 10
    assert Meal.select().count() == 40 and NutritionPlan.select().count() == 1


def test_a_browser_is_answered_in_json(api, category):
    for rows, status in ((measurements(category, 2), 201), ([{"value": "x"}], 400)):
        answer = api("grace").post("measurement/", rows, headers={"Accept": "text/html"})
        assert (answer.status_code, answer.mimetype) == (status, "application/json")
