"""Backups by setting: made when they are due, the latest few kept, and their age told."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from tests.reference import SERVER
from wger_flask.backups import JOB, register, scheduled
from wger_flask.jobs.models import JobRun
from wger_flask.jobs.worker import run_due
from wger_flask.operations import machine, readiness
from wger_flask.options import SettingsError
from wger_flask.rest.registry import Registry
from wger_flask.storage.columns import now
from wger_flask.storage.database import transaction
from wger_flask.sync.app_walk import OK, PROBLEM, WARNING
from wger_flask.testing.server import Client, settings_for


@pytest.fixture
def settings(app, tmp_path):
    """Settings with which backups are made every six hours, of which two are kept."""
    from wger_flask.storage.database import database

    url = database.obj.database if SERVER else f"sqlite:///{database.obj.database}"
    return settings_for(
        url, tmp_path / "instance", WGER_BACKUP_DIR=str(tmp_path / "kept"), WGER_BACKUP_EVERY=6, WGER_BACKUP_KEEP=2
    )


@pytest.fixture
def jobs(settings):
    registry = Registry()
    register(registry, settings)
    return registry.jobs


def test_without_a_folder_there_is_no_job(app):
    registry = Registry()
    register(registry, app.extensions["wger_flask"].settings)
    assert not registry.jobs


@pytest.mark.parametrize(("name", "value"), [("WGER_BACKUP_EVERY", 0), ("WGER_BACKUP_KEEP", 0)])
def test_values_that_make_no_sense_stop_the_start(tmp_path, name, value):
    with pytest.raises(SettingsError, match=name):
        settings_for("sqlite:///x", tmp_path, **{name: value})


def test_they_are_made_when_they_are_due_and_the_latest_are_kept(settings, jobs, tmp_path):
    folder = tmp_path / "kept"
    folder.mkdir()
    (folder / "wger-of-mine.tar.zst").touch()
    (folder / ".wger-20200101-000000.tar.zst.part").touch()  # of a process that was killed
    start, made = now(), []
    for hours in (0, 3, 6, 12, 18):
        with time_machine.travel(start + timedelta(hours=hours), tick=False):
            made.append(run_due(jobs))
    assert made == [[JOB], [], [JOB], [JOB], [JOB]]
    names = sorted(path.name for path in folder.iterdir())
    latest = [scheduled.name_at(start + timedelta(hours=hours)) for hours in (12, 18)]
    assert names == sorted([*latest, "wger-of-mine.tar.zst"])


@pytest.mark.parametrize("days", [400, -400], ids=["ahead", "behind"])
def test_a_clock_that_is_wrong_for_a_while_costs_no_backup_that_is_new(settings, jobs, tmp_path, days):
    start = now()
    moments = [start, start + timedelta(days=days), start + timedelta(hours=12), start + timedelta(hours=18)]
    for number, moment in enumerate(moments):
        with time_machine.travel(moment, tick=False):
            assert run_due(jobs) == [JOB]
        kept = {path.name for path in (tmp_path / "kept").iterdir()}
        latest = {scheduled.name_at(one) for one in moments[max(0, number - 1) : number + 1]}
        assert kept == latest or number == 2 and scheduled.name_at(moment) in kept and len(kept) == 2


def told(settings):
    found = readiness.look_at_backups(settings)
    return found["status"], machine.backups(settings).status


def test_their_age_is_told(settings, jobs, app):
    assert told(settings) == ("overdue", WARNING)  # a server that was just started
    start = now()
    with time_machine.travel(start, tick=False):
        run_due(jobs)
    with time_machine.travel(start + timedelta(hours=11), tick=False):
        found = readiness.look_at_backups(settings)
        assert found == {"last": start.isoformat(), "age": 11 * 3600, "status": "ok"}
        assert machine.backups(settings).status == OK
        shown = Client(app).get("/readyz").json["backup"]
        assert shown == found
    with time_machine.travel(start + timedelta(hours=13), tick=False):
        assert told(settings) == ("overdue", PROBLEM)
        assert Client(app).get("/readyz").status_code == 200  # requests can be served all the same


def test_one_that_fails_is_told_and_the_last_stays(settings, jobs, tmp_path):
    start = now()
    with time_machine.travel(start, tick=False):
        run_due(jobs)
    kept = list((tmp_path / "kept").iterdir())
    with transaction():
        JobRun.update(due=start).execute()
    (tmp_path / "kept").rename(tmp_path / "away")
    (tmp_path / "kept").write_text("no folder")
    assert run_due(jobs) == []
    assert told(settings) == ("failed", PROBLEM)
    assert readiness.look_at_backups(settings)["last"] == start.isoformat()
    assert [path.name for path in (tmp_path / "away").iterdir()] == [path.name for path in kept]


def test_one_by_the_command_counts(app, settings):
    from wger_flask.backups import status

    moment = now()
    status.note(moment)
    status.note(moment)
    assert readiness.look_at_backups(settings)["last"] == moment.isoformat()
    assert told(app.extensions["wger_flask"].settings) == ("ok", WARNING)  # none are scheduled


def test_a_database_that_is_away_tells_nothing(settings, monkeypatch):
    def refuse(*arguments):
        raise ValueError("away")

    monkeypatch.setattr(readiness, "status", refuse)
    assert readiness.look_at_backups(settings) is None
    assert machine.backups(settings).status == WARNING
