"""All models there are, and a database that wger 2.7.0 itself made."""

from __future__ import annotations

import gzip
import lzma
import os
import shutil
import subprocess
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

import pytest

from wger_flask.auth.models import MODELS as ACCOUNTS
from wger_flask.storage.database import database, open_database
from wger_flask.storage.links import with_links
from wger_flask.storage.migrations import m0007_time_zone
from wger_flask.storage.model import label_of
from wger_flask.testing.databases import prepare

SHARED = Path(__file__).resolve().parents[2] / "shared"
SUBJECTS = ("core", "exercises", "routines", "nutrition", "measurements", "gallery", "trophies")

MODELS = [*ACCOUNTS]
for _subject in SUBJECTS:
    MODELS += import_module(f"wger_flask.domain.{_subject}.models").MODELS
TABLES = with_links(MODELS)
BY_LABEL = {label_of(model): model for model in TABLES}

SERVER = os.environ.get("WGER_TEST_DATABASE_URL")
PACKED = SHARED / "dataset" / ("reference-2.7.0.postgres.sql.gz" if SERVER else "reference-2.7.0.sqlite.gz")
AT_HAND = PACKED.is_file() and (not SERVER or shutil.which("psql"))
needs_reference = pytest.mark.skipif(not AT_HAND, reason="without ../shared: a database that wger made")


def without_copy(done: list[str]) -> list[str]:
    """Return what migrating says was done, but for the copy that databases in files get."""
    return [line for line in done if not line.startswith("copied")]


@contextmanager
def empty_database(folder: Path):
    """Make a database without tables, and open it."""
    made = prepare(SERVER, folder)
    yield open_database(made.url)
    database.obj.close()
    made.drop()


@contextmanager
def reference_database(folder: Path):
    """Make a database as wger 2.7.0 left it, and open it.

    A branch of that release made it, which lacks the one column that the release has besides.
    """
    with unpacked_database(folder, PACKED) as held:
        m0007_time_zone.apply(held)
        yield held


@contextmanager
def unpacked_database(folder: Path, packed: Path):
    """Make a database of a packed one: a file of SQLite, or statements for PostgreSQL; and open it."""
    made = prepare(SERVER, folder)
    with (lzma if packed.suffix == ".xz" else gzip).open(packed) as content:
        if SERVER:
            subprocess.run(["psql", "-q", made.url], input=content.read(), stdout=subprocess.DEVNULL, check=True)
        else:
            made.path.write_bytes(content.read())
    yield open_database(made.url)
    database.obj.close()
    made.drop()
