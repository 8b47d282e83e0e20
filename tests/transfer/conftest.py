"""Databases to import into, and documents to import."""

from __future__ import annotations

import io
import json
import subprocess
import sys

import pytest

from tests.reference import MODELS, SHARED, empty_database, reference_database
from wger_flask.storage.migrations import migrate
from wger_flask.transfer.importer import import_dump

GENERATOR = SHARED / "dataset" / "make_dataset.py"
MADE_BY = ("--seed", "1", "--release", "2.7.0")  # the reference database was filled with the same


@pytest.fixture
def fresh(tmp_path):
    """A database with tables and nothing in them."""
    with empty_database(tmp_path) as held:
        migrate(MODELS)
        yield held


@pytest.fixture
def reference(tmp_path):
    """A database that wger made."""
    with reference_database(tmp_path) as held:
        migrate(MODELS)
        yield held


@pytest.fixture(scope="session")
def dump():
    """The rows of the small synthetic dump."""
    if not GENERATOR.is_file():
        pytest.skip("without ../shared: the generator of dumps")
    made = subprocess.run([sys.executable, GENERATOR, *MADE_BY], capture_output=True, check=True)
    return json.loads(made.stdout)


@pytest.fixture
def load(fresh):
    """Import rows given as dictionaries and return the report."""

    def load(rows, **options):
        return import_dump(io.BytesIO(json.dumps(rows).encode()), MODELS, **options)

    return load
