"""Apps: log in, stay logged in, sign up, log out."""

from __future__ import annotations

import json
import threading
from datetime import timedelta

import pytest

from wger_flask.auth import sessions
from wger_flask.auth.models import LoginSession, Session, User
from wger_flask.domain.core.models import UserProfile
from wger_flask.storage import columns
from wger_flask.storage.database import database, transaction

from .conftest import GRACE, PASSWORD, App, codes, made

FLOWS = [{"id": "login"}, {"id": "signup"}, {"id": "mfa_login_webauthn"}]


# -- in and out --------------------------------------------------------------------------------------
def test_config(phone, bend):
    answer = phone.get("config").json
    assert answer["status"] == 200 and answer["data"]["account"]["is_open_for_signup"] is True
    assert answer["data"]["account"]["login_methods"] == ["username", "email"]
    bend(ALLOW_REGISTRATION=False)
    assert phone.get("config").json["data"]["account"]["is_open_for_signup"] is False
    assert phone.get("auth/session").json["data"]["flows"] == [FLOWS[0], FLOWS[2]]


def test_logging_in(phone, people):
    before = columns.now()
    answer = phone.post("auth/login", GRACE)
    assert answer.headers["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"
    data, meta = answer.json["data"], answer.json["meta"]
    assert before.timestamp() <= data["methods"][0].pop("at") <= columns.now().timestamp()
    assert data == {
        "user": {
            "id": people["grace"].id,
            "display": "grace",
            "email": "grace@example.org",
            "has_usable_password": True,
            "username": "grace",
        },
        "methods": [{"method": "password", "username": "grace"}],
    }
    assert list(data["user"]) == ["id", "display", "email", "has_usable_password", "username"]
    assert set(meta) == {"is_authenticated", "session_token", "access_token", "refresh_token"}
    assert len(meta["session_token"]) == 32
    assert User.get(username="grace").last_login >= before


@pytest.mark.parametrize(
    ("sent", "method"),
    [
        ({"username": "GRACE"}, {"username": "GRACE"}),
        ({"username": "grace@example.org"}, {"username": "grace@example.org"}),
        ({"email": "grace@EXAMPLE.org"}, {"email": "grace@EXAMPLE.org"}),
    ],
)
def test_names_that_log_in(phone, sent, method):
    answer = phone.post("auth/login", {**sent, "password": "ecarg-pass"})
    assert answer.json["data"]["user"]["username"] == "grace"
    assert {name: value for name, value in answer.json["data"]["methods"][0].items() if name != "at"} == {
        "method": "password",
        **method,
    }


@pytest.mark.parametrize("email", ["grace@localhost", "gr\u00e2ce@example.org", "a b@example.org"])
def test_an_address_that_is_in_the_table_logs_in_whatever_its_form(phone, email):
    with transaction():
        User.update(email=email).where(User.username == "grace").execute()
    assert phone.post("auth/login", {"email": email, "password": "ecarg-pass"}).status_code == 200


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({**GRACE, "password": "wrong"}, [("username_password_mismatch", "password")]),
        ({"email": "grace@example.org", "password": "x"}, [("email_password_mismatch", "password")]),
        ({"email": "grace", "password": "x"}, [("invalid", "email")]),
        ({"email": "g@example.org", **GRACE}, [("invalid_login", None)]),
        ({"password": "x"}, [("invalid_login", None)]),
        ({}, [("required", "password")]),
        ({"username": "grace", "password": None}, [("required", "password")]),
        ({"username": ["grace"], "password": "ecarg-pass"}, [("username_password_mismatch", "password")]),
        ({"username": "gr\x00ace", "password": "ecarg-pass"}, [("null_characters_not_allowed", "username")]),
        ({"username": "grace", "password": "\ud800"}, [("null_characters_not_allowed", "password")]),
    ],
)
def test_logins_that_fail(phone, body, expected):
    answer = phone.post("auth/login", body)
    assert codes(answer) == expected
    assert answer.json["meta"].keys() == {"session_token"}


@pytest.mark.parametrize("body", [b"{", b"[]", b"null", b'"x"', b"5", b"a=b", b"\xff", b"[" * 100_000])
def test_bodies_that_are_no_objects(phone, body):
    answer = phone.http.post("/allauth/app/v1/auth/login", data=body, content_type="application/json")
    assert (answer.status_code, answer.data) == (400, b"")
    assert phone.http.post("/allauth/app/v1/auth/login", data=GRACE).status_code == 400


def test_somebody_who_was_shut_out(phone, grace):
    with transaction():
        User.update(is_active=False).where(User.username == "grace").execute()
    answer = phone.post("auth/login", GRACE)
    assert (answer.status_code, answer.json["data"], answer.json["meta"]["is_authenticated"]) == (
        401,
        {"flows": FLOWS},
        False,
    )
    assert grace.get("auth/session").status_code == 410


