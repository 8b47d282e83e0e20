"""Water: a resource of a plugin is a resource like any other."""

from __future__ import annotations

import pytest

NOON = "2024-05-01T12:00:00+02:00"


@pytest.fixture
def grace(api):
    return api("grace")


@pytest.fixture
def glasses(grace):
    """Four glasses over two days."""
    made = []
    for moment, amount in (
        (NOON, 200),
        ("2024-05-01T23:59:59+02:00", 250),
        ("2024-05-02T00:00:00+02:00", 500),
        ("2024-05-02", 1000),
    ):
        answer = grace.post("water/", {"date": moment, "amount": amount})
        assert answer.status_code == 201
        made.append(answer.json["id"])
    return made


def test_a_glass(grace):
    answer = grace.post("water/", {"amount": "250", "date": NOON, "note": " cold ", "user": 1})
    assert answer.status_code == 201
    assert answer.json == {"id": answer.json["id"], "date": NOON, "amount": 250, "note": "cold"}
    url = f"water/{answer.json['id']}/"
    assert grace.patch(url, {"amount": 300}).json["amount"] == 300
    assert grace.put(url, {"amount": 400}).json == {
        "id": answer.json["id"],
        "date": NOON,
        "amount": 400,
        "note": "cold",
    }
    assert grace.delete(url).status_code == 204
    assert grace.get(url).json == {"detail": "No Glass matches the given query."}


def test_a_glass_is_drunk_now_unless_told_otherwise(grace):
    made = grace.post("water/", {"amount": 250}).json
    assert made["date"] > "2026"


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, {"amount": ["This field is required."]}),
        ({"amount": 0}, {"amount": ["Ensure this value is greater than or equal to 1."]}),
        ({"amount": 5001}, {"amount": ["Ensure this value is less than or equal to 5000."]}),
        ({"amount": 1, "note": "x" * 101}, {"note": ["Ensure this field has no more than 100 characters."]}),
    ],
)
def test_what_is_refused(grace, body, errors):
    answer = grace.post("water/", body)
    assert (answer.status_code, answer.json) == (400, errors)


@pytest.mark.parametrize(
    ("query", "amounts"),
    [
        ("", [1000, 500, 250, 200]),
        ("date__date=2024-05-01", [250, 200]),
        ("date__gte=2024-05-02&date__lt=2024-05-03", [1000, 500]),
        ("amount__gte=250&amount__lte=500", [500, 250]),
        ("date__date=2024-05-01&amount__gt=200", [250]),
        ("amount=200", [200]),
        ("ordering=amount", [200, 250, 500, 1000]),
    ],
)
def test_filters(grace, glasses, query, amounts):
    found = grace.get(f"water/?{query}").json["results"]
    assert sorted(row["amount"] for row in found) == sorted(amounts)
    if "ordering" in query:
        assert [row["amount"] for row in found] == amounts


def test_others_do_not_see_it(api, glasses):
    assert api("linus").get("water/").json["count"] == 0
    assert api("linus").get(f"water/{glasses[0]}/").status_code == 404
    assert api().get("water/").status_code == 403


def test_it_is_in_the_root_the_document_and_the_explorer(api, grace, glasses):
    assert grace.get("").json["water"] == "http://localhost/api/v2/water/"
    document = grace.get("schema?format=json").json
    assert {"get", "post"} <= set(document["paths"]["/api/v2/water/"])
    names = {parameter["name"] for parameter in document["paths"]["/api/v2/water/"]["get"]["parameters"]}
    assert {"date__date", "amount__gte", "ordering"} <= names
    page = grace.get("water/", headers={"Accept": "text/html"}).get_data(as_text=True)
    assert "How much water you drank" in page and "<svg" in page


def test_it_goes_with_its_user(app, people, glasses):
    from wger_flask.auth.models import User
    from wger_flask.storage.cascade import delete
    from wger_flask.storage.database import database, transaction

    with transaction():
        delete(User, [people["grace"].id])
    assert database.obj.execute_sql("SELECT count(*) FROM plugin_water_glass").fetchone()[0] == 0
