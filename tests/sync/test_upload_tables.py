"""Every table that takes uploads: new rows, changes, deletions, repetitions, and what is somebody else's."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal

import pytest

from wger_flask.domain.core.models import UserProfile
from wger_flask.domain.gallery.models import Image
from wger_flask.rest import error_handlers
from wger_flask.storage.database import DatabaseError, database, transaction
from wger_flask.testing.rows import make

from .phone_rows import NOON, TABLES, Row, fresh, parents, rows

DOOR = "/api/v2/upload-powersync-data"
OK = {"status": "ok!"}
SET_BY_SERVER = {"creation_date", "order", "is_official", "has_goal_calories", "comment"}
DAYS = {"start", "end"}


@pytest.fixture
def door(api):
    """Send a row as grace, or as somebody else; returns what was answered."""

    def send(method: str, table: str, data: object, name: str = "grace") -> Row:
        answer = api(name).open(method, DOOR, {"table": table, "data": data})
        assert answer.status_code == 200
        return answer.json

    return send


@pytest.fixture
def keys_of(api):
    """Make what new rows refer to, for an account; returns the keys by name."""

    def made(name: str = "grace") -> Row:
        def post(resource: str, body: Row) -> Row:
            answer = api(name).post(f"{resource}/", body)
            assert answer.status_code == 201, answer.text
            return answer.json

        return parents(post)

    return made


def assert_means(shown: Row, sent: Row) -> None:
    """Hold what REST shows against what the app sent, but for what the server sets itself."""
    for name, value in sent.items():
        if name in SET_BY_SERVER:
            continue
        theirs = shown[name]
        if name in DAYS and value is not None:
            assert theirs == value[:10], name
        elif isinstance(value, str) and value.endswith("Z"):
            assert datetime.fromisoformat(theirs) == datetime.fromisoformat(value), name
        elif isinstance(value, float):
            assert Decimal(str(theirs)) == Decimal(str(value)), name
        elif name in ("chart_config", "extra_data", "dynamic_params"):
            assert theirs == json.loads(value or "{}"), name
        else:
            assert theirs == value, name


@pytest.mark.parametrize("table", TABLES)
def test_a_row_is_made_changed_and_deleted_twice_over(api, door, keys_of, table):
    """The phone sends a whole transaction again whose last answer it did not get: that does no harm."""
    resource, row, change = rows(keys_of())[table]
    client, key = api("grace"), fresh()
    for _ in range(2):
        assert door("PUT", table, {"id": key, **row}) == OK
        assert_means(client.get(f"{resource}/{key}/").json, row)
        assert door("PATCH", table, {"id": key, **change}) == OK
        changed = client.get(f"{resource}/{key}/").json
        assert_means(changed, row | change)
        for method, data in (("PUT", row), ("PATCH", {}), ("PATCH", change)):
            assert door(method, table, {"id": key, **data}) == OK
            assert client.get(f"{resource}/{key}/").json == changed, method
        for _ in range(2):
            assert door("DELETE", table, {"id": key}) == OK
        assert client.get(f"{resource}/{key}/").status_code == 404
        assert door("PATCH", table, {"id": key, **change}) == OK
        assert client.get(f"{resource}/{key}/").status_code == 404


@pytest.mark.parametrize("table", TABLES)
def test_a_row_of_somebody_else_stays_and_nothing_tells_of_it(api, door, keys_of, table):
    resource, row, change = rows(keys_of())[table]
    key = fresh()
    assert door("PUT", table, {"id": key, **row}) == OK
    before = api("grace").get(f"{resource}/{key}/").json
    assert door("PATCH", table, {"id": key, **change}, "linus") == OK
    assert door("DELETE", table, {"id": key}, "linus") == OK
    mine = rows(keys_of("linus"))[table].row
    refused = door("PUT", table, {"id": key, **mine}, "linus")
    assert refused["error"] == "Validation failed"
    assert "grace" not in json.dumps(refused)
    assert api("grace").get(f"{resource}/{key}/").json == before
    assert api("linus").get(f"{resource}/{key}/").status_code == 404


@pytest.mark.parametrize(
    ("table", "name"),
    [
        ("measurements_category", "parent"),
        ("measurements_measurement", "category"),
        ("nutrition_meal", "plan"),
        ("nutrition_mealitem", "meal"),
        ("nutrition_logitem", "plan"),
        ("nutrition_logitem", "meal"),
        ("manager_workoutsession", "routine"),
        ("manager_workoutlog", "session"),
        ("manager_workoutlog", "routine"),
    ],
)
def test_a_row_below_somebody_elses_is_refused_new_or_changed(api, door, keys_of, table, name):
    resource, row, _ = rows(keys_of())[table]
    theirs = keys_of("linus")["category" if name == "parent" else name]
    key = fresh()
    assert door("PUT", table, {"id": key, **row, name: theirs})["error"] == "Forbidden"
    assert api("grace").get(f"{resource}/{key}/").status_code == 404
    assert door("PUT", table, {"id": key, **row}) == OK
    before = api("grace").get(f"{resource}/{key}/").json
    assert door("PATCH", table, {"id": key, name: theirs})["error"] == "Forbidden"
    assert api("grace").get(f"{resource}/{key}/").json == before


@pytest.mark.parametrize("table", TABLES)
def test_the_owner_is_whoever_sends_it(api, door, people, keys_of, table):
    resource, row, _ = rows(keys_of())[table]
    for name in ("user", "user_id", "owner"):
        key = fresh()
        for method in ("PUT", "PATCH"):
            door(method, table, {"id": key, **(row if method == "PUT" else {}), name: people["linus"].id})
        assert api("linus").get(f"{resource}/{key}/").status_code == 404
        assert api("grace").get(f"{resource}/{key}/").status_code in (200, 404)  # some names are no field: refused
        door("DELETE", table, {"id": key})  # an external id is there once


def test_an_official_category_is_the_servers(api, door, keys_of):
    key = fresh()
    assert door("PUT", "measurements_category", {"id": key, **rows(keys_of())["measurements_category"].row}) == OK
    assert api("grace").get(f"measurement-category/{key}/").json["is_official"] is False


# -- what is only changed ----------------------------------------------------------------------------
def test_a_photos_text_and_day_are_changed_and_its_file_stays(api, door, people):
    with transaction():
        row = make(Image, people["grace"], ("user",), image="gallery/1/a.png")
    change = {"description": "after", "date": "2026-02-12T00:00:00.000Z", "image": "else/where.png"}
    assert door("PATCH", "gallery_image", {"id": str(row.id), **change}) == OK
    assert door("PATCH", "gallery_image", {"id": str(row.id), "image": None}) == OK
    shown = api("grace").get(f"gallery/{row.id}/").json
    assert (shown["description"], shown["date"]) == ("after", "2026-02-12")
    assert Image.get_by_id(row.id).image == "gallery/1/a.png"
    assert door("PATCH", "gallery_image", {"id": str(row.id), "description": "stolen"}, "linus") == OK
    assert Image.get_by_id(row.id).description == "after"


def test_a_routines_days_may_come_as_moments(api, door, keys_of):
    key = keys_of()["routine"]
    change = {"id": str(key), "name": "Renamed", "start": NOON, "fit_in_week": 1, "is_template": 0}
    assert door("PATCH", "manager_routine", change) == OK
    shown = api("grace").get(f"routine/{key}/").json
    assert (shown["name"], shown["start"], shown["fit_in_week"]) == ("Renamed", "2026-03-04", True)
    refused = door("PATCH", "manager_routine", {"id": str(key), "start": "2026-13-04T12:00:00Z"})
    assert "start" in refused["details"]


def test_a_profile_of_somebody_else_is_answered_like_a_missing_row(api, door, people):
    """A phone that two people used may still hold what the first of them changed."""
    own = {name: UserProfile.get(UserProfile.user == people[name]) for name in ("grace", "linus")}
    before = {name: api(name).get("userprofile/").json for name in own}
    for key in (own["linus"].id, str(own["linus"].id), 987654, "x", None, True, [], "9" * 40):
        assert door("PATCH", "core_userprofile", {"id": key, "height": 199}) == OK
        assert {name: api(name).get("userprofile/").json for name in own} == before
    for key in (own["grace"].id, str(own["grace"].id)):
        assert door("PATCH", "core_userprofile", {"id": key, "height": 181, "time_zone": "Europe/Berlin"}) == OK
    shown = api("grace").get("userprofile/").json
    assert (shown["height"], shown["time_zone"]) == (181, "Europe/Berlin")
    assert "height" in door("PATCH", "core_userprofile", {"id": own["grace"].id, "height": 5})["details"]


# -- what is to be sent again -------------------------------------------------------------------------
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_database_that_is_away_or_busy_makes_the_phone_wait(api, door, keys_of, monkeypatch, method):
    table = "nutrition_nutritionplan"
    keys = keys_of()

    def fail(*_, **__):
        raise DatabaseError("database is locked")

    with monkeypatch.context() as patched:
        patched.setattr(database.obj, "execute_sql", fail)
        patched.setattr(error_handlers, "is_unavailable", lambda error: isinstance(error, DatabaseError))
        data = {"id": keys["plan"], **(rows(keys)[table].row if method == "PUT" else {"description": "x"})}
        answer = api("grace").open(method, DOOR, {"table": table, "data": data})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert api("grace").get(f"nutritionplan/{keys['plan']}/").json["description"] == "P"
