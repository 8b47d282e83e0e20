"""Measurements: categories of one's own, values that are numbers, keys that clients may choose."""

from __future__ import annotations

import pytest

KEY = "018f3a52-0005-7f0a-9d3b-0a51c7f4e901"


@pytest.fixture
def grace(api):
    return api("grace")


@pytest.fixture
def neck(grace):
    return grace.post("measurement-category/", {"name": "Neck", "unit": "cm"}).json["id"]


def test_a_measurement_is_now_unless_it_says_when(grace, neck):
    made = grace.post("measurement/", {"category": neck, "value": "38.50"}).json
    assert made["value"] == 38.5 and made["notes"] == "" and made["category"] == neck
    assert grace.get(f"measurement/{made['id']}/").json == made


def test_categories_are_listed_in_their_order_and_values_latest_first(grace, neck):
    grace.post("measurement-category/", {"name": "Arm", "unit": "cm", "order": 1})
    names = [row["name"] for row in grace.get("measurement-category/").json["results"]]
    assert names == ["Body weight", "Neck", "Arm"]
    for day in ("2024-05-02", "2024-05-01", "2024-05-03"):
        grace.post("measurement/", {"category": neck, "value": 38, "date": day})
    dates = [row["date"][:10] for row in grace.get("measurement/").json["results"]]
    assert dates == ["2024-05-03", "2024-05-02", "2024-05-01"]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (-1, "Ensure this value is greater than or equal to 0."),
        (1000000, "Ensure that there are no more than 6 digits before the decimal point."),
        ("1.234", "Ensure that there are no more than 2 decimal places."),
        (None, "This field may not be null."),
    ],
)
def test_values_have_bounds(grace, neck, value, message):
    answer = grace.post("measurement/", {"category": neck, "value": value})
    assert (answer.status_code, answer.json) == (400, {"value": [message]})


def test_nobody_measures_in_somebody_elses_category(api, grace, neck):
    linus = api("linus")
    body = {"category": neck, "value": 1}
    refused = (403, {"detail": "You are not allowed to do this"})
    answer = linus.post("measurement/", body)
    assert (answer.status_code, answer.json) == refused
    own = linus.post("measurement-category/", {"name": "Neck", "unit": "cm"}).json["id"]
    made = linus.post("measurement/", {"category": own, "value": 1}).json["id"]
    answer = linus.patch(f"measurement/{made}/", {"category": neck})
    assert (answer.status_code, answer.json) == refused
    assert linus.get(f"measurement/{made}/").json["category"] == own


def test_the_owner_of_a_category_cannot_be_chosen(grace, people):
    body = {"name": "Neck", "unit": "cm", "user": people["linus"].id}
    made = grace.post("measurement-category/", body).json["id"]
    assert grace.patch(f"measurement-category/{made}/", body).status_code == 200
    assert grace.get(f"measurement-category/{made}/").status_code == 200


def test_clients_may_choose_keys_that_are_free(api, grace):
    body = {"id": KEY, "name": "Neck", "unit": "cm"}
    assert grace.post("measurement-category/", body).json["id"] == KEY
    for client in (grace, api("linus")):
        answer = client.post("measurement-category/", body)
        assert (answer.status_code, answer.json) == (400, {"id": ["category with this id already exists."]})


def test_a_category_takes_its_measurements_along(grace, neck):
    made = grace.post("measurement/", {"category": neck, "value": 38}).json["id"]
    assert grace.delete(f"measurement-category/{neck}/").status_code == 204
    assert grace.get(f"measurement/{made}/").status_code == 404
    assert grace.get("measurement/").json["count"] == 0
