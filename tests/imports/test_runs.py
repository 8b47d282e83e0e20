"""What an import wrote: noted, and taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from wger_flask.auth.models import User
from wger_flask.domain.core.models import UserProfile
from wger_flask.domain.routines.models import WorkoutLog, WorkoutSession
from wger_flask.imports.models import ImportedRow, ImportRun
from wger_flask.imports.runs import UndoRefused, begin, last_run, note_change, note_rows, undo
from wger_flask.storage import columns
from wger_flask.storage.database import transaction


@pytest.fixture(autouse=True)
def context(app):
    """Which tables there are, the application knows."""
    with app.app_context():
        yield


@pytest.fixture
def run(people):
    """An import of grace that wrote a session with three logs."""
    user = people["grace"].id
    with transaction():
        run = begin(user, "hevy", "0" * 64, "workouts.csv")
        session = WorkoutSession.create(user=user)
        logs = [WorkoutLog.create(user=user, session=session, exercise=1, repetitions=number) for number in (5, 6, 7)]
        note_rows(run, WorkoutSession, [session.id])
        note_rows(run, WorkoutLog, [log.id for log in logs])
    return run


def left() -> tuple[int, int]:
    return WorkoutSession.select().count(), WorkoutLog.select().count()


def test_what_an_import_wrote_is_taken_back(run):
    assert run.rows == 4
    found = last_run(run.user_id)
    assert found is not None and found.id == run.id
    assert undo(found) == {WorkoutSession: 1, WorkoutLog: 3}
    assert left() == (0, 0)
    assert last_run(run.user_id) is None
    assert not ImportedRow.select().count()
    assert ImportRun.get().state == "undone"


def test_what_was_changed_since_is_told_kept_or_taken_along(run):
    changed = WorkoutLog.get(WorkoutLog.repetitions == 6)
    WorkoutLog.update(repetitions=9).where(WorkoutLog.id == changed.id).execute()
    with pytest.raises(UndoRefused) as refused:
        undo(run)
    assert (refused.value.changed, refused.value.dependants) == ({WorkoutLog: 1}, {})
    assert left() == (1, 3) and last_run(run.user_id) is not None, "nothing was done"
    assert undo(run, "keep") == {WorkoutLog: 2}
    assert left() == (1, 1), "the session of what stays stays, too"


def test_what_was_added_to_it_since_is_told_kept_or_taken_along(run):
    WorkoutLog.create(user=run.user_id, session=WorkoutSession.get(), exercise=1, repetitions=1)
    with pytest.raises(UndoRefused) as refused:
        undo(run)
    assert (refused.value.changed, refused.value.dependants) == ({}, {WorkoutLog: 1})
    with transaction():
        assert undo(run, "keep") == {WorkoutLog: 3}
        assert left() == (1, 1)


def test_the_number_of_queries_does_not_grow_with_what_was_added_since(run, queries):
    asked = []
    for _ in range(3):
        WorkoutLog.create(user=run.user_id, session=WorkoutSession.get(), exercise=1, repetitions=1)
        before = len(queries)
        with pytest.raises(UndoRefused):
            undo(run)
        asked.append(len(queries) - before)
    assert asked[1] == asked[2], "the first asks which tables there are, too"


def test_the_number_of_queries_does_not_grow_with_what_is_kept(run, queries):
    asked = []
    for number in (5, 5, 6):
        WorkoutLog.update(weight=1).where(WorkoutLog.repetitions == number).execute()
        before = len(queries)
        with pytest.raises(ZeroDivisionError), transaction():
            undo(run, "keep")
            raise ZeroDivisionError
        asked.append(len(queries) - before)
    assert asked[1] == asked[2], "the first asks which tables there are, too"


def test_all_of_it_goes_where_that_is_asked_for(run):
    WorkoutLog.create(user=run.user_id, session=WorkoutSession.get(), exercise=1, repetitions=1)
    WorkoutSession.update(notes="x").execute()
    assert undo(run, "delete") == {WorkoutSession: 1, WorkoutLog: 4}
    assert left() == (0, 0)


def test_rows_that_are_gone_already_are_in_nobodys_way(run):
    WorkoutLog.delete().where(WorkoutLog.repetitions < 7).execute()
    assert undo(run) == {WorkoutSession: 1, WorkoutLog: 1}


def test_rows_that_were_changed_get_back_what_they_held(people):
    user = people["grace"].id
    with transaction():
        run = begin(user, "take-out", "0" * 64)
        profile = UserProfile.get(UserProfile.user == user)
        before = {"height": profile.height, "birthdate": profile.birthdate, "weight_rounding": profile.weight_rounding}
        session = WorkoutSession.create(user=user)
        held = session.datetime_start
        UserProfile.update(height=190, birthdate="1990-01-01", weight_rounding=2.5).where(
            UserProfile.id == profile.id
        ).execute()
        WorkoutSession.update(datetime_start=columns.now() - timedelta(days=3)).execute()
        note_change(run, UserProfile, profile.id, before)
        note_change(run, WorkoutSession, session.id, {"datetime_start": held, "user": user})
    assert run.rows == 2
    assert undo(run) == {}
    after = UserProfile.get(UserProfile.user == user)
    assert {name: getattr(after, name) for name in before} == before
    assert WorkoutSession.get().datetime_start == held


def test_a_row_that_was_changed_twice_is_not_given_back_unasked(people):
    user = people["grace"].id
    profile = UserProfile.get(UserProfile.user == user)
    with transaction():
        run = begin(user, "take-out", "0" * 64)
        UserProfile.update(height=190).where(UserProfile.id == profile.id).execute()
        note_change(run, UserProfile, profile.id, {"height": profile.height})
    UserProfile.update(height=191).where(UserProfile.id == profile.id).execute()
    with pytest.raises(UndoRefused):
        undo(run)
    undo(run, "keep")
    assert UserProfile.get(UserProfile.id == profile.id).height == 191


def test_imports_go_with_their_account(run):
    from wger_flask.storage.cascade import delete

    with transaction():
        delete(User, [run.user_id])
    assert not ImportRun.select().count() and not ImportedRow.select().count()
