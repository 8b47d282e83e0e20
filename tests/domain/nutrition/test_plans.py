"""Plans, meals and the diary belong to whoever made them."""

from __future__ import annotations

import pytest

from wger_flask.storage.columns import uuid7

OWN = "018f3a52-0001-7f0a-9d3b-0a51c7f4e901"
TITLES = {"nutritionplan": "nutrition plan", "meal": "meal", "mealitem": "meal item", "nutritiondiary": "log item"}
NOT_YOURS = {"detail": "You are not allowed to do this"}
NO_DICTIONARY = ["Request data is not a dictionary"]


@pytest.fixture
def bodies(grace, milk):
    """A body that each resource takes."""
    plan = grace.plan()
    meal = grace.meal(plan)
    eaten = {"ingredient": milk.id, "amount": "10"}
    return {
        "nutritionplan": {},
        "meal": {"plan": plan["id"]},
        "mealitem": {"meal": meal["id"], **eaten},
        "nutritiondiary": {"plan": plan["id"], "meal": meal["id"], **eaten},
    }


@pytest.mark.parametrize("resource", TITLES)
def test_clients_choose_keys_once(api, bodies, resource):
    body = {**bodies[resource], "id": OWN.upper()}
    assert api("grace").post(f"{resource}/", body).json["id"] == OWN
    again = api("grace").post(f"{resource}/", body)
    assert again.status_code == 400 and again.json == {"id": [f"{TITLES[resource]} with this id already exists."]}


@pytest.mark.parametrize("resource", TITLES)
def test_another_key_changes_nothing(api, bodies, resource):
    row = api("grace").post(f"{resource}/", bodies[resource]).json
    for method in ("patch", "put"):
        answer = getattr(api("grace"), method)(f"{resource}/{row['id']}/", {**bodies[resource], "id": str(uuid7())})
        assert answer.status_code == 200 and answer.json["id"] == row["id"]
    keys = [found["id"] for found in api("grace").get(f"{resource}/?limit=99").json["results"]]
    assert keys.count(row["id"]) == 1 and len(keys) <= 2  # one of them may be what the bodies point at


@pytest.mark.parametrize("resource", TITLES)
def test_others_see_and_touch_nothing(api, bodies, resource):
    row = api("grace").post(f"{resource}/", bodies[resource]).json
    for method in ("get", "patch", "put", "delete"):
        body = {} if method in ("patch", "put") else None
        answer = getattr(api("linus"), method)(f"{resource}/{row['id']}/", body)
        assert answer.status_code == 404, (method, answer.json)
    assert api("linus").get(f"{resource}/").json["count"] == 0
    assert api().get(f"{resource}/").status_code == 403


@pytest.mark.parametrize("resource", ["meal", "mealitem", "nutritiondiary"])
def test_nothing_is_put_into_other_peoples_plans(api, bodies, resource):
    assert api("linus").post(f"{resource}/", bodies[resource]).json == NOT_YOURS
    absent = {name: "00000000-0000-4000-8000-000000000000" for name in ("plan", "meal") if name in bodies[resource]}
    assert api("grace").post(f"{resource}/", {**bodies[resource], **absent}).json == NOT_YOURS
    # malformed values are named, not forbidden
    malformed = dict.fromkeys(absent, "abc")
    answer = api("grace").post(f"{resource}/", {**bodies[resource], **malformed})
    assert answer.status_code == 400 and set(answer.json) == set(malformed)


@pytest.mark.parametrize("resource", ["meal", "mealitem", "nutritiondiary"])
@pytest.mark.parametrize("body", [[], "text", 5, True])
def test_bodies_are_objects(api, bodies, resource, body):
    answer = api("grace").post(f"{resource}/", body)
    assert answer.status_code == 400 and answer.json == NO_DICTIONARY


def test_a_plan_starts_today_and_has_no_goals(grace):
    plan = grace.plan()
    assert plan["creation_date"] == plan["start"] and plan["end"] is None
    assert plan["description"] == "" and plan["only_logging"] is False
    assert [plan[f"goal_{name}"] for name in ("energy", "protein", "carbohydrates", "fat", "fiber")] == [None] * 5


def test_plans_are_listed_latest_first_and_filtered(api, grace):
    old, new = (grace.plan(start=f"2024-0{month}-01", description=f"m{month}") for month in (1, 2))
    assert [plan["id"] for plan in api("grace").get("nutritionplan/").json["results"]] == [new["id"], old["id"]]
    assert api("grace").get("nutritionplan/?description=m1").json["count"] == 1
    assert api("grace").get("nutritionplan/?has_goal_calories=True").json["count"] == 0
    assert api("grace").get("nutritionplan/?has_goal_calories=False").json["count"] == 2


@pytest.mark.parametrize("value", [2**31, -(2**31) - 1, 10**40, 1.5, "x", True])
def test_goals_fit_every_database(api, value):
    answer = api("grace").post("nutritionplan/", {"goal_energy": value})
    assert answer.status_code == 400 and list(answer.json) == ["goal_energy"]


@pytest.mark.parametrize(
    ("time", "shown"), [("7:30", "07:30:00"), ("10", "10:00:00"), ("10:30:15.5", "10:30:15.500000")]
)
def test_meals_have_a_time(grace, time, shown):
    assert grace.meal(grace.plan(), time=time, name=" Lunch ") | {"id": 0, "plan": 0} == {
        "id": 0,
        "plan": 0,
        "order": 1,
        "time": shown,
        "name": "Lunch",
    }


@pytest.mark.parametrize("amount", ["0.99", "1000.01", "1.234", "x", None, True])
def test_amounts_have_limits(api, bodies, amount):
    for resource in ("mealitem", "nutritiondiary"):
        answer = api("grace").post(f"{resource}/", {**bodies[resource], "amount": amount})
        assert answer.status_code == 400 and list(answer.json) == ["amount"]


def test_the_diary_is_filtered_by_day_in_the_servers_zone(api, bodies):
    for moment in ("2024-06-02T21:59:59Z", "2024-06-02T22:00:00Z", "2024-06-03T21:59:59Z", "2024-06-03T22:00:00Z"):
        api("grace").post("nutritiondiary/", {**bodies["nutritiondiary"], "datetime": moment})
    found = api("grace").get("nutritiondiary/?datetime__date=2024-06-03").json["results"]
    assert [row["datetime"] for row in found] == ["2024-06-03T23:59:59+02:00", "2024-06-03T00:00:00+02:00"]
    assert api("grace").get("nutritiondiary/?datetime__gte=2024-06-03&datetime__lt=2024-06-04").json["count"] == 2


def test_deleting_a_plan_takes_everything_a_meal_its_items_only(api, bodies):
    client = api("grace")
    rows = {name: client.post(f"{name}/", body).json for name, body in bodies.items() if name != "nutritionplan"}
    meal, plan = bodies["mealitem"]["meal"], bodies["meal"]["plan"]
    assert client.delete(f"meal/{meal}/").status_code == 204
    assert client.get(f"mealitem/{rows['mealitem']['id']}/").status_code == 404
    assert client.get(f"nutritiondiary/{rows['nutritiondiary']['id']}/").json["meal"] is None
    assert client.delete(f"nutritionplan/{plan}/").status_code == 204
    for name in ("meal", "nutritiondiary"):
        assert client.get(f"{name}/{rows[name]['id']}/").status_code == 404
