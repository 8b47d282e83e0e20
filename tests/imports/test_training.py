"""Sets of other apps become logs, once."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest

from wger_flask.domain.core.models import UserProfile
from wger_flask.domain.exercises.models import Alias, Exercise, Translation
from wger_flask.domain.routines.models import WorkoutLog, WorkoutSession
from wger_flask.imports.choices import RememberedChoices
from wger_flask.imports.importing import import_records, options_for, person_of, plans_for, read_file
from wger_flask.imports.models import ImportChoice, ImportRun
from wger_flask.imports.runs import last_run, undo
from wger_flask.storage import columns

from .reading import sample

EN, DE = 2, 1


@pytest.fixture
def user(app, people):
    """Grace's id; her profile is in Vienna's zone, and an application is at hand."""
    user = people["grace"].id
    UserProfile.update(time_zone="Europe/Vienna").where(UserProfile.user == user).execute()
    with app.app_context():
        yield user


def exercise_called(name: str) -> int:
    return Translation.get(Translation.name == name).exercise_id


def bring(user: int, content: str | bytes, **given: str):
    """Import a file, with choices of exercises by name; returns the import and the one plan."""
    stream = io.BytesIO(content if isinstance(content, bytes) else content.encode())
    file = read_file(stream, "file.csv", options=options_for(user))
    choices = RememberedChoices(user, {("exercise", name): target for name, target in given.items()})
    run, [plan] = import_records(person_of(user), file, choices)
    return run, plan


def look(user: int, content: str, **searches: str):
    file = read_file(io.BytesIO(content.encode()), "file.csv", options=options_for(user))
    [plan] = plans_for(person_of(user), file.records, RememberedChoices(user), searches)
    return {named.name: named for named in plan.names}, plan


def of(*names: str) -> str:
    """Return a file of FitNotes with a set of each of these exercises."""
    rows = (f'2024-03-04,"{name}",,60,kg,8' for name in names)
    return "\n".join(["Date,Exercise,Category,Weight,Weight Unit,Reps", *rows])


def test_sets_become_logs_in_sessions(user):
    run, plan = bring(user, sample("strong.csv"), Running=str(exercise_called("Deadlift")))
    assert (plan.new, plan.known, plan.skipped, run.rows) == (3, 0, 0, 4)
    session = WorkoutSession.get()
    assert session.notes == "Evening Workout\na good day\nBench Press: wide grip"
    assert str(session.datetime_start) == "2023-01-15 17:03:22+00:00"
    assert str(session.datetime_end) == "2023-01-15 18:08:22+00:00"
    logs = list(WorkoutLog.select().order_by(WorkoutLog.date))
    assert {log.session_id for log in logs} == {session.id} and {log.user_id for log in logs} == {user}
    assert [(log.weight, log.repetitions, log.rir) for log in logs[:2]] == [(40, 10, None), (80, 8, 2)]
    run = logs[2]
    assert (run.repetitions, run.repetitions_unit.name) == (1800, "Seconds")
    assert (run.weight, run.weight_unit.name) == (Decimal("10.4"), "Kilometers Per Hour")


def test_what_was_imported_before_is_not_imported_again(user):
    bring(user, sample("strong.csv"), Running="")
    run, plan = bring(user, sample("strong.csv"))
    assert run is None and (plan.new, plan.known, plan.skipped) == (0, 2, 1)
    more = sample("strong.csv").decode() + '2023-01-15 18:03:22,"Evening Workout",1h 5m,"Bench Press",2,85,3,0,0,,,\n'
    run, plan = bring(user, more)
    assert (plan.new, plan.known, run.rows) == (1, 2, 1)
    assert WorkoutSession.select().count() == 1


def test_a_profile_that_gets_another_zone_makes_no_set_come_twice(user):
    bring(user, sample("fitnotes.csv"))
    UserProfile.update(time_zone="America/New_York").where(UserProfile.user == user).execute()
    assert bring(user, sample("fitnotes.csv"))[1].new == 0


def test_a_set_that_was_changed_here_does_not_come_again(user):
    bring(user, sample("strong.csv"))
    WorkoutLog.update(weight=99).execute()
    assert bring(user, sample("strong.csv"))[0] is None


def test_an_import_that_was_taken_back_can_be_made_again(user):
    run, _ = bring(user, sample("strong.csv"))
    assert undo(last_run(user)) == {WorkoutSession: 1, WorkoutLog: 3}
    assert WorkoutLog.select().count() == 0
    assert bring(user, sample("strong.csv"))[1].new == 3


def test_the_same_file_is_imported_for_each_account(user, people):
    bring(user, sample("strong.csv"))
    assert bring(people["linus"].id, sample("strong.csv"))[1].new == 3
    assert WorkoutLog.select().count() == 6


def test_keys_that_others_have_are_in_nobodys_way(user, people):
    """Clients choose keys: somebody may have taken those that an import gives."""
    bring(user, sample("strong.csv"))
    WorkoutLog.update(user=people["linus"].id).execute()
    WorkoutSession.update(user=people["linus"].id).execute()
    assert bring(user, sample("strong.csv"))[1].new == 3
    assert WorkoutLog.select().where(WorkoutLog.user == user).count() == 3
    assert WorkoutLog.select().where(WorkoutLog.user == people["linus"].id).count() == 3


# -- which exercise ---------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("Bench Press", "Bench Press"),
        ("bench  press", "Bench Press"),
        ("BENCH-PRESS", "Bench Press"),
        ("Bench Press (Dumbbell)", "Dumbbell Bench Press"),
        ("Flat Barbell Bench Press", "Bench Press"),
        ("Bench Press, Dumbbell", "Dumbbell Bench Press"),
        ("Pull-Ups", "Pull-Up"),
        ("Klimmzug", None),
    ],
)
def test_names_are_matched_as_they_are_spelled_then_however_they_are(user, name, meant):
    names, _ = look(user, of(name))
    assert names[name].target == (None if meant is None else str(exercise_called(meant)))


def test_names_in_the_language_of_the_profile_come_before_english_ones(user):
    UserProfile.update(notification_language=DE).where(UserProfile.user == user).execute()
    names, _ = look(user, of("Klimmzug", "Bench Press", "KLIMMZÜGE IM UNTERGRIFF"))
    targets = [named.target for named in names.values()]
    assert targets == [str(exercise_called(name)) for name in ("Klimmzug", "Bench Press", "Klimmzüge im Untergriff")]
    assert names["Bench Press"].label == "Bankdrücken"


def test_a_name_that_two_exercises_have_is_asked_for(user):
    other = Exercise.get(Exercise.id == exercise_called("Deadlift")).id
    Alias.create(translation=Translation.get(Translation.exercise == other, Translation.language == EN), alias="Lift")
    Alias.create(translation=Translation.get(Translation.name == "Pull-Up"), alias="Lift")
    names, plan = look(user, of("Lift"))
    assert names["Lift"].target is None and plan.skipped == 1
    assert {label for _, label in names["Lift"].suggestions[:2]} == {"Deadlift", "Pull-Up"}


def test_what_matches_nothing_is_left_out_and_told_with_what_it_may_be(user):
    run, plan = bring(user, of("Bench Press", "Bench Press (Barbell)", "Bench Press (Barbell)"))
    assert (plan.new, plan.skipped) == (1, 2)
    [unmatched] = plan.unmatched
    assert (unmatched.name, unmatched.times, unmatched.line) == ("Bench Press (Barbell)", 2, 3)
    assert "Bench Press" in [label for _, label in unmatched.suggestions]


def test_what_a_person_looks_for_is_suggested(user):
    names, _ = look(user, of("My machine"), **{"My machine": "dead lift"})
    assert names["My machine"].suggestions[0][1] == "Deadlift"


def test_what_was_chosen_is_remembered(user):
    deadlift = str(exercise_called("Deadlift"))
    bring(user, of("My lift", "Other"), **{"My lift": deadlift, "Other": ""})
    names, plan = look(user, of("my LIFT", "Other", "Third"))
    assert (names["my LIFT"].target, names["my LIFT"].is_chosen, names["Other"].target) == (deadlift, True, "")
    assert [named.name for named in plan.unmatched] == ["Third"]
    bring(user, of("My lift"), **{"My lift": ""})
    assert ImportChoice.get(ImportChoice.name == "my lift").target == ""


def test_a_choice_whose_exercise_is_gone_is_asked_for_again(user):
    ImportChoice.create(user=user, kind="exercise", name="my lift", target="999999")
    names, _ = look(user, of("My lift"))
    assert names["My lift"].target is None


def test_a_choice_is_its_owners_alone(user, people):
    bring(user, of("My lift"), **{"My lift": str(exercise_called("Deadlift"))})
    assert look(people["linus"].id, of("My lift"))[0]["My lift"].target is None


# -- what a log holds -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("weight", "reps", "distance", "unit", "time", "amount", "load"),
    [
        ("60", "8", "", "", "", (8, "Repetitions"), (60, "kg")),
        ("", "8", "", "", "", (8, "Repetitions"), (None, "kg")),
        ("", "", "5", "km", "", (5, "Kilometers"), (None, "kg")),
        ("", "", "3", "mi", "", (3, "Miles"), (None, "kg")),
        ("", "", "3", "mi", "0:30:00", (1800, "Seconds"), (6, "Miles Per Hour")),
        ("", "", "30", "km", "3:00:00", (180, "Minutes"), (10, "Kilometers Per Hour")),
        ("", "", "", "", "0:01:30", (90, "Seconds"), (None, "kg")),
        ("40", "", "500", "m", "", (Decimal("0.5"), "Kilometers"), (40, "kg")),
        ("40", "", "", "", "0:01:00", (60, "Seconds"), (40, "kg")),
    ],
)
def test_amounts_and_loads(user, weight, reps, distance, unit, time, amount, load):
    head = "Date,Exercise,Category,Weight,Weight Unit,Reps,Distance,Distance Unit,Time"
    bring(user, f"{head}\n2024-03-04,Deadlift,,{weight},kg,{reps},{distance},{unit},{time}")
    log = WorkoutLog.get()
    assert (log.repetitions, log.repetitions_unit.name) == amount
    assert (log.weight, log.weight_unit.name) == load


@pytest.mark.parametrize(("weight", "reps", "told"), [("", "", "there are neither"), ("99999", "1", "a set holds no")])
def test_sets_that_no_log_can_hold_are_told_and_left_out(user, weight, reps, told):
    run, plan = bring(user, f"{of('Deadlift')}\n2024-03-05,Deadlift,,{weight},kg,{reps}")
    [remark] = plan.remarks
    assert remark.line == 3 and remark.text.startswith(told)
    assert plan.new == WorkoutLog.select().count() == WorkoutSession.select().count() == 1


def test_an_end_that_cannot_be_is_told_and_left_out(user):
    rows = sample("hevy.csv").decode().replace("28 Mar 2024, 18:31", "25 Mar 2024, 18:31")
    _, plan = bring(user, rows)
    assert [(remark.line, remark.text[:17]) for remark in plan.remarks] == [(5, "the workout's end")]
    assert {session.datetime_end is None for session in WorkoutSession.select()} >= {True}


def test_nothing_is_written_where_something_cannot_be(user, monkeypatch):
    from wger_flask.imports.stores.training import TrainingPlan

    def fails(plan, run, progress):
        WorkoutSession.create(user=user, datetime_start=columns.now())
        raise ValueError("no disk")

    monkeypatch.setattr(TrainingPlan, "write", fails)
    with pytest.raises(ValueError, match="no disk"):
        bring(user, of("Deadlift", "x"), x="")
    assert not WorkoutSession.select().count() + ImportRun.select().count() + ImportChoice.select().count()
