"""The session cookie on the API: it wins over headers, and writes need a CSRF token."""

from __future__ import annotations

import re

import pytest
from itsdangerous import TimestampSigner

from wger_flask.auth import accounts, messages
from wger_flask.auth.models import User
from wger_flask.storage.database import transaction

from .conftest import PASSWORD

WEIGHT = {"date": "2024-05-05T10:00:00Z", "weight": 80}


def failed(reason: str) -> dict:
    return {"detail": f"CSRF Failed: {reason}"}


@pytest.fixture
def grace(browser):
    return browser().log_in("grace")


def token_of(browser) -> str:
    return browser.http.get_cookie("csrftoken").value


def test_the_cookies(app, browser):
    answer = browser().fill("/user/login", username="grace", password="ecarg-pass")
    session, token = sorted(answer.headers.getlist("Set-Cookie"), key=lambda line: line.startswith("csrftoken"))
    assert re.match(r"sessionid=.+; Expires=.+; HttpOnly; Path=/; SameSite=Lax$", session)
    assert re.match(r"csrftoken=\w{32}; Expires=.+; Max-Age=31536000; Path=/; SameSite=Lax$", token)


def test_the_cookie_says_who_somebody_is(grace):
    assert grace.http.get("/api/v2/userprofile/").json["username"] == "grace"


def test_the_cookie_wins_over_a_header(grace, api):
    for header in (api("ada").headers["Authorization"], "Token nonsense", "Bearer x.y.z"):
        answer = grace.http.get("/api/v2/userprofile/", headers={"Authorization": header})
        assert answer.json["username"] == "grace"


def test_a_write_needs_the_token(grace, api):
    def send(**headers):
        return grace.http.post("/api/v2/weightentry/", json=WEIGHT, headers=headers)

    assert send().json == failed("CSRF token missing.")
    assert send(**api("grace").headers).json == failed("CSRF token missing.")
    wrong = send(**{"X-CSRFToken": "x" * 32})
    assert (wrong.status_code, wrong.json) == (
        403,
        failed("CSRF token from the 'X-Csrftoken' HTTP header incorrect."),
    )
    assert send(**{"X-CSRFToken": "\u00e4"}).status_code == 403
    assert send(**{"X-CSRFToken": token_of(grace)}).status_code == 201
    for method in ("PUT", "PATCH", "DELETE"):
        assert grace.http.open("/api/v2/userprofile/", method=method, json={}).status_code == 403


def test_a_form_carries_the_token(grace):
    def send(token):
        return grace.http.post("/api/v2/weightentry/", data={**WEIGHT, "csrfmiddlewaretoken": token})

    assert send("x" * 32).json == failed("CSRF token from POST incorrect.")
    assert send(token_of(grace)).status_code == 201


def test_without_the_cookie_of_the_token(grace):
    token = token_of(grace)
    grace.http.delete_cookie("csrftoken")
    answer = grace.http.patch("/api/v2/userprofile/", json={}, headers={"X-CSRFToken": token})
    assert answer.json == failed("CSRF cookie not set.")


def test_a_token_that_was_slipped_in(grace):
    grace.http.set_cookie("csrftoken", "y" * 32)
    answer = grace.http.patch("/api/v2/userprofile/", json={}, headers={"X-CSRFToken": "y" * 32})
    assert answer.json == failed("CSRF cookie incorrect.")


HELP = "Have the proxy pass the Host header on, or name the origin in CSRF_TRUSTED_ORIGINS."


def test_other_origins(grace, bend):
    def send(origin):
        headers = {"X-CSRFToken": token_of(grace), "Origin": origin}
        return grace.http.patch("/api/v2/userprofile/", json={}, headers=headers)

    assert send("http://localhost").status_code == 200
    for origin in ("https://localhost", "http://evil.example", "null", "http://localhost:81"):
        told = f"Origin checking failed - {origin} does not match any trusted origins. {HELP}"
        assert send(origin).json == failed(told)
    bend(CSRF_TRUSTED_ORIGINS=("https://app.example/path",))
    assert send("https://app.example").status_code == 200


def test_writes_with_a_token_in_the_header_need_none_of_it(api):
    assert api("grace").patch("userprofile/", {}).status_code == 200


def test_changing_the_password_ends_every_session_elsewhere(browser, grace):
    other = browser().log_in("grace")
    accounts.set_password("grace", PASSWORD)
    for held in (grace, other):
        assert held.http.get("/api/v2/userprofile/").status_code == 403


def test_somebody_who_was_shut_out(grace):
    with transaction():
        User.update(is_active=False).where(User.username == "grace").execute()
    assert grace.http.get("/api/v2/userprofile/").status_code == 403


@pytest.mark.parametrize("value", ["", "x", "eyJ1c2VyIjoxfQ.aaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbb"])
def test_a_forged_cookie_is_none(app, value):
    client = app.test_client()
    client.set_cookie("sessionid", value)
    assert client.get("/api/v2/userprofile/").status_code == 403
    assert client.get("/api/v2/language/").status_code == 200


@pytest.mark.parametrize(("ahead", "status"), [(4, 200), (60, 403)])
def test_a_host_whose_clock_is_behind_takes_the_cookie(browser, monkeypatch, ahead, status):
    now = TimestampSigner.get_timestamp
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda self: now(self) + ahead)
    held = browser().log_in("grace")
    monkeypatch.setattr(TimestampSigner, "get_timestamp", now)
    assert held.http.get("/api/v2/userprofile/").status_code == status


@pytest.mark.parametrize(("ahead", "holds"), [(4, True), (60, False), (-messages.LIFETIME - 4, False)])
def test_letters_allow_for_the_same(app, people, monkeypatch, ahead, holds):
    now = TimestampSigner.get_timestamp
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda self: now(self) + ahead)
    key = messages.reset_key(people["grace"], "grace@example.org")
    monkeypatch.setattr(TimestampSigner, "get_timestamp", now)
    assert (messages.read_reset(key) is not None) == holds


def test_requests_without_cookies_get_none(api):
    assert "Set-Cookie" not in api("grace").get("weightentry/").headers
    assert "Set-Cookie" not in api().get("language/").headers
