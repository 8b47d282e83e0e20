"""Body weight: what is particular about it."""

from __future__ import annotations

import pytest

NOON = "2024-05-01T12:00:00+02:00"


@pytest.fixture
def grace(api):
    return api("grace")


def test_a_day_may_have_several_weights(grace):
    for moment in ("2024-05-01", NOON, "2024-05-01T12:00:00.000001+02:00"):
        assert grace.post("weightentry/", {"date": moment, "weight": 70}).status_code == 201
    assert grace.get("weightentry/?date__gte=2024-05-01&date__lt=2024-05-02").json["count"] == 3


@pytest.mark.parametrize("moment", [NOON, "2024-05-01T10:00:00Z", "2024-05-01 12:00"])
def test_a_moment_has_one_weight(grace, moment):
    assert grace.post("weightentry/", {"date": NOON, "weight": 70}).status_code == 201
    answer = grace.post("weightentry/", {"date": moment, "weight": 71})
    assert (answer.status_code, answer.json) == (400, {"date": ["There is a weight for this moment already."]})
    assert [row["weight"] for row in grace.get("weightentry/").json["results"]] == ["70.00"]


def test_moving_a_weight_to_the_moment_of_another_is_refused(grace):
    first = grace.post("weightentry/", {"date": NOON, "weight": 70}).json
    second = grace.post("weightentry/", {"date": "2024-05-02", "weight": 71}).json
    for method in ("PATCH", "PUT"):
        answer = grace.open(method, f"weightentry/{second['id']}/", {"date": NOON, "weight": 72})
        assert (answer.status_code, list(answer.json)) == (400, ["date"])
    assert grace.patch(f"weightentry/{first['id']}/", {"date": NOON, "weight": 69}).json["weight"] == "69.00"


def test_others_weights_are_not_in_the_way(api, grace):
    assert grace.post("weightentry/", {"date": NOON, "weight": 70}).status_code == 201
    assert api("linus").post("weightentry/", {"date": NOON, "weight": 90}).status_code == 201
