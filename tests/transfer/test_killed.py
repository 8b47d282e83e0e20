"""``kill -9`` in the middle of an import or an export: all is as it was, and running it again completes it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.reference import MODELS, SERVER, empty_database
from tests.storage.comparing import everything
from wger_flask.storage.database import connect, database
from wger_flask.storage.links import with_links
from wger_flask.storage.migrations import migrate
from wger_flask.storage.server_zone import set_server_zone
from wger_flask.transfer.exporter import export_dump
from wger_flask.transfer.importer import import_dump

from .documents import RELEASES
from .rows import CATALOGUE, row, user

ROOT = Path(__file__).resolve().parents[2]
# Each ends itself: an import when so much of the document is read, or all of it and its end is next; an export when so
# many rows are written.
_PROGRAM = """
import os, signal, sys
from pathlib import Path
from zoneinfo import ZoneInfo
from tests.reference import MODELS
from wger_flask.storage.database import open_database
from wger_flask.storage.server_zone import set_server_zone
from wger_flask.transfer import importer
from wger_flask.transfer.exporter import export_dump

what, url, file, at = sys.argv[1:]
set_server_zone(ZoneInfo("Europe/Berlin"))
open_database(url)
die = lambda: os.kill(os.getpid(), signal.SIGKILL)

class Dying:
    def __init__(self, stream, left):
        self._stream, self._left = stream, left

    def read(self, size):
        if self._left <= 0:
            die()
        data = self._stream.read(min(size, 20_000))
        self._left -= len(data) or 1
        return data

if what == "export":
    export_dump(Path(file), MODELS, lambda task, done, total: done < int(at) or die())
elif int(at) < 0:
    importer.index.prepare = lambda models: die()
    importer.import_dump(Path(file), MODELS)
else:
    with open(file, "rb") as stream:
        importer.import_dump(Dying(stream, int(at)), MODELS)
"""


def killed(what: str, url: str, file: Path, at: int) -> None:
    """Run the import or export of ``file`` in a process that is killed on its way."""
    ended = subprocess.run(
        [sys.executable, "-c", _PROGRAM, what, url, str(file), str(at)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr


@pytest.fixture
def served(tmp_path):
    """A database with a few rows, and its address."""
    set_server_zone(ZoneInfo("Europe/Berlin"))
    with empty_database(tmp_path) as held:
        migrate(MODELS)
        file = tmp_path / "first.json"
        file.write_text(json.dumps([*CATALOGUE, user(), row("auth.group", 3, name="editors", permissions=[])]))
        import_dump(file, MODELS)
        held.close()
        url = str(held.database)
        yield url if SERVER else f"sqlite:///{url}"


def content() -> dict[str, Any]:
    connect()
    found = everything(with_links(MODELS))
    database.obj.close()
    return found


@pytest.mark.parametrize(
    ("release", "at"), [("2.7.0", 0.3), ("2.5", 0.9), ("2.5", -1)], ids=["begun", "nearly read", "before the commit"]
)
def test_an_import_that_is_killed(served, tmp_path, release, at):
    file = tmp_path / "dump.json"
    file.write_text(json.dumps(RELEASES[release](1, 2, 30, 40, 2, 1, 10)))
    before, tables = content(), set(database.obj.get_tables())
    killed("import", served, file, int(at * file.stat().st_size) if at > 0 else -1)
    assert content() == before and set(database.obj.get_tables()) == tables
    assert import_dump(file, MODELS).loaded["auth.user"] == 2
    export_dump(whole := tmp_path / "whole.json", MODELS)
    import_dump(file, MODELS)
    export_dump(again := tmp_path / "again.json", MODELS)
    assert whole.read_bytes() == again.read_bytes()


@pytest.mark.parametrize("at", [1, 8])
def test_an_export_that_is_killed(served, tmp_path, at):
    file = tmp_path / "dump.json.gz"
    file.write_bytes(b"the one of yesterday")
    before = content()
    killed("export", served, file, at)
    assert file.read_bytes() == b"the one of yesterday" and content() == before
    connect()
    export_dump(file, MODELS)
    assert import_dump(file, MODELS).loaded["exercises.exercise"] == 1
    assert not file.with_name(".dump.json.gz.part").exists()
