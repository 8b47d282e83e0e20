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


@pytest.fixture
def counts(held):
    """The counting queries that run: a list that grows."""
    seen = []

    def note(event):
        if "COUNT(" in event.sql:
            seen.append(event.sql)

    held.query_hooks.append(note)
    yield seen
    held.query_hooks.remove(note)
