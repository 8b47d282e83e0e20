"""Training belongs to the day on which it began where its owner lives."""

from __future__ import annotations

from datetime import date

import pytest

from wger_flask.api import zone_of
from wger_flask.domain.core.models import UserProfile
from wger_flask.domain.trophies.models import UserStatistics
from wger_flask.domain.trophies.training import count_everything_again
from wger_flask.storage.database import transaction

BEGAN = "2024-05-03T10:30:00Z"


@pytest.mark.parametrize(("zone", "day"), [("Pacific/Kiritimati", 4), ("Europe/Berlin", 3), ("Pacific/Pago_Pago", 2)])
def test_the_day_of_a_session(api, people, zone, day):
    client, when = api("grace"), date(2024, 5, day)
    client.patch("userprofile/", {"time_zone": zone})
    session = client.post("workoutsession/", {"datetime_start": BEGAN}).json
    assert session["datetime_start"][:10] == when.isoformat()
    assert UserStatistics.get(UserStatistics.user == people["grace"]).last_workout_date == when
    count_everything_again("grace")  # which nobody asks for: it is the owner's zone that counts
    assert UserStatistics.get(UserStatistics.user == people["grace"]).last_workout_date == when
    listed = client.get(f"workoutsession/?datetime_start__date={when.isoformat()}").json["results"]
    assert [row["id"] for row in listed] == [session["id"]]


def test_wall_times_of_older_clients_are_those_of_the_owner(api):
    client = api("grace")
    client.patch("userprofile/", {"time_zone": "Asia/Kathmandu"})
    made = client.post("workoutsession/", {"date": "2024-05-03", "time_start": "23:30", "time_end": "00:15"}).json
    assert (made["datetime_start"], made["datetime_end"]) == (
        "2024-05-03T23:30:00+05:45",
        "2024-05-04T00:15:00+05:45",
    )


def test_figures_of_others_are_counted_in_their_zone(app, api, people):
    with transaction():
        UserProfile.update(time_zone="Pacific/Kiritimati").where(UserProfile.user == people["grace"]).execute()
    api("grace").post("workoutsession/", {"datetime_start": BEGAN})
    assert str(zone_of(people["grace"].id)) == "Pacific/Kiritimati"
    with app.app_context():
        count_everything_again()
    assert UserStatistics.get(UserStatistics.user == people["grace"]).last_workout_date == date(2024, 5, 4)
