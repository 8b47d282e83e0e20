"""Databases register by the scheme of their URL, those of other packages too, and are imported when one is opened."""

from __future__ import annotations

import sys

import pytest

from wger_flask import sync
from wger_flask.operations import machine
from wger_flask.storage.database import DatabaseURLError, database, database_at
from wger_flask.storage.dialects import SHIPPED, schemes
from wger_flask.testing.server import Client, settings_for, with_app

MODULE = """
from wger_flask.storage.dialects.sqlite import Sqlite

class Remembering(Sqlite):
    pass

def open_remembering(addresses, line):
    addresses.refuse_others("a remembering database")
    return Remembering(addresses.parts.path[1:], line)
"""


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """A package that is installed beside the server, with a dialect of its own, a broken one and one for sqlite."""
    (tmp_path / "wger_remembering.py").write_text(MODULE)
    folder = tmp_path / "wger_remembering-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: wger-remembering\nVersion: 1.0\n")
    (folder / "entry_points.txt").write_text(
        "[wger_flask.dialects]\n"
        "remembering = wger_remembering:open_remembering\n"
        "sqlite = wger_remembering:open_remembering\n"
        "broken = wger_remembering:open_broken\n"
        "absent = wger_absent:open_absent\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    yield
    sys.modules.pop("wger_remembering", None)


def test_another_package_adds_a_database(installed, tmp_path):
    assert {"remembering", *SHIPPED} <= set(schemes())
    (tmp_path / "x.sqlite").touch()
    held = database_at(f"remembering:///{tmp_path}/x.sqlite")
    assert type(held).__name__ == "Remembering"
    with held:
        assert held.execute_sql("SELECT 1").fetchone() == (1,)
    held.close()


def test_a_dialect_is_imported_when_its_scheme_is_opened_and_no_other_one(installed, tmp_path):
    assert "Remembering" not in type(database_at(f"sqlite:///{tmp_path}/x.sqlite")).__name__, "what ships comes first"
    assert "wger_remembering" not in sys.modules
    database_at(f"remembering:///{tmp_path}/x.sqlite")
    assert "wger_remembering" in sys.modules


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("tablets://host/name", r"no database is known for 'tablets'; use one of .*postgresql.*remembering.*sqlite"),
        ("broken://host/name", "the dialect for 'broken' cannot be loaded: .*open_broken"),
        ("absent://host/name", "wger_absent is not installed"),
        ("remembering+x:///", None),
    ],
)
def test_what_cannot_be_opened_is_told_in_one_line(installed, url, told):
    if told is None:
        assert database_at(url)
        return
    with pytest.raises(DatabaseURLError, match=told) as refused:
        database_at(url)
    assert "\n" not in str(refused.value)


def test_other_addresses_are_refused_by_those_that_have_none(installed):
    with pytest.raises(DatabaseURLError, match="a remembering database has neither another address nor replicas"):
        database_at("remembering:///x", replicas=["remembering:///y"])


def test_a_database_without_a_log_of_changes_has_no_sync_and_says_so(template, tmp_path, monkeypatch, caplog):
    copy = template.copy(tmp_path)
    monkeypatch.setattr(type(database_at(copy.url).dialect), "can_keep_log", False)
    with with_app(settings_for(copy.url, tmp_path)) as app:
        services = app.extensions["wger_flask"]
        assert services.registry.nodes == ()
        sync.tell_what_is_off(services.settings)
        assert [line.message for line in caplog.records if "are off" in line.message] == [sync.IS_OFF]
        with app.app_context():
            assert sync.IS_OFF in [finding.found for finding in machine.findings(services)]
        grace = Client(app, "grace")
        assert grace.get("powersync-token").json["powersync_url"] == ""
        for address in ("/ps/sync/stream", "/ps/write-checkpoint2.json", "/api/v2/events/", "/api/v2/webhook/"):
            for method in ("GET", "POST"):
                answer = grace.open(method, address)
                assert answer.status_code == 404 and answer.is_json, (method, address)
        assert grace.get("nutritionplan/").status_code == 200
        database.obj.close()
