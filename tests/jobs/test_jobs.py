"""Jobs: done when they are due, by the process that is elected, again where they failed."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from wger_flask.jobs import worker
from wger_flask.jobs.models import JobRun
from wger_flask.jobs.worker import run_due
from wger_flask.rest.jobs import Job
from wger_flask.rest.registry import RegistrationError, Registry

DAY = timedelta(days=1)
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_a_job_is_done_once_until_it_is_due_again(app):
    done: list[int] = []
    jobs = [Job("count", DAY, lambda: done.append(1))]
    assert [run_due(jobs, NOW + timedelta(hours=hours)) for hours in (0, 1, 23, 24, 25)] == [
        ["count"],
        [],
        [],
        ["count"],
        [],
    ]
    assert len(done) == 2
    assert JobRun.get().ended == NOW + DAY


def test_a_clock_that_was_ahead_delays_none(app):
    done: list[datetime] = []
    jobs = [Job("count", DAY, lambda: done.append(NOW))]
    assert run_due(jobs, NOW + 400 * DAY) == ["count"]
    assert [run_due(jobs, NOW + timedelta(hours=hours)) for hours in (0, 23, 24)] == [["count"], [], ["count"]]
    assert JobRun.get().due == NOW + 2 * DAY


def test_who_is_not_elected_does_none(app, monkeypatch):
    monkeypatch.setattr(worker, "is_elected", lambda: False)
    assert run_due([Job("count", DAY, lambda: pytest.fail("it was done"))], NOW) == []
    assert not JobRun.select().count()


def test_a_job_that_fails_is_tried_again_and_keeps_no_other_waiting(app, caplog):
    outcome = iter([ValueError("no disk"), None])

    def fails() -> None:
        if wrong := next(outcome):
            raise wrong

    done: list[int] = []
    jobs = [Job("fails", DAY, fails), Job("other", DAY, lambda: done.append(1))]
    assert run_due(jobs, NOW) == ["other"]
    assert done == [1]
    assert "the job fails failed" in caplog.text
    held = JobRun.get(JobRun.name == "fails")
    assert (held.ended, held.error, held.due) == (None, "ValueError: no disk", NOW + worker.RETRY)
    assert run_due(jobs, NOW + worker.RETRY) == ["fails"]
    held = JobRun.get(JobRun.name == "fails")
    assert (held.ended, held.error) == (NOW + worker.RETRY, "")


def test_a_process_that_serves_does_them_in_a_thread_of_its_own(app, monkeypatch):
    monkeypatch.setattr(worker, "LOOK_SECONDS", 0.01)
    done = threading.Event()
    app.extensions["wger_flask"].registry.jobs[:], before = (
        [Job("tell", DAY, done.set)],
        app.extensions["wger_flask"].registry.jobs[:],
    )
    try:
        worker.start(app)
        assert done.wait(600)
    finally:
        worker.stop()
        worker._worker._thread.join()  # it notes the run; the next test has another database
        app.extensions["wger_flask"].registry.jobs[:] = before


def test_the_measurements_are_recalculated_daily(app):
    registry = app.extensions["wger_flask"].registry
    assert [(job.name, job.every) for job in registry.jobs if job.name.startswith("recalculate")] == [
        ("recalculate measurements", DAY)
    ]
    assert run_due(registry.jobs, NOW)


def test_a_name_is_taken_once():
    registry = Registry()
    registry.add_job("count", print, DAY)
    with pytest.raises(RegistrationError, match="job 'count' is registered twice"):
        registry.add_job("count", print, DAY)
