"""What tests of accounts share: letters that are kept, policies that are bent, logged-in browsers."""

from __future__ import annotations

import dataclasses
import json
import re

import pytest

from wger_flask.auth import credential_stamps, tokens
from wger_flask.auth import policy as policies
from wger_flask.auth.models import User
from wger_flask.storage.counters import FileCounters

PASSWORD = "Tangled.Vines.42"
GRACE = {"username": "grace", "password": "ecarg-pass"}


def made(user: User, kind: str = "access"):
    """Make a token of ``/api/v2/token`` for somebody, as logging in would."""
    return tokens.make(user.id, kind, credential_stamps.current(user))


@pytest.fixture(autouse=True)
def _kept(request):
    """Let no test with an application print its messages."""
    if "app" in request.fixturenames:
        request.getfixturevalue("outbox")


@pytest.fixture
def outbox(app):
    """The messages that were posted, in place of sending them."""
    posted: list = []
    ours = dataclasses.replace(app.extensions["accounts"], post=posted.append)
    before = policies._policy
    policies.set_policy(ours)
    yield posted
    policies.set_policy(before)


@pytest.fixture
def bend(app):
    """Change settings for one test: ``bend(ALLOW_REGISTRATION=False)``."""

    def change(**settings):
        held = policies.policy()
        policies.set_policy(dataclasses.replace(held, settings=dataclasses.replace(held.settings, **settings)))

    return change


@pytest.fixture
def counted(app, tmp_path, monkeypatch):
    """Count for rate limits and the lockout, which tests otherwise do without."""
    counters = FileCounters(tmp_path)
    monkeypatch.setattr(app.extensions["wger_flask"].throttle, "counters", counters)
    policies.set_policy(dataclasses.replace(policies.policy(), counters=counters))
    return counters


@pytest.fixture
def link_in():
    """Return the path of the link in a message."""

    def find(message) -> str:
        return re.search(r"https?://[^/\s]+(/\S+)", message.get_content())[1]

    return find


class Browser:
    """A browser with cookies that fills forms in as a person would."""

    def __init__(self, app):
        self.http = app.test_client()

    def get(self, path: str):
        """Open a page."""
        return self.http.get(path, headers={"Accept": "text/html"})

    def token(self, path: str) -> str:
        """Return the CSRF token of the form on a page."""
        return re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.get(path).text)[1]

    def fill(self, path: str, **values):
        """Send the form of the page ``path`` to itself."""
        values["csrfmiddlewaretoken"] = self.token(path)
        return self.http.post(path, data=values, headers={"Accept": "text/html"})

    def log_in(self, name: str, password: str | None = None):
        """Log one of the people in."""
        answer = self.fill("/user/login", username=name, password=password or f"{name[::-1]}-pass")
        assert answer.status_code == 303
        return self


@pytest.fixture
def browser(app):
    """Return browsers: each call opens another one."""
    return lambda: Browser(app)


class App:
    """An app that keeps its session token."""

    def __init__(self, app, **headers):
        self.http, self.headers = app.test_client(), headers

    def send(self, method: str, path: str, body=None, **headers):
        sent = {"data": json.dumps(body), "content_type": "application/json"} if body is not None else {}
        return self.http.open(f"/allauth/app/v1/{path}", method=method, headers={**self.headers, **headers}, **sent)

    def __getattr__(self, name: str):
        return lambda path, body=None, **headers: self.send(name.upper(), path, body, **headers)


@pytest.fixture
def phone(app):
    """An app of somebody who is not logged in."""
    return App(app)


@pytest.fixture
def grace(app, phone):
    """An app of grace's, logged in; ``given`` is what it got."""
    given = phone.post("auth/login", GRACE).json["meta"]
    own = App(app, **{"X-Session-Token": given["session_token"]})
    own.given = given
    return own


def codes(answer) -> list[tuple]:
    """Return the codes and parameters of the errors in a headless answer."""
    assert answer.status_code == 400
    return [(entry["code"], entry.get("param")) for entry in answer.json["errors"]]
