"""The calls of current apps: log in, stay logged in, manage the account."""

from __future__ import annotations

import json
import threading
from datetime import timedelta

import pytest

from wger_flask.auth import emails, letters, passwords, sessions, tokens
from wger_flask.auth.models import EmailAddress, Session, User
from wger_flask.domain.core.models import UserProfile
from wger_flask.storage import fields
from wger_flask.storage.database import database, transaction

from .conftest import PASSWORD

GRACE = {"username": "grace", "password": "ecarg-pass"}
FLOWS = [{"id": "login"}, {"id": "signup"}, {"id": "mfa_login_webauthn"}]


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
    assert answer.status_code == 400
    return [(entry["code"], entry.get("param")) for entry in answer.json["errors"]]


# -- in and out --------------------------------------------------------------------------------------
def test_config(phone, bend):
    answer = phone.get("config").json
    assert answer["status"] == 200 and answer["data"]["account"]["is_open_for_signup"] is True
    assert answer["data"]["account"]["login_methods"] == ["username", "email"]
    bend(ALLOW_REGISTRATION=False)
    assert phone.get("config").json["data"]["account"]["is_open_for_signup"] is False
    assert phone.get("auth/session").json["data"]["flows"] == [FLOWS[0], FLOWS[2]]


def test_logging_in(phone, people):
    before = fields.now()
    answer = phone.post("auth/login", GRACE)
    assert answer.headers["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"
    data, meta = answer.json["data"], answer.json["meta"]
    assert before.timestamp() <= data["methods"][0].pop("at") <= fields.now().timestamp()
    assert data == {
        "user": {
            "id": people["grace"].id, "display": "grace", "has_usable_password": True, "email": "grace@example.org",
            "username": "grace",
        },
        "methods": [{"method": "password", "username": "grace"}],
    }  # fmt: skip
    assert set(meta) == {"is_authenticated", "session_token", "access_token", "refresh_token"}
    assert len(meta["session_token"]) == 32
    assert User.get(username="grace").last_login >= before


@pytest.mark.parametrize(("sent", "method"), [
    ({"username": "GRACE"}, {"username": "GRACE"}),
    ({"username": "grace@example.org"}, {"username": "grace@example.org"}),
    ({"email": "grace@EXAMPLE.org"}, {"email": "grace@EXAMPLE.org"}),
])  # fmt: skip
def test_names_that_log_in(phone, sent, method):
    answer = phone.post("auth/login", {**sent, "password": "ecarg-pass"})
    assert answer.json["data"]["user"]["username"] == "grace"
    assert {name: value for name, value in answer.json["data"]["methods"][0].items() if name != "at"} == {
        "method": "password", **method,
    }  # fmt: skip


@pytest.mark.parametrize(("body", "expected"), [
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
])  # fmt: skip
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
        401, {"flows": FLOWS}, False,
    )  # fmt: skip
    assert grace.get("auth/session").status_code == 410


def test_who_is_logged_in_is_known_by_either_token(phone, grace):
    own = grace.get("auth/session")
    assert own.status_code == 200 and own.json["meta"] == {"is_authenticated": True}
    bearer = phone.get("auth/session", Authorization=f"Bearer {grace.given['access_token']}")
    assert bearer.json == own.json
    assert grace.post("auth/login", GRACE).json == {"status": 409}
    assert grace.post("auth/signup", {}).status_code == 409


@pytest.mark.parametrize("credentials", [
    {}, {"X-Session-Token": ""}, {"Authorization": "Bearer "}, {"Authorization": "Bearer x.y.z"},
    {"Authorization": "Token 6772616365"}, {"X-Session-Token": "anonymous"},
    {"Authorization": "simple"}, {"Authorization": "refresh"},
])  # fmt: skip
def test_nobody(phone, grace, people, credentials):
    made = {
        "anonymous": lambda: phone.get("auth/session").json["meta"]["session_token"],
        "simple": lambda: "Bearer " + tokens.make(people["grace"].id, "access").text,
        "refresh": lambda: f"Bearer {grace.given['refresh_token']}",
    }
    credentials = {name: made[value]() if value in made else value for name, value in credentials.items()}
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
    assert not Session.select().exists()


