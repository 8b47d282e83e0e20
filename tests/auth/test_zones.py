"""However somebody says who they are, the zone of their profile is in force."""

from __future__ import annotations

from tests.conftest import key_of
from wger_flask.auth.models import User
from wger_flask.domain.core.models import UserProfile
from wger_flask.storage.database import transaction

from .conftest import GRACE, made

TOKYO = "+09:00"
PATH = "/api/v2/userprofile/"


def move(zone: str = "Asia/Tokyo") -> None:
    with transaction():
        UserProfile.update(time_zone=zone).where(UserProfile.user == User.get(username="grace")).execute()


def joined(answer) -> str:
    assert answer.status_code == 200
    return answer.json["date_joined"]


def test_every_way_of_saying_who_one_is(app, api, browser, phone):
    move()
    permanent = {"Authorization": f"Token {key_of('grace')}"}
    signed = {"Authorization": f"Bearer {made(User.get(username='grace')).text}"}
    given = phone.post("auth/login", GRACE).json["meta"]["access_token"]
    client = app.test_client()
    for headers in (permanent, signed, {"Authorization": f"Bearer {given}"}):
        assert joined(client.get(PATH, headers=headers)).endswith(TOKYO)
    signed_in = browser().log_in("grace")
    assert joined(signed_in.http.get(PATH)).endswith(TOKYO)
    assert joined(api("ada").get(PATH)).endswith(("+01:00", "+02:00"))


def test_a_stored_name_that_nobody_knows_is_the_servers_zone(api):
    move("Mars/Olympus Mons")
    assert joined(api("grace").get(PATH)).endswith(("+01:00", "+02:00"))
    assert api("grace").get(PATH).json["time_zone"] == "Mars/Olympus Mons"


def test_somebody_without_a_profile_still_logs_in(api):
    with transaction():
        UserProfile.delete().where(UserProfile.user == User.get(username="grace")).execute()
    assert api("grace").get("weightentry/").status_code == 200


def test_pages_and_their_forms_are_in_that_zone(api, browser):
    move()
    api("grace").post("weightentry/", {"date": "2024-05-01T10:00:00Z", "weight": "80"})
    key = api("grace").get("weightentry/").json["results"][0]["id"]
    page = browser().log_in("grace").get(f"/api/v2/weightentry/{key}/").text
    assert 'value="2024-05-01T19:00:00"' in page
