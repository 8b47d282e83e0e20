"""Backup and restore as a person runs them, on SQLite and on PostgreSQL."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import stat
import subprocess
import tarfile
import threading
from contextlib import closing
from pathlib import Path

import pytest

from tests.backups.conftest import PICTURES, files_in
from tests.reference import SERVER
from wger_flask.backups import making
from wger_flask.storage import backups
from wger_flask.storage.database import database, disconnect, open_database, transaction
from wger_flask.testing.server import Client

COUNT = "SELECT count(*) FROM core_language"
ADD = "INSERT INTO core_language (short_name, full_name, full_name_en) VALUES ('{}', 'x', 'x')"
NUMBERED = "INSERT INTO wger_flask_job (name, error, due) VALUES ('number {}', '', '2030-01-01 00:00:00')"

pytestmark = pytest.mark.skipif(bool(SERVER) and not shutil.which("pg_dump"), reason="without pg_dump")


def change(held, statement: str) -> None:
    open_database(held.url)
    with transaction():
        database.obj.execute_sql(statement)
    disconnect()


@pytest.mark.parametrize("suffix", [".tar", ".tar.gz", ".tar.zst"])
def test_what_was_backed_up_is_back_and_what_was_there_is_kept(held, run, ask, tmp_path, suffix):
    archive = tmp_path / "out" / f"wger{suffix}"
    archive.parent.mkdir()
    assert run("migrate")[0] == 0  # the log of changes knows just the tables that there are now
    languages = ask(COUNT)
    status, told = run("backup", archive)
    assert (status, told.splitlines()[0].startswith(f"Wrote {archive}")) == (0, True), told
    assert "and 3 files" in told
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    assert [path.name for path in archive.parent.iterdir()] == [archive.name]

    change(held, ADD.format("x1"))
    (tmp_path / "secret.key").write_text("o" * 64)
    (tmp_path / "media/gallery/2/a.png").write_bytes(b"another")
    (tmp_path / "media/exercise-images/7/b.jpg").unlink()
    (tmp_path / "media/gallery/2/new.png").write_bytes(b"new")
    status, told = run("restore", archive, "--yes")
    assert status == 0, told
    assert ask(COUNT) == languages
    assert files_in(tmp_path / "media") == PICTURES
    assert (tmp_path / "secret.key").read_text() == "k" * 64
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600
    kept = [line.removeprefix("Kept what was there: ") for line in told.splitlines() if line.startswith("Kept")]
    assert len(kept) == 3
    assert Path(kept[2]).read_text() == "o" * 64
    (aside,) = (tmp_path / "media").glob(".before-restore-*")
    assert kept[1] == str(aside)
    assert files_in(aside) == {"gallery/2/a.png": b"another", "gallery/2/new.png": b"new"}
    if SERVER:
        schema = kept[0].removeprefix("the schema ")
        assert ask(f'SELECT count(*) FROM "{schema}".core_language') == [(languages[0][0] + 1,)]
    else:
        with closing(sqlite3.connect(kept[0])) as former:
            assert former.execute(COUNT).fetchall() == [(languages[0][0] + 1,)]
            assert former.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert run("migrate") == (0, "")  # everything is there: tables, indexes, triggers
    assert run("restore", archive, "--yes")[0] == 0  # again, over what was restored
    assert ask(COUNT) == languages


def test_programs_of_the_system_can_unpack_it(held, run, tmp_path):
    for suffix, option in ((".tar", ()), (".tar.gz", ("-z",)), (".tar.zst", ("--zstd",))):
        if suffix == ".tar.zst" and not shutil.which("zstd"):
            continue
        archive, folder = tmp_path / f"x{suffix}", tmp_path / f"unpacked{suffix}"
        folder.mkdir()
        assert run("backup", archive)[0] == 0
        subprocess.run(["tar", "-x", *option, "-f", str(archive), "-C", str(folder)], check=True, capture_output=True)
        subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=folder, check=True)
        manifest = json.loads((folder / "manifest.json").read_text())
        assert manifest["format"] == 1 and "m0008_list_indexes" in manifest["steps"]


def test_a_dry_run_changes_nothing(held, run, tmp_path):
    archive = tmp_path / "a.tar"
    run("backup", archive)
    (tmp_path / "media/gallery/2/a.png").write_bytes(b"another")

    def sums() -> dict[str, str]:
        return {
            str(path): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in tmp_path.rglob("*")
            if path.is_file() and path.suffix not in (".sqlite-wal", ".sqlite-shm")
        }

    disconnect()
    before = sums()
    status, told = run("restore", archive, "--dry-run")
    assert (status, told.splitlines()[-1]) == (0, "Nothing was changed.")
    assert sums() == before


def test_it_asks_first(held, run, ask, tmp_path):
    archive = tmp_path / "a.tar"
    run("backup", archive)
    change(held, ADD.format("x1"))
    languages = ask(COUNT)
    status, told = run("restore", archive, input="n\n")
    assert status == 1 and "Put it in the place of" in told
    assert ask(COUNT) == languages


def test_without_media_those_that_are_there_stay(held, run, tmp_path):
    archive = tmp_path / "a.tar"
    assert run("backup", archive, "--without-media")[0] == 0
    with tarfile.open(archive) as tar:
        assert not [name for name in tar.getnames() if name.startswith("media")]
    (tmp_path / "media/gallery/2/new.png").write_bytes(b"new")
    assert run("restore", archive, "--yes")[0] == 0
    assert files_in(tmp_path / "media") == PICTURES | {"gallery/2/new.png": b"new"}


def test_in_a_folder_it_gets_a_name_with_the_date(held, run, tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    assert run("backup", folder)[0] == 0
    (made,) = folder.iterdir()
    assert made.name.startswith("wger-2") and made.name.endswith(".tar.zst")


@pytest.mark.parametrize(
    ("path", "told"), [("a.zip", "must end with one of .tar.zst, .tar.gz, .tar"), ("none/a.tar", "No such file")]
)
def test_a_file_that_cannot_be(held, run, tmp_path, path, told):
    status, said = run("backup", tmp_path / path)
    assert status == 1 and told in said and said.startswith("Error: no backup was made:")
    assert not list(tmp_path.glob("*.tar*"))


def test_a_database_that_is_in_use_is_not_replaced(held, run, ask, tmp_path):
    archive = tmp_path / "a.tar"
    run("backup", archive)
    served = open_database(held.url)
    served.execute_sql(COUNT)  # as a server does
    connection = served.connection()
    served._state.reset()
    try:
        status, told = run("restore", archive, "--yes")
        assert status == 1 and "in use" in told and "stop the server" in told, told
    finally:
        connection.close()
    assert run("restore", archive, "--yes")[0] == 0


def test_a_later_release_made_it(held, run, tmp_path):
    change(held, "INSERT INTO wger_flask_migration (name, applied) VALUES ('m9999_future', '2030-01-01 00:00:00')")
    archive = tmp_path / "a.tar"
    run("backup", archive)
    change(held, "DELETE FROM wger_flask_migration WHERE name = 'm9999_future'")
    status, told = run("restore", archive, "--yes")
    assert status == 1 and "later release" in told and "m9999_future" in told


def test_a_plugin_that_is_not_here_may_have_been_there(held, run, tmp_path):
    change(held, "INSERT INTO wger_flask_migration (name, applied) VALUES ('gone.m0001_x', '2030-01-01 00:00:00')")
    archive = tmp_path / "a.tar"
    run("backup", archive)
    assert run("restore", archive, "--yes")[0] == 0


@pytest.mark.skipif(bool(SERVER), reason="it is about files")
@pytest.mark.parametrize("lost", ["deleted", "empty", "damaged"])
def test_a_database_that_is_lost_is_restored(held, run, ask, tmp_path, lost):
    archive = tmp_path / "a.tar"
    languages = ask(COUNT)
    run("backup", archive)
    if lost == "deleted":
        held.path.unlink()
    else:
        held.path.write_bytes(b"" if lost == "empty" else b"garbage" * 5000)
    status, told = run("restore", archive, "--yes")
    assert status == 0, told
    assert ("before-restore" in told) is (lost == "damaged")
    assert ask(COUNT) == languages
    assert stat.S_IMODE(held.path.stat().st_mode) & 0o077 == 0 or lost != "deleted"


@pytest.mark.skipif(not SERVER, reason="it is about a server")
def test_a_dump_that_fails_in_the_middle_changes_nothing(held, run, ask, tmp_path, monkeypatch):
    from wger_flask.storage.dialects import postgresql_backup

    archive = tmp_path / "a.tar"
    run("backup", archive)
    languages = ask(COUNT)
    real, calls = postgresql_backup._rows, []

    def fails(script):
        calls.append(1)
        if len(calls) > 20:
            yield b"no\trow\n"
        yield from real(script)

    monkeypatch.setattr(postgresql_backup, "_rows", fails)
    status, told = run("restore", archive, "--yes")
    assert status == 1 and "nothing was changed" in told, told
    assert ask(COUNT) == languages
    assert ask("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'before_restore%%'") == [(0,)]


@pytest.mark.skipif(not SERVER, reason="it is about a server")
def test_orders_for_psql_are_not_followed(held, run, tmp_path, monkeypatch):
    real = backups.dump

    def doctored(target, progress):
        real(target, progress)
        target.write_text("-- PostgreSQL database dump\n\\! touch /tmp/x\n-- PostgreSQL database dump complete\n")

    monkeypatch.setattr(backups, "dump", doctored)
    archive = tmp_path / "a.tar"
    assert run("backup", archive)[0] == 0
    status, told = run("restore", archive, "--yes")
    assert status == 1 and "order for psql" in told


def test_everything_that_was_acknowledged_before_is_in_it(held, run, ask, tmp_path, monkeypatch):
    """Others write all the time: what had been committed when it was begun is there, whole, and nobody waits."""
    acknowledged: list[int] = []
    began, wrote, end = threading.Event(), threading.Event(), threading.Event()

    def write() -> None:
        number = 0
        while not end.is_set():
            number += 1
            with transaction():
                database.obj.execute_sql(NUMBERED.format(number))
            acknowledged.append(number)
            wrote.set()
            if number == 30:
                began.set()
        disconnect()

    archive = tmp_path / "a.tar"
    real, real_dump = making.make, backups.dump
    at_start: list[int] = []

    def make(*arguments):
        writer = threading.Thread(target=write)
        writer.start()
        assert began.wait(600)
        at_start.append(len(acknowledged))
        try:
            return real(*arguments)
        finally:
            end.set()
            writer.join()

    def dump(target, progress):
        real_dump(target, progress)
        wrote.clear()
        assert wrote.wait(600), "somebody waited until the backup was done"

    monkeypatch.setattr(making, "make", make)
    monkeypatch.setattr(backups, "dump", dump)
    status, told = run("backup", archive)
    assert status == 0, told
    assert run("restore", archive, "--yes")[0] == 0
    held_then = len([name for (name,) in ask("SELECT name FROM wger_flask_job") if name.startswith("number")])
    assert at_start[0] <= held_then <= len(acknowledged)


def test_a_picture_that_is_deleted_meanwhile_is_in_it(held, run, tmp_path, monkeypatch):
    """The rows of the backup are those of its start: files that they name must be in it."""
    real = backups.dump

    def dump(target, progress):
        real(target, progress)
        (tmp_path / "media/gallery/2/a.png").unlink()
        (tmp_path / "media/gallery/2/later.png").write_bytes(b"later")

    monkeypatch.setattr(backups, "dump", dump)
    assert run("backup", tmp_path / "a.tar")[0] == 0
    with tarfile.open(tmp_path / "a.tar") as tar:
        assert {f"media/{name}" for name in [*PICTURES, "gallery/2/later.png"]} <= set(tar.getnames())
    assert not list((tmp_path / "media").glob(".held*"))


def test_what_is_set_aside_is_not_served(app):
    media = app.extensions["wger_flask"].settings.WGER_MEDIA_ROOT
    for folder in (".before-restore-1", ".held-for-backup-host"):
        (media / folder / "gallery").mkdir(parents=True)
        (media / folder / "gallery" / "a.png").write_bytes(b"x")
        assert Client(app).get(f"/media/{folder}/gallery/a.png").status_code == 404


def test_two_at_once_are_told_apart(held, run, tmp_path):
    with making._alone(tmp_path):
        status, told = run("backup", tmp_path / "a.tar")
    assert status == 1 and "another backup" in told