def test_logging_out(phone, grace, api):
    answer = grace.delete("auth/session")
    assert (answer.status_code, answer.json["meta"]) == (401, {"is_authenticated": False})
    assert grace.get("auth/session").status_code == 410
    bearer = {"Authorization": f"Bearer {grace.given['access_token']}"}
    assert phone.get("auth/session", **bearer).status_code == 410
    assert api().get("userprofile/", headers=bearer).status_code == 200  # runs out by itself
    assert phone.post("tokens/refresh", {"refresh_token": grace.given["refresh_token"]}).status_code == 400


def test_the_database_holds_no_session_token(grace):
    row = Session.get()
    assert grace.given["session_token"] not in (row.session_key, *json.loads(row.session_data).values())
    assert grace.given["refresh_token"] not in row.session_data and "pbkdf2" not in row.session_data


def test_a_session_ends_when_its_time_is_over(grace, phone):
    with transaction():
        Session.update(expire_date=fields.now() - timedelta(seconds=1)).execute()
    assert grace.get("auth/session").status_code == 410
    phone.post("auth/login", GRACE)
    assert Session.select().count() == 1  # the old one is forgotten


def test_sessions_of_others_in_the_same_table_are_no_good(phone, people):
    with transaction():
        Session.create(session_key=sessions._key("theirs"), session_data="eyJ4IjoxfQ:1t", expire_date=fields.now())
        Session.update(expire_date=fields.now() + timedelta(days=1)).execute()
    assert phone.get("auth/session", **{"X-Session-Token": "theirs"}).status_code == 410


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
    for text in ("x", 5, grace.given["access_token"], grace.given["session_token"], tokens.make(2, "refresh").text):
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
        "auth/signup", {"username": "anna", "password": PASSWORD, "email": "anna@example.org"},
        **{"Accept-Language": "de"},
    )  # fmt: skip
    assert (answer.status_code, answer.json["data"]["methods"]) == (200, [])
    own = App(app, **{"X-Session-Token": answer.json["meta"]["session_token"]})
    assert own.get("auth/session").json["data"]["user"]["username"] == "anna"
    assert own.get("account/email").json["data"] == [{"email": "anna@example.org", "verified": False, "primary": True}]
    assert UserProfile.get(user=User.get(username="anna")).notification_language.short_name == "de"
    assert [message["To"] for message in outbox] == ["anna@example.org"]


@pytest.mark.parametrize(("body", "expected"), [
    ({}, [("required", "username"), ("required", "password")]),
    ({"username": "GRACE", "password": PASSWORD}, [("username_taken", "username")]),
    ({"username": "anna", "password": PASSWORD, "email": "Grace@example.org"}, [("email_taken", "email")]),
    ({"username": "a b", "password": PASSWORD}, [("invalid", "username")]),
    ({"username": "a" * 151, "password": PASSWORD}, [("max_length", "username")]),
    ({"username": "anna", "password": PASSWORD, "email": "x"}, [("invalid", "email")]),
    ({"username": "anna", "password": "1"}, [
        ("password_too_short", "password"), ("password_too_common", "password"),
        ("password_entirely_numeric", "password"),
    ]),
])  # fmt: skip
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
@pytest.mark.parametrize(("path", "allow", "refused"), [
    ("auth/login", "POST, OPTIONS", ["GET", "HEAD"]),
    ("auth/session", "GET, DELETE, HEAD, OPTIONS", ["POST", "PUT", "PATCH"]),
    ("account/email", "GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS", []),
])  # fmt: skip
def test_methods(phone, path, allow, refused):
    for method in refused:
        answer = phone.send(method, path, {})
        assert (answer.status_code, answer.headers["Allow"]) == (405, allow)
    assert phone.options(path).headers["Allow"] == allow


def test_unknown_paths(phone):
    assert phone.get("nonsense").status_code == 404
    assert phone.http.get("/allauth/browser/v1/auth/session").status_code == 404


