"""Writes that another one got in the way of, and a database that is away for a moment."""

from __future__ import annotations

import pytest

from wger_flask.domain.measurements.models import Measurement
from wger_flask.rest import dispatch, error_handlers, services
from wger_flask.storage.database import DatabaseError, IntegrityError, database

WEIGHT = {"date": "2024-01-01T10:00:00Z", "weight": 70}


@pytest.fixture
def tries(monkeypatch):
    """Let the first ``failing`` tries of every write fail as if others had got in between; counts them."""

    class Tries:
        failing, made = 0, 0

        def advisory_lock(self, what):
            self.made += 1
            if self.made <= self.failing:
                raise IntegrityError

    found = Tries()
    monkeypatch.setattr(services, "advisory_lock", found.advisory_lock)
    monkeypatch.setattr(dispatch, "is_retryable", lambda error: True)
    return found


def test_a_write_that_was_overtaken_is_made_again(api, tries):
    tries.failing = 1
    assert api("grace").post("weightentry/", WEIGHT).status_code == 201
    assert (tries.made, Measurement.select().count()) == (2, 1)


def test_it_is_made_again_once(api, tries):
    tries.failing = 9
    assert api("grace").post("weightentry/", WEIGHT).status_code == 400
    assert (tries.made, Measurement.select().count()) == (2, 0)


def test_what_others_have_nothing_to_do_with_is_not_made_again(api, tries, monkeypatch):
    monkeypatch.setattr(dispatch, "is_retryable", lambda error: False)
    tries.failing = 1
    assert api("grace").post("weightentry/", WEIGHT).status_code == 400
    assert tries.made == 1


@pytest.fixture
def away(monkeypatch):
    """A database that answers nothing."""

    def fail(*_, **__):
        raise DatabaseError("the server\n  closed the connection")

    monkeypatch.setattr(database.obj, "execute_sql", fail)
    monkeypatch.setattr(error_handlers, "is_unavailable", lambda error: isinstance(error, DatabaseError))


@pytest.mark.parametrize(("method", "body"), [("GET", None), ("POST", WEIGHT)])
def test_a_database_that_is_away_is_told(api, away, caplog, method, body):
    answer = api("grace").open(method, "weightentry/", body)
    told = {
        "detail": "The database does not answer at the moment. Try again.",
        "request_id": answer.headers["X-Request-ID"],
    }
    assert (answer.status_code, answer.json, answer.headers["Retry-After"]) == (503, told, "5")
    assert [record.getMessage() for record in caplog.records] == [
        f"{method} /api/v2/weightentry/: the database: the server closed the connection"
    ]
    assert not caplog.records[0].exc_info


@pytest.mark.parametrize("path", ["/", "/api/v2/", "/api/v2/muscle/", "/api/v2/weightentry/"])
def test_a_page_tells_it_too(api, away, path):
    """Though pages say who is logged in, which nobody can know then."""
    page = api("grace").get(path, headers={"Accept": "text/html"})
    assert (page.status_code, page.mimetype) == (503, "text/html")
    assert "does not answer at the moment" in page.get_data(as_text=True)


def test_other_mistakes_stay_mistakes(api, monkeypatch):
    monkeypatch.setattr(database.obj, "execute_sql", lambda *_, **__: 1 / 0)
    assert api("grace").get("weightentry/").status_code == 500