def test_who_is_logged_in_is_known_by_either_token(phone, grace):
    own = grace.get("auth/session")
    assert own.status_code == 200 and own.json["meta"] == {"is_authenticated": True}
    bearer = phone.get("auth/session", Authorization=f"Bearer {grace.given['access_token']}")
    assert bearer.json == own.json
    assert grace.post("auth/login", GRACE).json == {"status": 409}
    assert grace.post("auth/signup", {}).status_code == 409


@pytest.mark.parametrize(
    "credentials",
    [
        {},
        {"X-Session-Token": ""},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer x.y.z"},
        {"Authorization": "Token 6772616365"},
        {"X-Session-Token": "anonymous"},
        {"Authorization": "simple"},
        {"Authorization": "refresh"},
    ],
)
def test_nobody(phone, grace, people, credentials):
    sent = {
        "anonymous": lambda: phone.get("auth/session").json["meta"]["session_token"],
        "simple": lambda: "Bearer " + made(people["grace"]).text,
        "refresh": lambda: f"Bearer {grace.given['refresh_token']}",
    }
    credentials = {name: sent[value]() if value in sent else value for name, value in credentials.items()}
    for path in ("auth/session", "account/email", "account/authenticators"):
        answer = phone.get(path, **credentials)
        assert answer.status_code == 401
        assert answer.json["meta"]["is_authenticated"] is False
        assert len(answer.json["meta"]["session_token"]) == 32
    assert phone.post("account/password/change", {}, **credentials).status_code == 401


@pytest.mark.parametrize("token", ["nonsense", "a.b.c", "x" * 32, "\u00e4" * 32, "0" * 500])
def test_session_tokens_that_are_none(phone, token):
    answer = phone.get("auth/session", **{"X-Session-Token": token})
    assert (answer.status_code, answer.json["meta"]["is_authenticated"]) == (410, None)
    assert answer.json["data"] == {"flows": FLOWS}


def test_nothing_is_stored_for_strangers(phone):
    for path in ("config", "auth/session", "account/email"):
        phone.get(path)
    assert not LoginSession.select().exists()


def test_logging_out(phone, grace, api):
    answer = grace.delete("auth/session")
    assert (answer.status_code, answer.json["meta"]) == (401, {"is_authenticated": False})
    assert grace.get("auth/session").status_code == 410
    bearer = {"Authorization": f"Bearer {grace.given['access_token']}"}
    assert phone.get("auth/session", **bearer).status_code == 410
    refused = api().get("userprofile/", headers=bearer)
    assert (refused.status_code, refused.json["code"]) == (403, "token_not_valid")
    verified = api().post("token/verify", {"token": grace.given["access_token"]})
    assert (verified.status_code, verified.json["code"]) == (401, "token_not_valid")
    assert phone.post("tokens/refresh", {"refresh_token": grace.given["refresh_token"]}).status_code == 400


def test_the_database_holds_no_session_token(grace):
    (row,) = LoginSession.select().dicts()
    stored = json.dumps({name: str(value) for name, value in row.items()})
    assert grace.given["session_token"] not in stored
    assert grace.given["refresh_token"] not in stored and "pbkdf2" not in stored


def test_a_session_ends_when_its_time_is_over(grace, phone):
    with transaction():
        LoginSession.update(expires=columns.now() - timedelta(seconds=1)).execute()
    assert grace.get("auth/session").status_code == 410
    phone.post("auth/login", GRACE)
    assert LoginSession.select().count() == 1  # the old one is forgotten


def test_the_sessions_of_a_wger_on_the_same_database_are_left_alone(phone, grace, browser):
    with transaction():
        Session.create(session_key="theirs", session_data="eyJ4IjoxfQ:1t", expire_date=columns.now())
    assert phone.get("auth/session", **{"X-Session-Token": "theirs"}).status_code == 410
    browser().log_in("ada")
    phone.post("auth/login", GRACE)
    grace.delete("auth/session")
    assert [row.session_key for row in Session.select()] == ["theirs"]


# -- refresh -----------------------------------------------------------------------------------------
def test_each_refresh_token_is_good_once(phone, grace, api):
    first = {"refresh_token": grace.given["refresh_token"]}
    second = phone.post("tokens/refresh", first).json["data"]
    assert set(second) == {"access_token", "refresh_token"}
    again = phone.post("tokens/refresh", first)
    assert (again.status_code, set(again.json)) == (400, {"status", "meta"})
    assert phone.post("tokens/refresh", {"refresh_token": second["refresh_token"]}).status_code == 200
    bearer = {"Authorization": f"Bearer {second['access_token']}"}
    assert api().get("userprofile/", headers=bearer).status_code == 200
    assert phone.get("auth/session", **bearer).status_code == 200


