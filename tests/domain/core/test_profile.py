"""The profile that everybody has exactly one of, and what somebody may."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wger_flask.auth.accounts import create_user
from wger_flask.auth.models import EmailAddress, User
from wger_flask.domain.core import profile
from wger_flask.domain.core.models import Language, UserCache, UserProfile
from wger_flask.storage.database import open_database, transaction
from wger_flask.storage.migrations import migrate

KEYS = (
    "username email email_verified is_trustworthy date_joined gym weight_rounding repetitions_rounding "
    "is_temporary workout_reminder_active workout_reminder workout_duration last_workout_notification "
    "notification_language age birthdate height gender sleep_hours work_hours work_intensity sport_hours "
    "sport_intensity freetime_hours freetime_intensity calories weight_unit num_days_weight_reminder time_zone"
).split()
NOBODY = {"detail": "Authentication credentials were not provided."}


def test_the_profile_of_a_new_account(api):
    shown = api("grace").get("userprofile/").json
    assert list(shown) == KEYS
    joined = shown.pop("date_joined")
    assert joined.endswith(("+01:00", "+02:00"))
    assert shown == {
        "username": "grace",
        "email": "grace@example.org",
        "email_verified": False,
        "is_trustworthy": False,
        "gym": None,
        "weight_rounding": None,
        "repetitions_rounding": None,
        "is_temporary": False,
        "workout_reminder_active": False,
        "workout_reminder": 14,
        "workout_duration": 12,
        "last_workout_notification": None,
        "notification_language": 2,
        "age": None,
        "birthdate": None,
        "height": None,
        "gender": "1",
        "sleep_hours": 7,
        "work_hours": 8,
        "work_intensity": "1",
        "sport_hours": 3,
        "sport_intensity": "2",
        "freetime_hours": 8,
        "freetime_intensity": "1",
        "calories": 2500,
        "weight_unit": "kg",
        "num_days_weight_reminder": 0,
        "time_zone": "",
    }


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete", "head", "options"])
def test_nobody_has_none(api, method):
    answer = api().open(method.upper(), "userprofile/", {"age": 30} if method in ("post", "put", "patch") else None)
    assert answer.status_code == 403
    assert method == "head" or answer.json == NOBODY


def test_there_is_one_url(api):
    assert api("grace").get("userprofile").headers["Location"] == "/api/v2/userprofile/"
    refused = api("grace").delete("userprofile/")
    assert (refused.status_code, refused.headers["Allow"]) == (405, "GET, POST, PUT, PATCH, HEAD, OPTIONS")


@pytest.mark.parametrize("method", ["post", "put", "patch"])
def test_every_way_of_writing_changes_what_is_sent(api, method):
    send = getattr(api("grace"), method)
    answer = send("userprofile/", {"height": 181, "weight_rounding": "2.5", "weight_unit": "lb"})
    assert answer.status_code == 200
    assert (answer.json["height"], answer.json["weight_rounding"], answer.json["weight_unit"]) == (181, "2.50", "lb")
    assert answer.json == api("grace").get("userprofile/").json == send("userprofile/", {}).json
    assert api("linus").get("userprofile/").json["height"] is None


def test_what_others_decide_is_ignored(api):
    before = api("grace").get("userprofile/").json
    sent = {
        "id": 1,
        "user": 1,
        "username": "mallory",
        "email": "m@example.org",
        "email_verified": True,
        "is_trustworthy": True,
        "date_joined": "2001-01-01T00:00:00Z",
        "gym": 1,
        "is_temporary": True,
        "last_workout_notification": "2024-01-01",
        "can_add_user": True,
        "trophies_enabled": False,
        "x": 1,
    }
    assert api("grace").patch("userprofile/", sent).json == before
    row = UserProfile.get(UserProfile.user == User.get(username="grace"))
    assert row.trophies_enabled and not row.can_add_user


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("workout_reminder", 0, "Ensure this value is greater than or equal to 1."),
        ("workout_duration", 31, "Ensure this value is less than or equal to 30."),
        ("workout_duration", None, "This field may not be null."),
        ("num_days_weight_reminder", -1, "Ensure this value is greater than or equal to 0."),
        ("age", 9, "Ensure this value is greater than or equal to 10."),
        ("age", 101, "Ensure this value is less than or equal to 100."),
        ("height", 139, "Ensure this value is greater than or equal to 140."),
        ("sleep_hours", 11, "Ensure this value is less than or equal to 10."),
        ("work_hours", 16, "Ensure this value is less than or equal to 15."),
        ("sport_hours", 31, "Ensure this value is less than or equal to 30."),
        ("freetime_hours", [], "A valid integer is required."),
        ("calories", 1499, "Ensure this value is greater than or equal to 1500."),
        ("weight_rounding", "100", "Ensure that there are no more than 2 digits before the decimal point."),
        ("gender", "", '"" is not a valid choice.'),
        ("gender", "3", '"3" is not a valid choice.'),
        ("work_intensity", True, '"True" is not a valid choice.'),
        ("weight_unit", "KG", '"KG" is not a valid choice.'),
        ("notification_language", 99, 'Invalid pk "99" - object does not exist.'),
        ("workout_reminder_active", 2, "Must be a valid boolean."),
        ("birthdate", "2024-02-30", "Date has wrong format. Use one of these formats instead: YYYY-MM-DD."),
        ("birthdate", "1900-1-1", "1900-01-01 is not a valid birthdate"),
    ],
)
def test_what_is_refused_changes_nothing(api, field, value, told):
    before = api("grace").get("userprofile/").json
    answer = api("grace").patch("userprofile/", {"calories": 3000, "height": 180, field: value})
    assert (answer.status_code, answer.json) == (400, {field: [told]})
    assert api("grace").get("userprofile/").json == before


@pytest.mark.parametrize(
    "field",
    (
        "age birthdate height gender sleep_hours work_hours work_intensity sport_hours sport_intensity freetime_hours "
        "freetime_intensity calories weight_rounding repetitions_rounding"
    ).split(),
)
def test_what_may_be_left_open(api, field):
    assert api("grace").patch("userprofile/", {field: None}).json[field] is None


# -- age ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("birthdate", "day", "age"),
    [
        (date(1990, 5, 17), date(2024, 5, 16), 33),
        (date(1990, 5, 17), date(2024, 5, 17), 34),
        (date(2000, 2, 29), date(2023, 2, 28), 22),
        (date(2000, 2, 29), date(2023, 3, 1), 23),
        (date(2000, 2, 29), date(2024, 2, 29), 24),
    ],
)
def test_age(birthdate, day, age):
    assert profile.age_on(day, birthdate) == age


@given(st.dates(date(1900, 1, 1), date(2020, 1, 1)), st.dates(date(2020, 1, 1), date(2100, 1, 1)))
def test_nobody_grows_younger(birthdate, day):
    age = profile.age_on(day, birthdate)
    assert age <= profile.age_on(date(day.year, 12, 31), birthdate) <= age + 1
    assert -1 < (day - birthdate).days - age * 365.2425 < 367


def test_a_birthdate_tells_the_age_where_none_is_known(api, monkeypatch):
    monkeypatch.setattr(profile, "today", lambda: date(2024, 5, 16))
    send = api("grace").patch
    assert send("userprofile/", {"birthdate": "1990-05-17"}).json["age"] == 33
    assert send("userprofile/", {"birthdate": "1980-05-17"}).json["age"] == 33
    assert send("userprofile/", {"birthdate": "2000-02-29", "age": None}).json["age"] == 24
    assert send("userprofile/", {"age": None}).json["age"] == 24, "it is told by the date that is stored"
    assert send("userprofile/", {"birthdate": None}).json["age"] == 24


@pytest.mark.parametrize(
    ("birthdate", "fine"),
    [("2014-05-16", True), ("2014-05-17", False), ("1923-05-17", True), ("1923-05-16", False), ("2025-01-01", False)],
)
def test_birthdates_within_reason(api, monkeypatch, birthdate, fine):
    monkeypatch.setattr(profile, "today", lambda: date(2024, 5, 16))
    assert api("grace").patch("userprofile/", {"birthdate": birthdate}).status_code == (200 if fine else 400)


# -- accounts without a profile ----------------------------------------------------------------------
def test_a_profile_that_is_missing_is_made(api, people):
    with transaction():
        UserProfile.delete().where(UserProfile.user == people["grace"]).execute()
        UserProfile.delete().where(UserProfile.user == people["linus"]).execute()
    assert api("grace").get("userprofile/").json["username"] == "grace"
    assert api("linus").patch("userprofile/", {"age": 40}).json["age"] == 40
    assert UserProfile.select().count() == 3


def test_an_account_before_the_vocabulary(app, tmp_path):
    open_database(f"sqlite:///{tmp_path / 'bare.sqlite'}")
    migrate(app.extensions["wger_flask"].registry.models)
    anna = create_user("anna", "Tangled.Vines.42")
    assert not UserProfile.select().exists() and UserCache.select().count() == 1
    with transaction():
        Language.create(id=7, short_name="fr", full_name="Français", full_name_en="French")
    assert profile.make_profile(anna).notification_language_id == 7


# -- the address -------------------------------------------------------------------------------------
def test_verifying_the_address(api, people, monkeypatch):
    sent = []
    monkeypatch.setattr("wger_flask.auth.messages.send_verification", lambda row: sent.append(row.email))
    answer = api("grace").post("userprofile/verify-email/", {})
    assert answer.json == {"status": "sent", "message": "A verification email was sent to grace@example.org"}
    assert sent == ["grace@example.org"]
    with transaction():
        EmailAddress.update(verified=True).execute()
    answer = api("grace").post("userprofile/verify-email/")
    assert answer.json == {"status": "verified", "message": "This email is already verified"}
    assert api("grace").get("userprofile/").json["email_verified"] is True
    with transaction():
        EmailAddress.delete().execute()
    answer = api("grace").post("userprofile/verify-email/")
    assert answer.json == {"result": "not sent", "message": "The user has no associated email"}
    assert sent == ["grace@example.org"]
    assert api("grace").get("userprofile/verify-email/").status_code == 405
    assert api().post("userprofile/verify-email/").json == NOBODY


# -- permissions -------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["exercises.delete_exercise", "nonsense", "", "a.b.c"])
def test_permissions(api, name):
    path = f"check-permission/?permission={name}"
    assert [api(who).get(path).json["result"] for who in (None, "grace", "ada")] == [False, False, True]


@pytest.mark.parametrize("who", [None, "grace", "ada"])
def test_a_permission_must_be_named(api, who):
    answer = api(who).get("check-permission/")
    assert (answer.status_code, answer.json) == (400, "Please pass a permission name in the 'permission' parameter")
    assert api(who).post("check-permission/", {}).status_code == 405


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ("Mars/Olympus", ['"Mars/Olympus" is not a valid IANA timezone name']),
        ("europe/berlin", ['"europe/berlin" is not a valid IANA timezone name']),
        ("Europe", ['"Europe" is not a valid IANA timezone name']),
        ("+02:00", ['"+02:00" is not a valid IANA timezone name']),
        ("x" * 51, ["Ensure this field has no more than 50 characters."]),
        (None, ["This field may not be null."]),
        (True, ["Not a valid string."]),
    ],
)
def test_what_is_no_time_zone(api, sent, told):
    answer = api("grace").patch("userprofile/", {"time_zone": sent})
    assert (answer.status_code, answer.json) == (400, {"time_zone": told})


def test_a_time_zone_is_told_and_taken_back(api):
    client = api("grace")
    assert client.patch("userprofile/", {"time_zone": "Asia/Tokyo"}).json["time_zone"] == "Asia/Tokyo"
    assert client.get("userprofile/").json["date_joined"].endswith("+09:00")
    assert client.put("userprofile/", {"height": 170}).json["time_zone"] == "Asia/Tokyo"
    assert client.patch("userprofile/", {"time_zone": ""}).json["time_zone"] == ""
    assert client.get("userprofile/").json["date_joined"].endswith(("+01:00", "+02:00"))


def test_posting_a_profile_is_for_older_clients(api):
    described = api().get("schema?format=json").json["paths"]["/api/v2/userprofile/"]
    assert {method: described[method].get("deprecated", False) for method in ("get", "post", "put", "patch")} == {
        "get": False,
        "post": True,
        "put": False,
        "patch": False,
    }


@pytest.mark.parametrize("method", ["post", "put", "patch"])
def test_an_address_is_only_read(api, method):
    answer = getattr(api("grace"), method)("userprofile/", {"email": "eve@example.org", "height": 171})
    assert (answer.json["email"], answer.json["height"]) == ("grace@example.org", 171)
