"""What views get of the rows of a page besides their JSON: the values that were loaded, without another query."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest

import wger_flask.domain
from tests.web.conftest import HTML
from wger_flask.web.views import View

ROOT = Path(wger_flask.domain.__file__).parent
WEB = ROOT.parent / "web"


@pytest.fixture
def seen(registry, monkeypatch):
    """Have a view in place of that of sessions, which keeps what it gets."""
    found: list = []

    def keep(shown):
        found.append((shown.rows, shown.values("id", "datetime_start", "datetime_end", "notes")))

    monkeypatch.setitem(registry.views, "sessions", View(rows=keep, row=keep))
    return found


def test_they_are_python_values_of_the_same_rows(api, seen):
    client = api("grace")
    for day in (1, 2):
        client.post("workoutsession/", {"datetime_start": f"2024-05-0{day}T10:00:00+02:00", "notes": f"{day}"})
    client.get("workoutsession/?limit=1", headers=HTML)
    [(rows, [(key, start, end, notes)])] = seen
    assert isinstance(key, UUID) and str(key) == rows[0]["id"] and notes == rows[0]["notes"]
    assert start == datetime.fromisoformat(rows[0]["datetime_start"]) and start.tzinfo is UTC and end is None
    client.get(f"workoutsession/{key}/", headers=HTML)
    assert seen[1][1] == [(key, start, end, notes)]


def test_an_empty_page_has_none(api, seen):
    api("linus").get("workoutsession/", headers=HTML)
    assert [values for _, values in seen] in ([], [[]])


def test_pages_do_not_read_their_own_json_back():
    for path in sorted(ROOT.rglob("*pages.py")):
        for found in re.findall(r"(?:fromisoformat|UUID|Decimal|loads)\([^)]*\brow\b[^)]*\)", path.read_text()):
            raise AssertionError(f"{path.name}: {found}: see Shown.values")
    for path in (*sorted((WEB / "charts").rglob("*.py")), WEB / "cells.py", WEB / "tables.py"):
        assert not re.search(r"\b(?:fromisoformat|loads)\(", path.read_text()), path.name


def test_decimals_and_dates_are_such(api, registry, monkeypatch):
    found: list = []
    monkeypatch.setitem(registry.views, "food", View(rows=lambda shown: found.extend(shown.values("energy", "fat"))))
    api().get("ingredient/?limit=2", headers=HTML)
    assert len(found) == 2 and all(isinstance(fat, Decimal) for _, fat in found)
    client = api("grace")
    client.post("routine/", {"name": "A", "start": "2024-05-01", "end": "2024-06-01"})
    [name] = {registry.get("routine").view.partition(":")[0]}
    monkeypatch.setitem(registry.views, name, View(rows=lambda shown: found.extend(shown.values("start", "end"))))
    client.get("routine/", headers=HTML)
    assert found[-1] == (date(2024, 5, 1), date(2024, 6, 1))
