"""What administrators see of the phones that sync: on a terminal, as JSON, on a page."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from tests.auth.conftest import Browser
from wger_flask.commands import main
from wger_flask.storage.sync_log import phones
from wger_flask.sync import log
from wger_flask.sync.log import Ended


@pytest.fixture
def held(app, people, monkeypatch):
    """A log with a connected phone of grace's, one of linus's that broke off, and one of ada's that is long gone."""
    monkeypatch.setattr("wger_flask.commands.sync.migrated", lambda: app)
    for name, client in (("grace", "phone-of-grace"), ("linus", "phone-of-linus"), ("ada", "phone-of-ada")):
        log.take_snapshot(people[name].id, client)
    with monkeypatch.context() as earlier:
        earlier.setattr(phones.time, "time", lambda: 1_700_000_000)
        log.begin_stream(people["ada"].id, "phone-of-ada", 3)
    log.begin_stream(people["grace"].id, "phone-of-grace", 0)
    number = log.begin_stream(people["linus"].id, "phone-of-linus", 0)
    log.end_streams([Ended(people["linus"].id, "phone-of-linus", number, 5, "the database was away")])
    log.raise_number(people["linus"].id, "phone-that-only-uploads")


@pytest.fixture
def browse(app):
    """Return a browser in which somebody is logged in, or nobody."""

    def opened(name: str | None):
        browser = Browser(app)
        if name:
            browser.log_in(name)
        return browser

    return opened


def run(*arguments: str) -> str:
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 0, done.output
    return done.output


def test_the_command_as_json(held, people):
    told = json.loads(run("sync-status", "--json"))
    last = log.take_snapshot(people["ada"].id, "x").last_op_id
    assert (told["connected"], told["all_phones"], told["last_op_id"]) == (1, 4, last)
    assert told["live"] > 100 and told["size"] > 10_000 and told["dead"] == 0
    found = {phone["client_id"]: phone for phone in told["phones"]}
    assert {name for name, phone in found.items() if phone["is_connected"]} == {"phone-of-grace"}
    assert found["phone-of-linus"]["error"] == "the database was away"
    assert found["phone-of-linus"]["behind"] == last - 5 and found["phone-of-linus"]["username"] == "linus"
    assert found["phone-of-ada"]["seen"] == "2023-11-14T22:13:20Z" and found["phone-of-ada"]["ended"] is None
    assert found["phone-that-only-uploads"]["seen"] is None


def test_the_command_in_words(held):
    told = run("sync-status")
    assert "phones      1 of 4 connected\n" in told
    [line] = [line for line in told.splitlines() if line.startswith("linus") and "away" in line]
    assert line.split()[:3] == ["linus", "phone-of", "no"]


def test_a_server_without_sync(app, monkeypatch):
    monkeypatch.setattr("wger_flask.commands.sync.migrated", lambda: app)
    monkeypatch.setattr(log, "is_kept", lambda: False)
    done = CliRunner().invoke(main, ["sync-status"])
    assert done.exit_code == 1 and "WGER_SYNC is off" in done.output


# -- the page ---------------------------------------------------------------------------------------------------
def test_the_page_of_administrators(held, browse):
    page = browse("ada").get("/user/sync")
    text = page.get_data(as_text=True)
    assert page.status_code == 200 and page.headers["Cache-Control"] == "no-store"
    assert "<strong>1</strong> of 4 phones connected" in text
    assert "the database was away" in text and "grace" in text
    assert "/user/sync" in browse("ada").get("/user/").get_data(as_text=True)


@pytest.mark.parametrize(("name", "status"), [(None, 303), ("grace", 403)])
def test_the_page_is_theirs_alone(held, browse, name, status):
    page = browse(name).get("/user/sync")
    assert page.status_code == status and "phone-of" not in page.get_data(as_text=True)
    if name:
        assert "/user/sync" not in browse(name).get("/user/").get_data(as_text=True)


def test_the_page_before_the_first_phone_and_without_sync(app, browse, monkeypatch):
    assert "phone" in browse("ada").get("/user/sync").get_data(as_text=True)
    settings = app.extensions["wger_flask"].settings
    monkeypatch.setitem(settings.__dict__, "WGER_SYNC", False)
    assert "It is off (WGER_SYNC)" in browse("ada").get("/user/sync").get_data(as_text=True)
    monkeypatch.setitem(settings.__dict__, "POWERSYNC_URL", "https://ps.example.org/")
    assert "sent to https://ps.example.org/" in browse("ada").get("/user/sync").get_data(as_text=True)
