"""A database with all tables and no rows."""

from __future__ import annotations

import pytest

from tests.reference import MODELS, empty_database
from wger_flask.storage.migrations import migrate


@pytest.fixture
def held(tmp_path):
    """The open database."""
    with empty_database(tmp_path) as opened:
        migrate(MODELS)
        yield opened
