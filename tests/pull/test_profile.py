"""Copying the profile: what its owner may write of it, and nothing else."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.pull.made import vocabulary
from tests.pull.sources import Source, serving

SAID = {
    "username": "anna",
    "email": "anna@example.org",
    "email_verified": True,
    "is_trustworthy": True,
    "date_joined": "2020-01-01T10:00:00Z",
    "gym": 1,
    "is_temporary": True,
    "last_workout_notification": "2025-01-01",
    "weight_rounding": "1.25",
    "repetitions_rounding": "1.00",
    "workout_reminder_active": True,
    "workout_reminder": 10,
    "workout_duration": 8,
    "notification_language": 1,
    "age": 30,
    "birthdate": "1995-05-05",
    "height": 181,
    "gender": "2",
    "sleep_hours": 8,
    "work_hours": 7,
    "work_intensity": "1",
    "sport_hours": 4,
    "sport_intensity": "3",
    "freetime_hours": 5,
    "freetime_intensity": "2",
    "calories": 2700,
    "weight_unit": "lb",
    "num_days_weight_reminder": 5,
    "time_zone": "America/Lima",
}
KEPT = {
    "username",
    "email",
    "email_verified",
    "is_trustworthy",
    "date_joined",
    "gym",
    "is_temporary",
    "last_workout_notification",
}


@pytest.fixture
def source():
    with serving(Source()) as source:
        vocabulary(source)
        source.profile = dict(SAID)
        yield source


def of(client):
    """Return the profile of who asks."""
    return client.get("userprofile/").json


def test_what_its_owner_may_write_comes(source, run, api):
    before = of(api("linus"))
    report = run(source, ["profile"], user="linus")
    assert report.left_out == [] and report.counts["userprofile"] == {"changed": 1}
    after = of(api("linus"))
    joined = [datetime.fromisoformat(profile.pop("date_joined")) for profile in (before, after)]
    assert after == {name: before[name] if name in KEPT else SAID[name] for name in after}
    assert after.keys() | {"date_joined"} == SAID.keys()
    assert joined[0] == joined[1] and joined[0].utcoffset() != joined[1].utcoffset()


def test_what_was_changed_here_stays_until_it_changes_there(source, run, api):
    run(source, ["profile"], user="linus")
    api("linus").patch("userprofile/", {"height": 190})
    source.profile["email"] = "another@example.org"
    assert run(source, ["profile"], user="linus").counts["userprofile"] == {"unchanged": 1}
    assert of(api("linus"))["height"] == 190
    source.profile["calories"] = 3000
    run(source, ["profile"], user="linus")
    assert (of(api("linus"))["height"], of(api("linus"))["calories"]) == (181, 3000)


def test_a_language_is_the_one_of_the_same_name(source, run, api):
    german, english = source.lists["language"][:2]
    assert (german["short_name"], english["short_name"]) == ("de", "en")
    german["id"], english["id"] = 902, 901
    source.profile["notification_language"] = 902
    run(source, ["profile"], user="linus")
    assert of(api("linus"))["notification_language"] == 1


def test_a_value_that_cannot_be_is_left_out_and_tried_again(source, run, api):
    source.profile |= {"height": 9000, "notification_language": 77}
    told = run(source, ["profile"], user="linus").left_out
    assert sorted(line.partition(":")[0] for line in told) == [
        "userprofile, height",
        "userprofile, notification_language",
    ]
    assert of(api("linus"))["calories"] == 2700
    source.profile |= {"height": 170, "notification_language": 1}
    assert run(source, ["profile"], user="linus").left_out == []
    assert of(api("linus"))["height"] == 170


@pytest.mark.parametrize("odd", [None, [], {}, "x" * 9000, "a\x00b", 10**30, -1, True])
def test_nonsense_ends_nothing(source, run, api, odd):
    source.profile = dict.fromkeys(SAID, odd)
    run(source, ["profile"], user="linus")
    assert of(api("linus"))["weight_unit"] == "kg"


@pytest.mark.parametrize("odd", [None, [], "x"])
def test_a_profile_that_is_none_changes_nothing(source, run, api, odd):
    before = of(api("linus"))
    source.profile = odd
    run(source, ["profile"], user="linus")
    assert of(api("linus")) == before