@pytest.mark.parametrize("body", [{}, {"refresh_token": None}, {"refresh_token": " "}])
def test_a_missing_refresh_token(phone, body):
    assert codes(phone.post("tokens/refresh", body)) == [("required", "refresh_token")]
    assert codes(phone.put("tokens/refresh", body)) == [("required", "refresh_token")]


def test_what_renews_nothing(phone, grace, people):
    given = grace.given
    for text in ("x", 5, given["access_token"], given["session_token"], made(people["grace"], "refresh").text):
        assert phone.post("tokens/refresh", {"refresh_token": text}).status_code == 400


def test_of_two_uses_at_once_one_wins(app, grace):
    results, gate = [], threading.Barrier(4)

    def use():
        gate.wait()
        try:
            results.append(bool(sessions.refreshed(grace.given["refresh_token"])))
        except sessions.Gone:
            results.append(False)
        finally:
            database.obj.close()

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [False, False, False, True]


# -- sign up -----------------------------------------------------------------------------------------
def test_signing_up(app, phone, outbox):
    answer = phone.post(
        "auth/signup",
        {"username": "anna", "password": PASSWORD, "email": "anna@example.org"},
        **{"Accept-Language": "de"},
    )
    assert (answer.status_code, answer.json["data"]["methods"]) == (200, [])
    own = App(app, **{"X-Session-Token": answer.json["meta"]["session_token"]})
    assert own.get("auth/session").json["data"]["user"]["username"] == "anna"
    assert own.get("account/email").json["data"] == [{"email": "anna@example.org", "verified": False, "primary": True}]
    assert UserProfile.get(user=User.get(username="anna")).notification_language.short_name == "de"
    assert [message["To"] for message in outbox] == ["anna@example.org"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, [("required", "username"), ("required", "password")]),
        ({"username": "GRACE", "password": PASSWORD}, [("username_taken", "username")]),
        ({"username": "anna", "password": PASSWORD, "email": "Grace@example.org"}, [("email_taken", "email")]),
        ({"username": "a b", "password": PASSWORD}, [("invalid", "username")]),
        ({"username": "a" * 151, "password": PASSWORD}, [("max_length", "username")]),
        ({"username": "anna", "password": PASSWORD, "email": "x"}, [("invalid", "email")]),
        ({"username": "anna", "password": PASSWORD, "email": ["anna@example.org"]}, [("invalid", "email")]),
        ({"username": "anna", "password": PASSWORD, "email": {"at": "example.org"}}, [("invalid", "email")]),
        (
            {"username": "anna", "password": "1"},
            [
                ("password_too_short", "password"),
                ("password_too_common", "password"),
                ("password_entirely_numeric", "password"),
            ],
        ),
    ],
)
def test_signups_that_fail(phone, body, expected):
    assert codes(phone.post("auth/signup", body)) == expected
    assert User.select().count() == 3


def test_signing_up_can_be_closed(phone, bend):
    bend(ALLOW_REGISTRATION=False)
    answer = phone.post("auth/signup", {"username": "anna", "password": PASSWORD})
    assert (answer.status_code, answer.json) == (403, {"status": 403})


def test_limits(phone, counted, bend):
    bend(AXES_ENABLED=True, AXES_FAILURE_LIMIT=2)
    statuses = [phone.post("auth/login", {**GRACE, "password": "x"}).status_code for _ in range(3)]
    assert statuses == [400, 400, 429]
    locked = phone.post("auth/login", GRACE)
    assert locked.json == {"status": 429} and "Retry-After" in locked.headers
    assert [phone.post("auth/signup", {}).status_code for _ in range(6)] == [400] * 5 + [429]
    assert [phone.post("auth/password/request", {}).status_code for _ in range(6)] == [400] * 5 + [429]


# -- methods -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("path", "allow", "refused"),
    [
        ("auth/login", "POST, OPTIONS", ["GET", "HEAD"]),
        ("auth/session", "GET, DELETE, HEAD, OPTIONS", ["POST", "PUT", "PATCH"]),
        ("account/email", "GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS", []),
    ],
)
def test_methods(phone, path, allow, refused):
    for method in refused:
        answer = phone.send(method, path, {})
        assert (answer.status_code, answer.headers["Allow"]) == (405, allow)
    served = "POST, PUT, PATCH, DELETE, OPTIONS" if allow == "POST, OPTIONS" else allow
    assert phone.options(path).headers["Allow"] == served


def test_unknown_paths(phone):
    assert phone.get("nonsense").status_code == 404
    assert phone.http.get("/allauth/browser/v1/auth/session").status_code == 404
