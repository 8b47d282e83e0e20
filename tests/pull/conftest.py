"""Copying into the application of a test, and what it has then."""

from __future__ import annotations

import pytest

from wger_flask.pull.parts import OWN, PUBLIC
from wger_flask.pull.run import Wanted, pull
from wger_flask.storage.database import database

from .sources import TOKEN

EVERYTHING = frozenset((*PUBLIC, *OWN))


@pytest.fixture
def run(app, people):
    """Copy from a source: ``run(source, only, user="linus")`` returns the report."""

    def run(source, only=EVERYTHING, user=None, token=TOKEN, **options):
        whose = people[user].id if user else None
        wanted = Wanted(frozenset(only), token=token if user else "", user=whose, **options)
        with app.app_context():
            return pull(source.base, wanted, lambda *told: None, sleep=lambda seconds: None)

    return run


@pytest.fixture
def everything(app):
    """Return all rows of all tables but those that note what was copied and what changed."""

    def everything():
        held, found = database.obj, {}
        for table in sorted(held.get_tables()):
            if (
                not table.startswith(("wger_flask_", "sqlite_")) and table != "trophies_userstatistics"
            ):  # which knows when it was made
                found[table] = sorted(map(repr, held.execute_sql(f"SELECT * FROM {table}").fetchall()))
        return found

    return everything
