"""Databases of earlier versions are upgraded whole or not at all, after a copy of what is a file."""

from __future__ import annotations

import io
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.conftest import ROOT, SHARED, settings_for
from tests.reference import MODELS, SERVER, TABLES, empty_database, unpacked_database
from wger_flask.storage import migrations
from wger_flask.storage.database import database, open_database
from wger_flask.storage.dialects import sqlite_copy
from wger_flask.storage.server_zone import set_server_zone
from wger_flask.storage.tables import missing_columns
from wger_flask.storage.upgrades import UpgradeRefused
from wger_flask.testing.server import with_app
from wger_flask.transfer.importer import import_dump

from .comparing import differences, everything, renamed

# What the version before 2.7.0's tables made of make_dataset.py --seed 1 --exercises 20 --ingredients 20.
BEFORE = Path(__file__).parent / "databases" / f"before-2.7.0.{'postgres.sql' if SERVER else 'sqlite'}.xz"
GENERATOR = SHARED / "dataset" / "make_dataset.py"
in_a_file = pytest.mark.skipif(bool(SERVER), reason="databases that are no files are copied with their server's tools")


@pytest.fixture(autouse=True)
def zone():
    set_server_zone(ZoneInfo("Europe/Berlin"))


@pytest.fixture
def before(tmp_path):
    """A database of ours from before 2.7.0's tables."""
    with unpacked_database(tmp_path, BEFORE) as held:
        yield held


@pytest.fixture
def registry(tmp_path):
    """The registered models, plugins' too, on no database of their own."""
    with with_app(settings_for(f"sqlite:///{tmp_path}/nothing.sqlite", tmp_path / "instance")) as app:
        yield app.extensions["wger_flask"].registry


def test_ours_from_before_2_7_0_becomes_what_its_dump_would(before, tmp_path):
    stated = {
        "weights": before.execute_sql("SELECT count(*) FROM weight_weightentry").fetchone()[0],
        "sessions": before.execute_sql("SELECT count(*) FROM manager_workoutsession").fetchone()[0],
    }
    migrations.migrate(MODELS)
    assert migrations.is_current(MODELS) and migrations.migrate(MODELS) == []
    upgraded = everything(TABLES)
    assert stated["sessions"] == len(upgraded["manager_workoutsession"]) > 0
    official = {row["id"]: row["user"] for row in upgraded["measurements_category"] if row["is_official"]}
    weighed = [row for row in upgraded["measurements_measurement"] if row["category"] in official]
    assert len(weighed) == stated["weights"] > 0 and len(official) == len(upgraded["auth_user"])
    if not GENERATOR.is_file():
        return
    command = [sys.executable, GENERATOR, "--seed", "1", "--exercises", "20", "--ingredients", "20"]
    made = subprocess.run(command, capture_output=True, check=True).stdout
    (tmp_path / "imported").mkdir()
    with empty_database(tmp_path / "imported"):
        migrations.migrate(MODELS)
        import_dump(io.BytesIO(made), MODELS)
        imported = everything(TABLES)
    theirs = {row["user"]: row["id"] for row in imported["measurements_category"] if row["is_official"]}
    apart = differences(upgraded, imported, renamed({key: theirs[user] for key, user in official.items()}))
    assert apart.keys() <= {"wger_flask_migration", "trophies_trophy"}  # the moments at which they were made


# -- copies -----------------------------------------------------------------------------------------
def copies(folder: Path) -> list[Path]:
    return sorted(folder.glob("*-before-upgrade*"))


@in_a_file
def test_a_copy_of_what_was_is_beside_it(before, tmp_path):
    stated = list(before.connection().iterdump())
    told = []
    done = migrations.migrate(MODELS, progress=lambda *report: told.append(report))
    (copy,) = copies(tmp_path)
    assert done[0] == f"copied the database, as it was, to {copy}"
    assert copy.stat().st_mode & 0o777 == 0o600 and copy.suffix == ".sqlite"
    with closing(sqlite3.connect(copy)) as kept:
        assert list(kept.iterdump()) == stated
        assert kept.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert {what for what, _, _ in told} == {"copying the database", "upgrading the database"}
    assert all(number <= total for _, number, total in told) and told[-1][1] == told[-1][2]
    assert migrations.migrate(MODELS) == [] and copies(tmp_path) == [copy]


