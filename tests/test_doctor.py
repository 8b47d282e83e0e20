"""The doctor walks the app's way: through a server that works, and through proxies that each do one thing wrong."""

from __future__ import annotations

import json
from contextlib import ExitStack
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner
from werkzeug.wrappers import Request, Response

from tests.browser.serving import serving
from wger_flask.auth.accounts import create_user
from wger_flask.auth.models import User
from wger_flask.commands import main
from wger_flask.storage.database import transaction
from wger_flask.sync import app_walk, doctor
from wger_flask.sync.app_walk import OK, PROBLEM, WARNING, Walk

MACHINE = [
    "database",
    "migrations",
    "media",
    "disk",
    "secret",
    "permissions",
    "time zone",
    "mail",
    "proxies",
    "backups",
]
REACH = ["links", "forwarded host", "readiness", "served media"]
STEPS = ["address", "clock", "login", "token", "liveness", "stream", "upload", "live"]


class Proxy:
    """A WSGI application in front of another one, which meddles with what passes.

    ``meddle`` changes the environment before; ``answers`` may answer instead; ``holds`` keeps back the lines of
    streams, from the one with that number on; ``adds`` are headers of every answer.
    """

    def __init__(self, app, meddle=lambda environ: None, answers=lambda request: None, holds=None, adds=()):
        self.app, self.meddle, self.answers, self.holds, self.adds = app, meddle, answers, holds, dict(adds)

    def __call__(self, environ, start):
        self.meddle(environ)
        if answer := self.answers(Request(environ)):
            return answer(environ, start)

        def begin(status, headers, info=None):
            kept = [(name, value) for name, value in headers if name not in self.adds]
            return start(status, kept + list(self.adds.items()), info)

        pieces = self.app(environ, begin)
        return self.held(pieces) if self.holds is not None and environ["PATH_INFO"] == "/ps/sync/stream" else pieces

    def held(self, pieces):
        """Pass on the first lines only; the others wait for an end that does not come."""
        seen = 0
        try:
            for piece in pieces:
                for line in piece.splitlines(keepends=True):
                    if seen < self.holds or b"checkpoint_complete" in line and seen == self.holds:
                        yield line
                    seen += b"checkpoint_complete" in line
                if seen > 1:
                    return
        finally:
            pieces.close()


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    """The machine of tests may be slow, which is no fault of the server."""
    monkeypatch.setattr(app_walk, "STREAM_SECONDS", 60.0)
    monkeypatch.setattr(app_walk, "SLOW", 60.0)


@pytest.fixture
def walk(app):
    """Walk through a proxy with the given faults; returns the findings."""
    with ExitStack() as held:

        def walked(name="grace", password="ecarg-pass", **faults):
            base = held.enter_context(serving(Proxy(app, **faults)))
            findings = []
            Walk(base, name, password, findings.append).go()
            return findings

        yield walked


def last(findings):
    return findings[-1].check, findings[-1].status


def test_a_server_that_works(walk):
    findings = walk()
    assert [one.check for one in findings if one.status == OK] == STEPS
    assert [one.check for one in findings if one.status != OK] == ["address"]  # which is this machine alone
    assert all(bool(one.advice) == (one.status != OK) for one in findings)


@pytest.mark.parametrize(
    ("answers", "where", "told"),
    [
        (lambda request: Response("<html>", mimetype="text/html"), "address", "not by a wger"),
        (lambda request: Response(status=301, headers={"Location": "https://x.org/"}), "address", "https://x.org/"),
        (lambda request: Response(status=502), "address", "502"),
        (lambda request: Response(status=404) if "/allauth/" in request.path else None, "login", "404"),
        (lambda request: Response(status=429) if "/allauth/" in request.path else None, "login", "Too many logins"),
        (lambda request: Response(status=404) if "/ps/" in request.path else None, "liveness", "unavailable"),
        (lambda request: Response(status=405) if request.path == "/ps/sync/stream" else None, "stream", "405"),
        (lambda request: Response(status=503) if request.path == "/ps/sync/stream" else None, "stream", "503"),
        (lambda request: Response(status=405) if request.method == "PUT" else None, "upload", "405"),
        (lambda request: Response(status=404) if "write-checkpoint" in request.path else None, "upload", "404"),
        (
            lambda request: Response('{"a": 1}\n', mimetype="text/plain") if "stream" in request.path else None,
            "stream",
            "do not arrive",
        ),
    ],
)
def test_what_a_proxy_does_not_pass_on(walk, answers, where, told):
    findings = walk(answers=answers)
    assert last(findings) == (where, PROBLEM)
    assert told in findings[-1].found and findings[-1].advice


