"""Passwords are guessed slowly: by address, whatever is forged in front of proxies, and by account from anywhere."""

from __future__ import annotations

from contextlib import contextmanager

import pytest

from wger_flask.auth import lockout
from wger_flask.storage.counters import FileCounters
from wger_flask.testing.server import Client, settings_for, with_app

GRACE, WRONG = {"username": "grace", "password": "ecarg-pass"}, {"username": "grace", "password": "wrong"}
MOST = 3


@contextmanager
def served(url, folder, proxies: int):
    """An application behind so many proxies, which locks addresses out."""
    settings = settings_for(
        url, folder, NUMBER_OF_PROXIES=proxies, WGER_RATELIMIT_ENABLED=True, AXES_ENABLED=True, AXES_FAILURE_LIMIT=MOST
    )
    with with_app(settings) as app:
        yield app


@pytest.fixture
def url(template, tmp_path):
    copy = template.copy(tmp_path)
    yield copy.url
    copy.drop()


class Sender:
    """Clients at addresses of their own; each proxy appends the address that it was asked from."""

    def __init__(self, app, proxies: int):
        self._app, self._proxies = app, proxies

    def __call__(self, address: str, body: dict, forged: str = "", path: str = "token") -> int:
        headers = {}
        hops = [address, *(f"10.0.0.{n}" for n in range(1, self._proxies + 1))]
        if sent := ", ".join([*filter(None, [forged]), *hops[:-1]]):
            headers["X-Forwarded-For"] = sent
        for name in ("Forwarded", "X-Real-IP", "X-Client-IP", "True-Client-IP", "CF-Connecting-IP", "Client-IP"):
            if forged:
                headers[name] = f"for={forged}" if name == "Forwarded" else forged
        environ = {"REMOTE_ADDR": hops[-1]}
        return Client(self._app).post(path, body, headers=headers, environ_base=environ).status_code


@pytest.mark.parametrize("proxies", [0, 1, 2])
def test_forged_addresses_help_nobody(url, tmp_path, proxies):
    """The address that counts is the one that the outermost trusted proxy saw."""
    with served(url, tmp_path, proxies) as app:
        send = Sender(app, proxies)
        guesses = [send("192.0.2.1", WRONG, forged=f"198.51.100.{n}") for n in range(MOST + 2)]
        assert guesses == [401] * MOST + [429] * 2
        assert send("192.0.2.1", GRACE, forged="203.0.113.9, 203.0.113.10") == 429
        assert send("192.0.2.2", GRACE, forged="192.0.2.1") == 200  # nobody is locked out by another one's forgery


@pytest.mark.parametrize("proxies", [1, 2])
def test_others_behind_the_same_proxy_are_not_locked_out(url, tmp_path, proxies):
    with served(url, tmp_path, proxies) as app:
        send = Sender(app, proxies)
        assert [send("192.0.2.1", WRONG) for _ in range(MOST + 1)][-1] == 429
        assert send("192.0.2.2", GRACE) == 200


@pytest.fixture
def tries(app, counted, bend):
    """Return a function that tries to log in as somebody, from somewhere."""
    bend(AXES_ENABLED=True, AXES_FAILURE_LIMIT=MOST)

    def tries(number: int, name: str = "grace", password: str = "wrong", path: str = "token") -> int:
        body = {"username": name, "password": password}
        environ = {"REMOTE_ADDR": f"192.0.2.{number}"}
        return Client(app).post(path, body, environ_base=environ).status_code

    return tries


EVERYWHERE = MOST * lockout._EVERYWHERE


@pytest.mark.parametrize("name", ["grace", "nobody"])
def test_many_addresses_guess_at_one_account_no_faster_than_ten(tries, name):
    """What is answered tells nothing of whether there is such an account."""
    assert [tries(n, name) for n in range(EVERYWHERE + 2)] == [401] * EVERYWHERE + [429] * 2
    assert tries(200, name.upper()) == 429
    assert tries(200, name, f"{name[::-1]}-pass") == 429
    assert tries(200, "ada", "ada-pass") == 200  # others are as before
    assert tries(201, name, path="/allauth/app/v1/auth/login") == 429


def test_the_one_whose_account_it_is_still_gets_in(tries, api):
    assert tries(250, password="ecarg-pass") == 200
    assert [tries(n) for n in range(EVERYWHERE + 1)][-1] == 429
    assert tries(250, password="ecarg-pass") == 200
    assert api("grace").get("weightentry/").status_code == 200
    assert [tries(250) for _ in range(MOST + 1)] == [401] * MOST + [429]


def test_it_ends(tries, monkeypatch):
    assert [tries(n) for n in range(EVERYWHERE + 1)][-1] == 429
    now = lockout.time.time()
    monkeypatch.setattr(lockout.time, "time", lambda: now + 31 * 60)
    assert tries(250, password="ecarg-pass") == 200


def test_no_name_stands_in_the_counters(tries, counted: FileCounters):
    tries(1, "a-password-typed-here")
    assert b"a-password-typed-here" not in counted.path.read_bytes()
    wal = counted.path.with_name(counted.path.name + "-wal")
    assert not wal.exists() or b"a-password-typed-here" not in wal.read_bytes()