@in_a_file
def test_what_another_one_writes_meanwhile_is_in_both_or_in_none(before, tmp_path):
    """The copy is of the last committed state, and nobody commits between it and the upgrade."""
    with closing(sqlite3.connect(before.database, timeout=0, isolation_level=None)) as other:
        refused = []

        def write(what, done, total):
            try:
                other.execute("UPDATE auth_user SET first_name = 'late'")
            except sqlite3.OperationalError as error:
                refused.append(str(error))

        migrations.migrate(MODELS, progress=write)
        assert len(refused) > 3 and set(refused) == {"database is locked"}


@in_a_file
def test_nothing_is_changed_where_a_copy_has_no_room(before, tmp_path, monkeypatch):
    size = Path(before.database).stat().st_size
    free = type(sqlite_copy.shutil.disk_usage("/"))(10**9, 10**9, size)
    monkeypatch.setattr(sqlite_copy.shutil, "disk_usage", lambda folder: free)
    with pytest.raises(
        UpgradeRefused, match="no room for a copy of the database beside .* MB are needed, 1 MB are free"
    ):
        migrations.migrate(MODELS)
    assert copies(tmp_path) == [] and missing_columns(MODELS)


@in_a_file
def test_a_copy_that_fails_leaves_nothing(before, tmp_path, monkeypatch):
    def stop(*report):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        migrations.migrate(MODELS, progress=stop)
    assert copies(tmp_path) == [] and missing_columns(MODELS)


@in_a_file
def test_a_new_database_is_not_copied(tmp_path):
    with empty_database(tmp_path):
        migrations.migrate(MODELS)
    assert copies(tmp_path) == []


# -- whole or not at all ------------------------------------------------------------------------------
KILLED = """
import os, signal, sys
from importlib import import_module
from tests.reference import MODELS
from wger_flask.storage import migrations
from wger_flask.storage.database import open_database

module, name = sys.argv[2].rsplit(".", 1)
owner = import_module(module)
real = getattr(owner, name)
def dies(*arguments, **options):
    real(*arguments, **options)
    os.kill(os.getpid(), signal.SIGKILL)
setattr(owner, name, dies)
open_database(sys.argv[1])
migrations.migrate(MODELS)
"""


@pytest.mark.parametrize(
    "place",
    [
        pytest.param("wger_flask.storage.whole_files.flush", marks=in_a_file),
        "wger_flask.storage.migrations.m0005_measurements.apply",
        "wger_flask.storage.migrations.m0006_sessions.apply",
        "wger_flask.storage.name_search.index.prepare",
    ],
)
def test_killed_in_the_middle_it_is_as_before(before, place):
    url = before.dialect.address(before)
    stated = _all(before)
    before.close()
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    url = _with_options(url)
    killed = subprocess.run([sys.executable, "-c", KILLED, url, place], cwd=ROOT, env=environment, check=False)
    assert killed.returncode == -signal.SIGKILL
    held = open_database(url)
    assert _all(held) == stated
    migrations.migrate(MODELS)
    assert migrations.is_current(MODELS)
    if not SERVER:
        (copy,) = copies(Path(held.database).parent)[-1:]
        assert copy.suffix == ".sqlite"
    database.obj.close()


def _with_options(url: str) -> str:
    from urllib.parse import urlsplit

    return f"{url}?{urlsplit(SERVER).query}" if SERVER else url


def _all(held) -> dict:
    return {
        table: (
            sorted(column.name for column in held.get_columns(table)),
            sorted(map(str, held.execute_sql(f'SELECT * FROM "{table}"').fetchall())),
        )
        for table in held.get_tables()
    }