def test_a_proxy_that_drops_credentials(walk):
    findings = walk(meddle=lambda environ: environ.pop("HTTP_AUTHORIZATION", None))
    assert last(findings) == ("login", PROBLEM) and "Authorization" in findings[-1].advice


def test_a_proxy_that_holds_answers_back(walk, monkeypatch):
    monkeypatch.setattr(app_walk, "STREAM_SECONDS", 5.0)
    findings = walk(holds=1)
    assert last(findings) == ("live", PROBLEM)
    assert "proxy_buffering off" in findings[-1].advice


def test_a_proxy_that_compresses(walk):
    [finding] = [one for one in walk(adds={"Content-Encoding": "x"}) if one.check == "stream" and one.status == PROBLEM]
    assert "compress" in finding.found


def test_a_wrong_site_address(walk):
    def elsewhere(environ):
        environ["HTTP_HOST"] = "wger.example.org"

    findings = {one.check: one for one in walk(meddle=elsewhere)}
    assert findings["token"].status == WARNING and "http://wger.example.org/ps/" in findings["token"].found
    assert "Host" in findings["token"].advice
    assert findings["liveness"].status == WARNING and "fall back" in findings["liveness"].found
    assert findings["live"].status == OK


def test_clocks_that_differ(walk):
    findings = walk(adds={"Date": "Mon, 02 Jan 2023 10:00:00 GMT"})
    assert [one.status for one in findings if one.check == "clock"] == [PROBLEM]


def test_a_password_of_another_database(walk):
    assert last(walk(password="wrong")) == ("login", PROBLEM)


def test_an_address_where_nothing_is():
    findings = []
    Walk("http://127.0.0.1:1", "grace", "x", findings.append).go()
    assert last(findings) == ("address", PROBLEM) and "nothing listens there" in findings[-1].found


def test_nothing_is_left_of_the_visitor(app):
    with app.app_context():
        left = create_user(doctor.NAME + "left", "a-pass-phrase")
        with transaction():
            User.update(date_joined=datetime(2020, 1, 1, tzinfo=UTC)).where(User.id == left).execute()
        before = {user.username for user in User.select()} - {doctor.NAME + "left"}
        with pytest.raises(ZeroDivisionError), doctor.visitor() as (name, password):
            assert User.get(User.username == name) and password
            raise ZeroDivisionError
        assert {user.username for user in User.select()} == before


def test_a_site_url_that_is_not_where_phones_come(app):
    findings = []
    with app.app_context():
        doctor.examine(app.extensions["wger_flask"].settings, "http://127.0.0.1:1", findings.append)
    assert (findings[0].check, findings[0].status) == ("settings", WARNING) and "SITE_URL" in findings[0].found


def test_a_clock_that_was_wrong(app, people):
    settings = app.extensions["wger_flask"].settings
    assert doctor.local_findings(settings) == []
    with transaction():
        User.update(last_login=datetime(2999, 1, 1, tzinfo=UTC)).where(User.id == people["grace"].id).execute()
    [finding] = doctor.local_findings(settings)
    assert (finding.check, finding.status) == ("clock", PROBLEM) and "2999-01-01" in finding.found


# -- the command ---------------------------------------------------------------------------------------------
def test_the_command(app, monkeypatch):
    monkeypatch.setattr("wger_flask.commands.doctor.migrated", lambda: app)
    users = User.select().count()
    with serving(app) as base:
        done = CliRunner().invoke(main, ["doctor", base, "--json"])
        assert done.exit_code == 0, done.output
        told = json.loads(done.output)
        assert told["address"] == base and told["ok"] is True
        assert [one["check"] for one in told["findings"]][: len(MACHINE) + len(REACH)] == MACHINE + REACH
        assert all(one["advice"] for one in told["findings"] if one["status"] != OK)
        assert [one["check"] for one in told["findings"] if one["status"] == OK][-len(STEPS) :] == STEPS
        done = CliRunner().invoke(main, ["doctor", base])
        assert done.exit_code == 0 and "ok      live: A change reaches a connected phone after" in done.output
    done = CliRunner().invoke(main, ["doctor", "http://127.0.0.1:1"])
    assert done.exit_code == 1 and "problem address: " in done.output and "-> Does the server run" in done.output
    assert CliRunner().invoke(main, ["doctor", "wger.example.org"]).exit_code == 1
    assert User.select().count() == users
