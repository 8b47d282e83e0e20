"""Whether the server lives and whether it is ready: what is told, and that nothing else of it is."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import peewee
import pytest

from tests.reference import SERVER
from wger_flask.operations import readiness
from wger_flask.storage.database import database, database_file, transaction
from wger_flask.storage.migrations import Migration
from wger_flask.testing.server import Client

WELL = {"database": "ok", "migrations": "ok", "media": "ok", "disk": "ok"}
NEVER = {"last": None, "age": None, "status": "none"}


@pytest.fixture
def anybody(app):
    return Client(app)


@pytest.fixture
def away(monkeypatch):
    """A database that refuses whatever it is asked, in words that hold a password."""

    def refuse(*args, **kwargs):
        raise peewee.OperationalError("connection of wger:secret@db refused")

    monkeypatch.setattr(database.obj, "execute_sql", refuse)


def test_a_server_that_is_well_says_so(anybody):
    alive, ready = anybody.get("/healthz"), anybody.get("/readyz")
    assert (alive.status_code, alive.json) == (200, {"status": "ok"})
    assert (ready.status_code, ready.json) == (200, {"status": "ok", "checks": WELL, "backup": NEVER})
    assert alive.headers["Cache-Control"] == ready.headers["Cache-Control"] == "no-store"


def test_a_database_that_is_away_is_named_and_nothing_of_it_told(anybody, away):
    ready = anybody.get("/readyz")
    assert (ready.status_code, ready.json["status"]) == (503, "unavailable")
    assert ready.json["checks"]["database"] == "does not answer"
    assert "Retry-After" in ready.headers and "secret" not in ready.text
    assert anybody.get("/healthz").status_code == 200


def test_a_process_lives_without_the_file_of_its_database(anybody, monkeypatch):
    def gone(held):
        raise peewee.OperationalError("no such file")

    monkeypatch.setattr(database.obj.dialect, "look", gone)
    assert anybody.get("/healthz").status_code == 200
    ready = anybody.get("/readyz")
    assert (ready.status_code, ready.json["checks"]["database"]) == (503, "does not answer")


def test_a_migration_that_was_not_applied_is_told(anybody):
    with transaction():
        Migration.delete().where(Migration.name == Migration.select(Migration.name).limit(1)).execute()
    ready = anybody.get("/readyz")
    assert (ready.status_code, ready.json["checks"]) == (
        503,
        WELL | {"migrations": "are missing: run wger-flask migrate"},
    )


def test_a_media_folder_is_looked_at(tmp_path, monkeypatch):
    readiness.check_media(tmp_path)
    readiness.check_media(tmp_path / "is" / "made" / "when" / "needed")
    (tmp_path / "file").touch()
    with pytest.raises(readiness.NotReady, match="no folder"):
        readiness.check_media(tmp_path / "file")
    for refused, told in ((os.W_OK, "written"), (os.R_OK, "read")):
        with monkeypatch.context() as patched:  # root may do everything: what the system says is not asked
            patched.setattr(os, "access", lambda path, mode, refused=refused: not mode & refused)
            with pytest.raises(readiness.NotReady, match=told):
                readiness.check_media(tmp_path)


def test_a_disk_that_is_full_is_told(app, monkeypatch):
    settings = app.extensions["wger_flask"].settings
    monkeypatch.setattr(readiness, "free_megabytes", lambda folder: settings.WGER_MIN_FREE_DISK - 1)
    with pytest.raises(readiness.NotReady, match="instance folder has less than 100 MB left"):
        readiness.check_room(settings)


@pytest.mark.skipif(bool(SERVER), reason="a server's disk is its own")
def test_the_disk_of_the_database_is_looked_at_wherever_that_is(app, monkeypatch, tmp_path):
    settings = app.extensions["wger_flask"].settings
    (elsewhere := tmp_path / "elsewhere").mkdir()
    monkeypatch.setattr(readiness, "database_file", lambda: elsewhere / "wger.sqlite")
    monkeypatch.setattr(readiness, "free_megabytes", lambda folder: 10**6 * (folder != elsewhere))
    with pytest.raises(readiness.NotReady, match="of the database's folder has less than 100 MB left"):
        readiness.check_room(settings)


@pytest.mark.skipif(bool(SERVER), reason="a server's files are its own")
def test_a_database_that_cannot_be_written_to_is_told(app, anybody, monkeypatch):
    reads = anybody.get("/api/v2/exercise/?limit=1")
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK or Path(path) != database_file())
    ready = anybody.get("/readyz")
    assert (ready.status_code, ready.json["checks"]["database"]) == (503, "cannot be written to")
    assert anybody.get("/api/v2/exercise/?limit=1").status_code == reads.status_code == 200


def test_a_mistake_in_a_check_is_no_answer_of_500(anybody, monkeypatch, caplog):
    monkeypatch.setattr(readiness, "check_room", lambda settings: {}["secret"])
    with caplog.at_level(logging.WARNING, "wger_flask.operations"):
        ready = anybody.get("/readyz")
    assert (ready.status_code, ready.json["checks"]["disk"]) == (503, "cannot be looked at")
    assert "secret" in caplog.text


def test_the_probes_are_documented_and_not_listed_in_the_root(anybody):
    described = anybody.get("/api/v2/schema?format=json").json["paths"]
    assert set(described["/readyz"]["get"]["responses"]) >= {"200", "503"} and "/healthz" in described
    assert not [name for name in anybody.get("/api/v2/").json if "health" in name or "ready" in name]
