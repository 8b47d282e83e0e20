"""The kit's fixtures under shorter names: a ``conftest.py`` imports those that its tests use."""

from __future__ import annotations

import pytest

__all__ = ["api", "app", "people", "queries", "registry"]


@pytest.fixture
def app(wger_app):
    """The application on a database of its own."""
    return wger_app


@pytest.fixture
def api(wger_api):
    """Return clients: ``api("grace").get("weightentry/")`` as that user, ``api()`` without a login."""
    return wger_api


@pytest.fixture
def people(wger_people):
    """The accounts by name, as rows."""
    return wger_people


@pytest.fixture
def registry(wger_registry):
    """The registered resources."""
    return wger_registry


@pytest.fixture
def queries(wger_queries):
    """Collect the SQL that runs: a list that grows."""
    return wger_queries