# -- password ----------------------------------------------------------------------------------------
def test_changing_the_password(app, phone, grace, people):
    other = phone.post("auth/login", GRACE).json["meta"]["session_token"]
    answer = grace.post("account/password/change", {"current_password": "ecarg-pass", "new_password": PASSWORD})
    assert answer.status_code == 200 and answer.json["data"]["methods"][0]["username"] == "grace"
    assert grace.get("auth/session").status_code == 410
    assert phone.get("auth/session", **{"X-Session-Token": other}).status_code == 410
    fresh = answer.json["meta"]["session_token"]
    assert phone.get("auth/session", **{"X-Session-Token": fresh}).status_code == 200
    assert passwords.matches(PASSWORD, User.get(username="grace").password)


@pytest.mark.parametrize(("body", "expected"), [
    ({}, [("required", "current_password"), ("required", "new_password")]),
    ({"current_password": "wrong", "new_password": PASSWORD}, [("enter_current_password", "current_password")]),
    ({"current_password": "ecarg-pass", "new_password": "short"}, [("password_too_short", "new_password")]),
    ({"new_password": "x"}, [
        ("required", "current_password"), ("password_too_short", "new_password"),
        ("password_too_common", "new_password"),
    ]),
])  # fmt: skip
def test_changes_that_fail(grace, body, expected):
    answer = grace.post("account/password/change", body)
    assert codes(answer) == expected and "meta" not in answer.json
    assert grace.get("auth/session").status_code == 200


def test_choosing_a_new_password_by_mail(phone, outbox, link_in, people):
    assert phone.post("auth/password/request", {"email": "Grace@example.org"}).status_code == 200
    assert [message["To"] for message in outbox] == ["grace@example.org"]
    key = link_in(outbox[0]).rpartition("/")[2]
    shown = phone.get("auth/password/reset", **{"X-Password-Reset-Key": key})
    assert shown.json["data"]["user"]["username"] == "grace"
    assert codes(phone.post("auth/password/reset", {"key": key, "password": "short"})) == [
        ("password_too_short", "password")
    ]  # fmt: skip
    assert phone.post("auth/password/reset", {"key": key, "password": PASSWORD}).status_code == 401
    assert phone.post("auth/login", {**GRACE, "password": PASSWORD}).status_code == 200
    assert codes(phone.post("auth/password/reset", {"key": key, "password": "Other.Words.77"})) == [
        ("invalid_password_reset", "key")
    ]  # fmt: skip
    assert EmailAddress.get(user=people["grace"]).verified  # they read what was sent there


def test_a_reset_key_dies_when_the_password_changes(phone, grace, people):
    key = letters.reset_key(User.get(username="grace"), "grace@example.org")
    assert letters.read_reset(key) is not None
    grace.post("account/password/change", {"current_password": "ecarg-pass", "new_password": PASSWORD})
    assert letters.read_reset(key) is None


def test_asking_for_a_letter_tells_nothing(phone, outbox, people):
    with transaction():
        User.update(is_active=False).where(User.username == "grace").execute()
        User.update(password=passwords.unusable()).where(User.username == "linus").execute()
    for email in ("nobody@example.org", "grace@example.org", "linus@example.org"):
        answer = phone.post("auth/password/request", {"email": email})
        assert (answer.status_code, set(answer.json)) == (200, {"status", "meta"})
    assert outbox == []
    assert codes(phone.post("auth/password/request", {"email": "x"})) == [("invalid", "email")]


def test_keys_run_out(app, people, monkeypatch):
    grace = User.get(username="grace")
    row = EmailAddress.get(user=grace)
    keys = letters.reset_key(grace, grace.email), letters.verification_key(row)
    assert letters.read_reset(keys[0]) and letters.read_verification(keys[1])
    monkeypatch.setattr(letters, "LIFETIME", -1)
    assert letters.read_reset(keys[0]) is None and letters.read_verification(keys[1]) is None


def test_a_key_is_good_for_its_own_purpose(app, people):
    grace = User.get(username="grace")
    reset, verify = letters.reset_key(grace, grace.email), letters.verification_key(EmailAddress.get(user=grace))
    assert letters.read_reset(verify) is None and letters.read_verification(reset) is None
    for key in ("", "x", "a.b.c", "\u00e4", reset[:-2]):
        assert letters.read_reset(key) is None and letters.read_verification(key) is None


