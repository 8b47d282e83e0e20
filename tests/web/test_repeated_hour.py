"""The hour that clocks show twice, in autumn: the browser's control for moments cannot tell which of both is meant."""

from __future__ import annotations

import pytest
import time_machine

from tests.web.test_training_walks import submit

FIRST, SECOND = "2026-10-25T00:10:00+00:00", "2026-10-25T01:10:00+00:00"  # ten past two in Berlin
ITS_OWN = "2026-10-25T02:10:00+01:00"
CASES = [
    ("weightentry", "date", {"weight": "70.00"}),
    ("workoutlog", "date", {"exercise": 1, "weight": "70.00"}),
    ("measurement", "date", {"value": 70}),
    ("workoutsession", "datetime_start", {}),
]


@pytest.fixture
def grace(person):
    return person("grace")


@pytest.fixture
def seen(visitor):
    return visitor("grace")


@pytest.mark.parametrize(("moment", "type_"), [(FIRST, "datetime-local"), (SECOND, "text")])
@pytest.mark.parametrize(("resource", "name", "body"), CASES)
def test_a_form_that_is_sent_as_it_was_shown_moves_nothing(grace, seen, resource, name, body, moment, type_):
    if resource == "measurement":
        body = body | {"category": grace.add("measurement-category", name="Waist", unit="cm")["id"]}
    row = grace.add(resource, **body, **{name: moment})
    path = f"{resource}/{row['id']}/"
    form = seen.see(path)
    assert form.controls[name][0]["type"] == type_
    assert submit(seen, form, path).status_code == 303
    assert grace.get(path)[name] == row[name]


def test_a_session_is_ended_that_began_before_clocks_were_set_back(grace, visitor):
    key = grace.add("workoutsession", datetime_start="2026-10-25T02:50:00+02:00")["id"]
    with time_machine.travel(SECOND, tick=False):
        seen = visitor("grace")
        form = seen.see(seen.see(f"workoutsession/{key}/").link("End the session"))
        assert submit(seen, form, f"workoutsession/{key}/").status_code == 303
    assert grace.get(f"workoutsession/{key}/")["datetime_end"] == ITS_OWN


def test_a_filter_goes_on_to_mean_the_second(grace, seen):
    grace.add("weightentry", date="2026-10-25T02:30:00+02:00", weight="70")
    query = "weightentry/?date__gte=2026-10-25T02:10:00%2B01:00"
    page = seen.see(query)
    assert [(control["type"], control["value"]) for control in page.controls["date__gte"]] == [("text", ITS_OWN)]
    assert grace.get(query)["count"] == 0
