"""Databases for the models: one of wger's making, one of ours."""

from __future__ import annotations

import pytest

from tests.reference import MODELS, empty_database, reference_database
from wger_flask.storage.migrations import migrate


@pytest.fixture
def reference(tmp_path):
    """A database that wger made."""
    with reference_database(tmp_path) as held:
        yield held


@pytest.fixture
def fresh(tmp_path):
    """A database whose tables are all ours."""
    with empty_database(tmp_path) as held:
        migrate(MODELS)
        yield held