# -- addresses ---------------------------------------------------------------------------------------
def test_verifying_an_address(phone, grace, outbox, link_in, people):
    assert grace.put("account/email", {"email": "GRACE@example.org"}).json == {"status": 200}
    key = link_in(outbox[0]).rpartition("/")[2]
    shown = phone.get("auth/email/verify", **{"X-Email-Verification-Key": key})
    assert shown.json["data"]["email"] == "grace@example.org"
    assert phone.post("auth/email/verify", {"key": key}).status_code == 401  # verified, and still nobody
    (row,) = grace.get("account/email").json["data"]
    assert row == {"email": "grace@example.org", "verified": True, "primary": True}
    assert grace.post("auth/email/verify", {"key": key}).status_code == 200
    assert grace.put("account/email", {"email": "grace@example.org"}).status_code == 403
    assert codes(phone.post("auth/email/verify", {"key": "x"})) == [("invalid_or_expired_key", "key")]
    assert codes(phone.get("auth/email/verify")) == [("invalid_or_expired_key", "key")]


def test_managing_addresses(grace, outbox, people):
    assert grace.post("account/email", {"email": "Second@example.org"}).json["data"] == [
        {"email": "grace@example.org", "verified": False, "primary": True},
        {"email": "second@example.org", "verified": False, "primary": False},
    ]
    assert outbox[0]["To"] == "second@example.org"
    emails.mark_verified(EmailAddress.get(email="grace@example.org").id, "grace@example.org")
    assert codes(grace.patch("account/email", {"email": "second@example.org", "primary": True})) == [
        ("unverified_primary_email", "email")
    ]  # fmt: skip
    emails.mark_verified(EmailAddress.get(email="second@example.org").id, "second@example.org")
    assert codes(grace.patch("account/email", {"email": "second@example.org"})) == [("required", "primary")]
    listed = grace.patch("account/email", {"email": "second@example.org", "primary": True}).json["data"]
    assert [(row["email"], row["primary"]) for row in listed] == [
        ("second@example.org", True), ("grace@example.org", False),
    ]  # fmt: skip
    assert User.get(username="grace").email == "second@example.org"
    assert codes(grace.delete("account/email", {"email": "second@example.org"})) == [
        ("cannot_remove_primary_email", "email")
    ]  # fmt: skip
    assert len(grace.delete("account/email", {"email": "grace@example.org"}).json["data"]) == 1


@pytest.mark.parametrize(("method", "body", "expected"), [
    ("post", {}, ("required", "email")),
    ("post", {"email": "x"}, ("invalid", "email")),
    ("post", {"email": "grace@example.org"}, ("duplicate_email", "email")),
    ("post", {"email": "Linus@example.org"}, ("email_taken", "email")),
    ("put", {"email": "linus@example.org"}, ("unknown_email", "email")),
    ("patch", {"email": "linus@example.org", "primary": True}, ("unknown_email", "email")),
    ("delete", {"email": "linus@example.org"}, ("unknown_email", "email")),
])  # fmt: skip
def test_addresses_that_are_refused(grace, method, body, expected):
    assert codes(getattr(grace, method)("account/email", body)) == [expected]


def test_an_address_that_only_the_user_row_knows_stays_primary(grace, people):
    with transaction():
        EmailAddress.delete().where(EmailAddress.user == people["grace"]).execute()
    assert grace.get("account/email").json["data"] == []
    listed = grace.post("account/email", {"email": "second@example.org"}).json["data"]
    assert [(row["email"], row["primary"]) for row in listed] == [
        ("grace@example.org", True), ("second@example.org", False),
    ]  # fmt: skip
    assert User.get(username="grace").email == "grace@example.org"


def test_there_is_an_end_to_addresses(grace):
    for number in range(9):
        assert grace.post("account/email", {"email": f"g{number}@example.org"}).status_code == 200
    assert codes(grace.post("account/email", {"email": "more@example.org"})) == [("max_email_addresses", "email")]


def test_one_person_verifies_an_address(app, people):
    with transaction():
        for name in ("grace", "linus"):
            EmailAddress.create(user=people[name], email="both@example.org", primary=False)
    first, second = EmailAddress.select().where(EmailAddress.email == "both@example.org")
    assert emails.mark_verified(first.id, first.email)
    assert not emails.mark_verified(second.id, second.email)


def test_what_is_not_used_here(grace):
    for path in ("account/authenticators", "account/providers"):
        assert grace.get(path).json == {"status": 200, "data": []}
