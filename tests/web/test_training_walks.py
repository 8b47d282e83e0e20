"""What a person who trains does by links and forms alone: plan in one step, train by a session, copy."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.web.conftest import Page
from tests.web.test_routine_views import log, plan
from wger_flask.domain.routines.models import Routine, SlotEntry, WorkoutLog, WorkoutSession
from wger_flask.rest.timezone import today


@pytest.fixture
def ada(visitor):
    """Ada at a browser."""
    return visitor("ada")


def submit(visitor, page: Page, action: str, method: str = "", **typed):
    """Send the form of a page as a browser would: all that its controls hold, some of it typed over."""
    held = {}
    for name, found in page.controls.items():
        ticks = [control for control in found if control.get("type") == "checkbox"]
        shown = [control for control in found if control not in ticks or "checked" in control]
        held[name] = shown[0].get("value", "") if shown else ""
    return visitor.send(action, method or held.get("_method", ""), **(held | typed))


# -- forms that ask for what matters ---------------------------------------------------------------
def test_a_form_asks_for_what_matters_and_tells_what_it_is_about(ada, person):
    page = ada.see(f"routine/{plan(person('ada'))}/")
    form = ada.see(next(url for url, words in page.links if words == "Log a set of Bench Press"))
    asked, _, more = form.text.partition('<details class="more">')
    assert [name for name in ("repetitions", "weight", "rir") if f'name="{name}"' in asked] == [
        "repetitions",
        "weight",
        "rir",
    ]
    assert 'name="next_log"' in more and 'name="exercise"' in more and 'name="exercise"' not in asked
    assert "Exercise Bench Press" in " ".join(form.words.split()) and "Iteration 7" in " ".join(form.words.split())


def test_a_field_that_something_is_wrong_with_is_not_folded_away(ada, person):
    page = ada.see(f"routine/{plan(person('ada'))}/")
    form = ada.see(next(url for url, words in page.links if words == "Log a set of Bench Press"))
    refused = Page(submit(ada, form, "workoutlog/", rest="-1", weight=""))
    asked, _, more = refused.text.partition('<details class="more">')
    assert refused.status == 400 and 'name="rest"' in asked and 'name="rest"' not in more
    assert 'name="session"' in more, "what was folded away stays so"
    assert "Exercise Bench Press" in " ".join(refused.words.split())


@pytest.mark.parametrize("odd", ["_ask=", "_ask=nothing", "_ask=,,weight", "_ask=weight&_tell=%00", "_land=x"])
def test_odd_wishes_leave_a_form_whole(ada, odd):
    page = ada.see(f"workoutlog/?_next=/&{odd}")
    assert page.status == 200 and {"weight", "next_log", "exercise"} <= set(page.controls)


# -- planning ------------------------------------------------------------------------------------------
def test_an_exercise_is_planned_in_one_form(ada, person):
    routine = plan(person("ada"), exercises=())
    page = ada.see(f"routine/{routine}/")
    form = ada.see(ada.see(page.link("Add an exercise to Push")).link("Choose Deadlift"))
    day = person("ada").get("day/")["results"][0]["id"]
    typed = {"sets": "3", "repetitions": "5", "weight": "100", "weight_gain": "5", "when_reached": "true"}
    refused = Page(submit(ada, form, f"day/{day}/add-exercise/", **typed | {"sets": "51"}))
    assert refused.status == 400 and "less than or equal to 50" in refused.words
    assert refused.controls["weight"][0]["value"] == "100" and SlotEntry.select().count() == 0
    made = submit(ada, form, f"day/{day}/add-exercise/", **typed)
    assert (made.status_code, made.location) == (303, f"/api/v2/routine/{routine}/#day-{day}")
    page = ada.see(f"routine/{routine}/?iteration=1")
    assert "3 Sets, 5 × 100 kg" in page.words
    assert "+5 kg in every iteration from 2 on, once weight and repetitions were reached" in page.words

    form = ada.see(page.link("Change sets and weights"))
    assert "Prescription: Deadlift" in form.words
    assert {name: form.controls[name][0].get("value") for name in ("weight", "weight_gain")} == {
        "weight": "100.00",
        "weight_gain": "5.00",
    }
    assert any("checked" in control for control in form.controls["when_reached"])
    entry = SlotEntry.get()
    saved = submit(ada, form, f"slot-entry/{entry.id}/prescription/", weight="110", weight_gain="", repetitions="")
    assert (saved.status_code, saved.location) == (303, f"/api/v2/routine/{routine}/?iteration=1#day-{day}")
    page = ada.see(f"routine/{routine}/?iteration=3")
    assert "3 Sets, 110 kg" in page.words and "in every iteration" not in page.words


def test_a_superset_is_made_by_a_second_exercise(ada, person):
    page = ada.see(f"routine/{plan(person('ada'), exercises=(1,))}/")
    form = ada.see(ada.see(page.link("Add to a superset")).link("Choose Deadlift"))
    slot = SlotEntry.get().slot_id
    submit(ada, form, f"slot/{slot}/add-exercise/", sets="2", repetitions="9")
    words = ada.see(f"routine/{Routine.get().id}/").words
    assert "Superset" in words and "2 Sets, 9 Reps" in words


def test_what_is_somebody_elses_is_not_planned_into(visitor, person):
    plan(person("ada"), exercises=(1,))
    grace, entry = visitor("grace"), SlotEntry.get()
    for path in (f"slot/{entry.slot_id}/add-exercise/", f"slot-entry/{entry.id}/prescription/"):
        method = "PATCH" if path.endswith("prescription/") else ""
        assert grace.send(path, method, exercise="1", sets="9", _next="/").status_code == 404, path
    assert SlotEntry.select().count() == 1


def test_routines_are_listed_by_name_and_date(ada, person):
    plan(person("ada"), exercises=(), start=today().isoformat(), end=today().isoformat())
    plan(person("ada"), exercises=(), is_template=True)
    nameless = person("ada").add("routine", start="2999-01-01", end="2999-01-02")["id"]
    page = ada.see("routine/")
    words = " ".join(page.words.partition("As a table")[0].split())
    assert page.link(f"Routine {nameless}") == f"/api/v2/routine/{nameless}/"
    assert words.index("1 Jan 2999 – 2 Jan 2999 to come") < words.index("running")
    assert words.index("running") < words.index("6 Jan 2025 – 19 Jan 2025 template"), "as the list is ordered"
    assert "As a table" in page.words and "As a table" not in ada.see("public-templates/").words


def test_days_and_exercises_are_moved_by_buttons(ada, person):
    path = f"routine/{plan(person('ada'), days=('Push', 'Rest', 'Pull'))}/"

    def press(name: str, words: str) -> None:
        page = ada.see(f"{path}?iteration=2")
        row = next(found for found in page.forms if name in [said for _, said in found.buttons])
        pressed = dict((said, attributes) for attributes, said in row.buttons)[name]
        moved = ada.send(row.action, **row.hidden | {pressed["name"]: pressed["value"]})
        assert (moved.status_code, moved.location.partition("#")[0]) == (303, f"/api/v2/{path}?iteration=2")
        page = ada.see(moved.location)
        assert moved.location.partition("#")[2] in page.ids, "the page comes back to what was moved"
        found = re.findall(r"<h3[^>]*>.*?</span>([^<]+)|<strong><a[^>]*>([^<]+)", page.text)
        shown = [" ".join("".join(pair).split()) for pair in found]
        assert " ".join(shown) == words

    press("↓ Move Bench Press later", "Push Overhead Press Bench Press Rest Pull Bench Press Overhead Press")
    press("↑ Move Bench Press earlier", "Push Bench Press Overhead Press Rest Pull Bench Press Overhead Press")
    press("↓ Later Push", "Rest Push Bench Press Overhead Press Pull Bench Press Overhead Press")
    ends = [words for found, words in ada.see(path).buttons if "disabled" in found]
    assert ends == ["↑ Earlier Rest", "↑ Move Bench Press earlier", "↓ Move Overhead Press later"] + [
        "↑ Move Bench Press earlier",
        "↓ Move Overhead Press later",
        "↓ Later Pull",
    ]


# -- training --------------------------------------------------------------------------------------------
def test_a_session_shows_what_is_left_to_do(ada, person):
    routine = plan(person("ada"), exercises=(1,), start=today().isoformat(), end=today().isoformat())
    page = ada.see(f"routine/{routine}/")
    made = submit(ada, ada.see(page.link("Train now with Push")), "workoutsession/")
    session = WorkoutSession.get()
    assert made.location == f"/api/v2/workoutsession/{session.id}/"
    for number in (1, 2):
        page = ada.see(made.location)
        assert f"{number - 1} of 4" in page.words and "4 Sets, 6 × 60 kg" in page.words
        form = ada.see(next(url for url, words in page.links if words == f"Log set {number} of Bench Press"))
        logged = submit(ada, form, "workoutlog/")
        assert logged.location.startswith(made.location + "#entry-")
    assert {(str(row.weight), row.session_id, row.iteration) for row in WorkoutLog.select()} == {
        ("60.00", session.id, 1),
    }
    assert ada.see(ada.see(f"routine/{routine}/").link("Today's session")).status == 200


def test_a_session_of_another_day_is_logged_on_its_date(ada, person):
    routine = plan(person("ada"), exercises=(1,))
    day = person("ada").get("day/")["results"][0]["id"]
    key = person("ada").add("workoutsession", routine=routine, day=day, datetime_start="2025-01-09T17:30:00")["id"]
    page = ada.see(f"workoutsession/{key}/")
    assert "iteration 2" in page.words and "4 Sets, 6 × 62.50 kg" in page.words, "a day late is that day's all the same"
    form = ada.see(next(url for url, words in page.links if words == "Log set 1 of Bench Press"))
    submit(ada, form, "workoutlog/")
    assert WorkoutLog.get().date.date() == date(2025, 1, 9)


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("2025-01-09T17:30:00", "2025-01-09T18:45:00", "2025-01-09 17:30–18:45"),
        ("2025-01-09T23:30:00", "2025-01-10T00:15:00", "2025-01-09 23:30–00:15 the next day"),
        ("2025-01-09T22:30:00Z", "2025-01-09T23:30:00Z", "2025-01-09 23:30–00:30 the next day"),
        ("2025-01-09T17:30:00", None, "2025-01-09 17:30"),
    ],
)
def test_when_a_session_was_is_said(ada, person, start, end, words):
    key = person("ada").add("workoutsession", datetime_start=start, datetime_end=end)["id"]
    for path in (f"workoutsession/{key}/", "workoutsession/"):
        page = ada.see(path)
        assert words in " ".join(page.words.split())
        assert "End the session" not in page.words, "it is long over"


def test_a_session_that_goes_on_is_ended_at_its_page(ada, person):
    start = (datetime.now(UTC) - timedelta(hours=1)).replace(microsecond=0)
    key = person("ada").add("workoutsession", datetime_start=start.isoformat())["id"]
    page = ada.see(f"workoutsession/{key}/")
    assert "since " in page.words
    form = ada.see(page.link("End the session"))
    before = datetime.now(UTC)
    done = submit(ada, form, f"workoutsession/{key}/")
    assert done.location.startswith(f"/api/v2/workoutsession/{key}/")
    session = WorkoutSession.get()
    assert session.datetime_start == start
    assert start < session.datetime_end <= before
    assert "End the session" not in ada.see(f"workoutsession/{key}/").words


def test_a_session_that_goes_on_past_midnight_is_still_offered(ada, person, monkeypatch):
    routine = plan(person("ada"))
    start = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    key = person("ada").add("workoutsession", routine=routine, datetime_start=start)["id"]
    monkeypatch.setattr("wger_flask.domain.routines.pages.today", lambda: today() + timedelta(days=1))
    page = ada.see(f"routine/{routine}/")
    assert page.link("Today's session") == f"/api/v2/workoutsession/{key}/"
    assert not [words for _, words in page.links if words.startswith("Train now")]


def test_the_last_of_several_sessions_of_a_day_is_the_one_of_the_calendar(ada, person):
    routine = plan(person("ada"))
    late, _ = (
        person("ada").add("workoutsession", routine=routine, datetime_start=f"2025-01-06T{hour}:00:00")["id"]
        for hour in ("20", "08")
    )
    page = ada.see(f"routine/{routine}/")
    assert [url.rstrip("/").rpartition("/")[2] for url, words in page.links if words.startswith("✓")] == [late]


def test_the_calendar_leads_to_the_sessions(ada, person):
    routine = plan(person("ada"))
    log(person("ada"), routine, 2)
    page = ada.see(f"routine/{routine}/")
    keys = {str(row.id) for row in WorkoutSession.select()}
    ticks = {url.rstrip("/").rpartition("/")[2] for url, words in page.links if words.startswith("✓")}
    assert ticks == keys and len(keys) == 2


# -- copying ---------------------------------------------------------------------------------------------
def test_a_template_of_somebody_else_is_trained_by(visitor, person):
    original = plan(person("ada"), is_template=True, is_public=True)
    grace = visitor("grace")
    form = grace.see(grace.see(f"routine/{original}/").link("Train by this template"))
    made = submit(grace, form, f"routine/{original}/copy/", name="Mine", start="2026-03-02")
    copy = Routine.get(Routine.id != original)
    assert made.location == f"/api/v2/routine/{copy.id}/" and copy.user.username == "grace"
    page = grace.see(f"{made.location}?iteration=1")
    assert page.words.count("4 Sets, 6 × 60 kg") == 2 and "Add a day" in page.words
    assert page.title.startswith("Mine") and not copy.is_template
    assert (copy.start, copy.end) == (date(2026, 3, 2), date(2026, 3, 15))


# -- finding one's way -----------------------------------------------------------------------------------
def test_the_menu_leads_to_what_is_ones_own(visitor, ada):
    labels = ["Routines", "Workouts", "Food", "Weight"]
    assert _menu(ada.see("/"))[:4] == labels
    assert not set(_menu(visitor().see("/"))) & set(labels)


def _menu(page: Page) -> list[str]:
    """Return what the main menu says."""
    (menu,) = re.findall('<nav class="menu".*?</ul>', page.text, re.S)
    return re.findall(">([^<]+)</a>", menu)


def test_the_way_back_is_named_as_people_name_it(ada, person):
    routine = plan(person("ada"))
    page = ada.see(f"routine/{routine}/stats/")
    assert page.link("Routines") == "/api/v2/routine/"
    assert page.link("Strength") == f"/api/v2/routine/{routine}/"


ITERATIONS = ("abc", "9" * 21, "-1", "1.5", "%00", "9" * 5000, "", "1&iteration=2", "[]", "١٢")


@pytest.mark.parametrize("odd", ITERATIONS)
def test_no_query_breaks_a_page_of_training(ada, person, odd):
    routine = plan(person("ada"), exercises=(1,))
    log(person("ada"), routine, 1)
    session = WorkoutSession.get().id
    for path in (
        f"routine/{routine}/",
        f"routine/{routine}/stats/",
        f"routine/{routine}/logs/",
        f"routine/{routine}/structure/",
        f"routine/{routine}/date-sequence-display/",
        f"workoutsession/{session}/",
        "workoutsession/",
        f"slot-entry/{SlotEntry.get().id}/prescription/",
    ):
        assert ada.see(f"{path}?iteration={odd}").status == 200, path
        assert ada.see(f"{path}?iteration={odd}&_next=/&_ask={odd}&_chosen={odd}:{odd}").status == 200, path


def test_a_day_with_exercises_does_not_ask_whether_it_is_one_of_rest(ada, person):
    """To say so would delete them."""
    routine = plan(person("ada"), days=("Push",), exercises=(1,))
    filled = ada.see(ada.see(f"routine/{routine}/").link("Change day")).text.partition('<details class="more">')
    SlotEntry.get().slot.delete_instance(recursive=True)
    emptied = ada.see(ada.see(f"routine/{routine}/").link("Change day")).text.partition('<details class="more">')
    assert [('name="is_rest"' in shown, 'name="is_rest"' in folded) for shown, _, folded in (filled, emptied)] == [
        (False, True),
        (True, False),
    ]
