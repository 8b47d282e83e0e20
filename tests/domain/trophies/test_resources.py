"""What people see of trophies, awards and statistics."""

from __future__ import annotations

import pytest

from wger_flask.domain.trophies.models import Trophy, UserTrophy

OPEN = [
    "Beginner",
    "Consistent",
    "Dedicated",
    "Unstoppable",
    "Weekend Warrior",
    "Elephant lifter",
    "Bus lifter",
    "Plane lifter",
]


def names(answer) -> list[str]:
    body = answer.json
    rows = body["results"] if isinstance(body, dict) else body
    return [row.get("trophy", row)["name"] for row in rows]


def give(user, *titles):
    for title in titles:
        UserTrophy.create(user=user, trophy=Trophy.get(Trophy.name == title), progress=100.0)


@pytest.mark.parametrize("who", [None, "grace"])
def test_hidden_trophies_are_a_surprise(api, who):
    assert names(api(who).get("trophy/")) == OPEN
    hidden = Trophy.get(Trophy.name == "Titan").id
    assert api(who).get(f"trophy/{hidden}/").status_code == 404


def test_hidden_trophies_are_shown_to_who_earned_them_and_to_the_staff(api, people):
    give(people["grace"], "Night Owl")
    assert names(api("grace").get("trophy/")) == [*OPEN, "Night Owl"]
    assert names(api("linus").get("trophy/")) == OPEN
    assert api("ada").get("trophy/").json["count"] == 21


def test_retired_trophies_are_shown_to_nobody(api):
    Trophy.update(is_active=False).where(Trophy.name == "Beginner").execute()
    assert "Beginner" not in names(api("ada").get("trophy/")) + names(api("ada").get("trophy/progress/"))


def test_pictures_are_where_trophies_say(api):
    for trophy in api("ada").get("trophy/?limit=30").json["results"]:
        answer = api().get(trophy["image"].removeprefix("http://localhost"), buffered=True)
        assert (answer.status_code, answer.mimetype) == (200, "image/png")


def test_trophies_cannot_be_written(api):
    for path in ("trophy/", "user-trophy/", "user-statistics/"):
        assert api("ada").post(path, {}).status_code == 405
        for method in ("PUT", "PATCH", "DELETE"):
            assert api("ada").open(method, f"{path}1/", {}).status_code == 405


# -- progress --------------------------------------------------------------------------------


def progress(client, query="") -> dict:
    return {item["trophy"]["name"]: item for item in client.get(f"trophy/progress/{query}").json}


def test_nobody_has_no_progress(api):
    assert api().get("trophy/progress/").json == []


def test_progress_before_anything_happened(api):
    client = api("grace")
    assert names(client.get("trophy/progress/")) == OPEN
    assert progress(client)["Elephant lifter"] == {
        "trophy": client.get("trophy/10/").json,
        "is_earned": False,
        "earned_at": None,
        "progress": 0.0,
        "current_value": "0.00",
        "target_value": "5000.0",
        "progress_display": "0.0 / 5,000 kg",
    }
    assert client.get("user-statistics/").json["count"] == 1  # made on the way, once
    assert client.get("trophy/progress/").status_code == 200
    assert client.get("user-statistics/").json["count"] == 1


def test_progress_of_what_is_earned(api):
    client = api("grace")
    client.post("workoutsession/", {"datetime_start": "2024-11-02T05:30:00", "datetime_end": "2024-11-02T06:30:00"})
    found = progress(client)
    [award] = client.get("user-trophy/?trophy=1").json["results"]
    assert found["Beginner"] == {
        "trophy": award["trophy"],
        "is_earned": True,
        "earned_at": award["earned_at"],
        "progress": 100.0,
        "current_value": None,
        "target_value": None,
        "progress_display": None,
    }
    assert found["Consistent"]["progress"] == 10.0
    assert found["Consistent"]["progress_display"] == "1 / 10 workouts"
    assert found["Early Bird"]["is_earned"] and "Night Owl" not in found


def test_staff_sees_hidden_ones_coming(api):
    found = progress(api("ada"))
    assert found["Titan"]["target_value"] == "1000"
    assert found["Night Owl"]["progress"] == 0.0 and found["Night Owl"]["current_value"] is None
    assert "Personal Record" not in found


def test_what_can_be_repeated_is_told_on_request(api, people):
    client = api("grace")
    give(people["grace"], "Personal Record", "Beginner", "Night Owl")
    for query in ("", "?include_repeatable=false", "?include_repeatable=True", "?include_repeatable="):
        assert "Personal Record" not in progress(client, query)
    found = progress(client, "?include_repeatable=true")
    assert found["Personal Record"]["is_earned"]
    assert not found["Beginner"]["is_earned"]
    assert "Night Owl" not in found


# -- awards and statistics -------------------------------------------------------------------


def test_awards_are_filtered_and_ordered_by_their_trophies(api, people):
    client = api("grace")
    give(people["grace"], "Titan", "Beginner", "Night Owl")
    assert names(client.get("user-trophy/")) == ["Night Owl", "Beginner", "Titan"]
    assert names(client.get("user-trophy/?ordering=trophy__name")) == ["Beginner", "Night Owl", "Titan"]
    assert names(client.get("user-trophy/?ordering=-trophy__trophy_type,trophy__name")) == [
        "Night Owl",
        "Beginner",
        "Titan",
    ]
    assert names(client.get("user-trophy/?trophy__is_hidden=False")) == ["Beginner"]
    assert names(client.get("user-trophy/?trophy__trophy_type__in=time,pr")) == ["Night Owl"]
    assert api("linus").get("user-trophy/").json["count"] == 0


def test_statistics_are_ones_own(api):
    grace, linus = api("grace"), api("linus")
    grace.post("workoutsession/", {"date": "2024-11-02"})
    [row] = grace.get("user-statistics/").json["results"]
    assert grace.get(f"user-statistics/{row['id']}/").json == row
    assert linus.get(f"user-statistics/{row['id']}/").status_code == 404
    assert linus.get("user-statistics/").json["count"] == 0
    assert api().get("user-statistics/").status_code == 403
