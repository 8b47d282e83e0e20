"""Getting tokens by name and password, and renewing them."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest

from tests.conftest import key_of
from wger_flask.auth import credential_stamps, lockout, passwords, refresh_tokens, sessions, tokens
from wger_flask.auth.email_addresses import NOT_VALID, is_valid
from wger_flask.auth.models import BlacklistedToken, EmailAddress, OutstandingToken, Token, User
from wger_flask.domain.core.models import UserProfile
from wger_flask.rest.throttling import Rate
from wger_flask.storage import columns
from wger_flask.storage.database import database, transaction

from .conftest import PASSWORD, made

GRACE = {"username": "grace", "password": "ecarg-pass"}
SHORT = "This password is too short. It must contain at least 8 characters."
COMMON, NUMERIC = "This password is too common.", "This password is entirely numeric."
UNKNOWN = {"detail": "No active account found with the given credentials"}


def invalid(message: str) -> dict:
    return {"detail": message, "code": "token_not_valid"}


# -- token ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", ["token", "token/"])
@pytest.mark.parametrize("kind", ["json", "form"])
def test_a_pair_of_tokens(api, path, kind):
    sent = {"body": GRACE} if kind == "json" else {"data": GRACE}
    answer = api().post(path, **sent)
    assert answer.status_code == 200 and list(answer.json) == ["refresh", "access"]
    bearer = {"Authorization": f"Bearer {answer.json['access']}"}
    assert api().get("userprofile/", headers=bearer).json["username"] == "grace"


@pytest.mark.parametrize("name", ["grace@example.org", "Grace@Example.ORG", " grace "])
def test_names_that_log_in(api, name):
    assert api().post("token", {"username": name, "password": "ecarg-pass"}).status_code == 200


@pytest.mark.parametrize(("body", "status", "expected"), [
    ({"username": "GRACE", "password": "ecarg-pass"}, 401, UNKNOWN),
    ({"username": "grace", "password": "ecarg-passx"}, 401, UNKNOWN),
    ({"username": "nobody", "password": "ecarg-pass"}, 401, UNKNOWN),
    ({"username": "@", "password": "ecarg-pass"}, 401, UNKNOWN),
    ({}, 400, {"username": ["This field is required."], "password": ["This field is required."]}),
    ({"username": None, "password": ""}, 400, {
        "username": ["This field may not be null."], "password": ["This field may not be blank."],
    }),
    ({"username": True, "password": ["x"]}, 400, {
        "username": ["Not a valid string."], "password": ["Not a valid string."],
    }),
    ({"username": "grace", "password": "x" * 5000}, 400, {
        "password": ["Ensure this field has no more than 4096 characters."],
    }),
])  # fmt: skip
def test_credentials_that_do_not_log_in(api, body, status, expected):
    answer = api().post("token", body)
    assert (answer.status_code, answer.json) == (status, expected)
    assert (answer.headers.get("WWW-Authenticate") == 'Bearer realm="api"') == (status == 401)


def test_somebody_who_was_shut_out_gets_no_token(api, people):
    with transaction():
        User.update(is_active=False).where(User.username == "grace").execute()
    assert api().post("token", GRACE).json == UNKNOWN
    assert api().post("login/", GRACE).json == {"non_field_errors": ["Username or password unknown"]}


def test_an_old_hash_is_replaced_on_login(api, people, bend):
    old = "pbkdf2_sha256$20000$bbPIa84yRnBUbHoW$EhGjHucCTiQ/9wiBnyTmsRsDXmrdYwOxF1JbYeHZ+EI="
    with transaction():
        User.update(password=old).where(User.username == "grace").execute()
    bend(WGER_PASSWORD_ITERATIONS=3000)
    assert api().post("token", {**GRACE, "password": "wrong"}).status_code == 401
    assert User.get(User.username == "grace").password == old
    assert api().post("token", GRACE).status_code == 200
    fresh = User.get(User.username == "grace").password
    assert fresh.startswith("pbkdf2_sha256$3000$") and passwords.matches("ecarg-pass", fresh)
    assert api().post("token", GRACE).status_code == 200
    assert User.get(User.username == "grace").password == fresh


def test_broken_credentials_in_the_header_do_not_matter_here(api):
    assert api().post("token", GRACE, headers={"Authorization": "Token nonsense"}).status_code == 200


# -- refresh -----------------------------------------------------------------------------------------
def test_a_refresh_token_gives_access_tokens_again_and_again(api, people):
    text = made(people["grace"], "refresh").text
    for path in ("token/refresh", "token/refresh/"):
        answer = api().post(path, {"refresh": text})
        assert answer.status_code == 200 and list(answer.json) == ["access"]
    assert not OutstandingToken.select().exists()


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda user: "x.y.z", "Token is invalid"),
        (lambda user: made(user).text, "Token has wrong type"),
        (lambda user: tokens.make_headless(user.id, "refresh", "s").text, "Token has no type"),
    ],
)
def test_tokens_that_renew_nothing(api, people, make, told):
    answer = api().post("token/refresh", {"refresh": make(people["grace"])})
    assert (answer.status_code, answer.json) == (401, invalid(told))
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="api"'


def test_an_expired_refresh_token(api):
    text = tokens._make(timedelta(minutes=-1), "x", {"token_type": "refresh"}, {}).text
    assert api().post("token/refresh", {"refresh": text}).json == invalid("Token is expired")


@pytest.mark.parametrize("gone", [False, True])
def test_renewing_for_somebody_who_is_out(api, people, gone):
    text = tokens.make(10**6, "refresh", "s").text if gone else made(people["grace"], "refresh").text
    with transaction():
        User.update(is_active=False).where(User.username == "grace").execute()
    answer = api().post("token/refresh", {"refresh": text})
    assert (answer.status_code, answer.json) == (401, {"detail": "No active account found for the given token."})


def test_rotation_uses_each_refresh_token_once(api, bend):
    bend(WGER_ROTATE_REFRESH_TOKENS=True)
    first = api().post("token", GRACE).json["refresh"]
    second = api().post("token/refresh", {"refresh": first}).json
    assert set(second) == {"access", "refresh"} and second["refresh"] != first
    again = api().post("token/refresh", {"refresh": first})
    assert (again.status_code, again.json) == (401, invalid("Token is blacklisted"))
    assert api().post("token/verify", {"token": first}).json == {"non_field_errors": ["Token is blacklisted"]}
    assert api().post("token/verify", {"token": first}).status_code == 400
    assert api().post("token/verify", {"token": second["refresh"]}).json == {}
    assert api().post("token/refresh", {"refresh": second["refresh"]}).status_code == 200


def test_rotation_takes_tokens_from_before_it_was_turned_on(api, bend):
    first = api().post("token", GRACE).json["refresh"]
    bend(WGER_ROTATE_REFRESH_TOKENS=True)
    assert api().post("token/refresh", {"refresh": first}).status_code == 200
    assert api().post("token/refresh", {"refresh": first}).json == invalid("Token is blacklisted")
    assert BlacklistedToken.select().count() == 1


def test_of_two_uses_at_once_one_wins(app, bend, people):
    bend(WGER_ROTATE_REFRESH_TOKENS=True)
    claims = tokens.read_refresh(
        refresh_tokens.new_refresh(people["grace"].id, credential_stamps.current(people["grace"]))
    )
    results, gate = [], threading.Barrier(4)

    def use():
        gate.wait()
        try:
            results.append(set(refresh_tokens.renewed(people["grace"].id, claims)))
        except tokens.BadToken as wrong:
            results.append(str(wrong))
        finally:
            database.obj.close()

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results.count({"access", "refresh"}) == 1 and results.count("Token is blacklisted") == 3
    assert OutstandingToken.select().count() == 2


def test_the_database_holds_no_token_that_is_good_for_anything(api, bend):
    bend(WGER_ROTATE_REFRESH_TOKENS=True)
    api().post("token/refresh", {"refresh": api().post("token", GRACE).json["refresh"]})
    assert {row.token for row in OutstandingToken.select()} == {""}


def test_expired_tokens_are_forgotten(app, bend, people):
    bend(WGER_ROTATE_REFRESH_TOKENS=True)
    refresh_tokens.new_refresh(people["grace"].id, credential_stamps.current(people["grace"]))
    refresh_tokens.revoke(people["grace"].id)
    with transaction():
        OutstandingToken.update(expires_at=columns.now() - timedelta(days=1)).execute()
    refresh_tokens.new_refresh(people["grace"].id, credential_stamps.current(people["grace"]))
    assert (OutstandingToken.select().count(), BlacklistedToken.select().count()) == (1, 0)


# -- verify ------------------------------------------------------------------------------------------
def test_verification(api, people):
    grace = people["grace"]
    _, session = sessions.begin(grace, [])
    good = [made(grace), made(grace, "refresh"), tokens.make_headless(grace.id, "refresh", session)]
    for path in ("token/verify", "token/verify/"):
        for token in good:
            answer = api().post(path, {"token": token.text})
            assert (answer.status_code, answer.json) == (200, {})
    for text in ("x", "x.y.z", good[0].text + "x", 5):
        answer = api().post("token/verify", {"token": text})
        assert (answer.status_code, answer.json) == (401, invalid("Token is invalid"))


# -- login -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "body",
    [
        GRACE,
        {"email": "grace@example.org", "password": "ecarg-pass"},
        {"email": "grace", "password": "ecarg-pass"},
        {"email": "ada@example.org", **GRACE},
    ],
)
def test_login_gives_the_permanent_token(api, body):
    answer = api().post("login/", body)
    assert (answer.status_code, answer.json) == (200, {"token": key_of("grace")})
    assert answer.headers["Deprecation"] == "Sat, 01 Oct 2022 23:59:59 GMT"


def test_login_makes_a_token_where_there_is_none(api, people):
    with transaction():
        Token.delete().execute()
    made = api().post("login/", GRACE).json["token"]
    assert Token.get(Token.user == people["grace"]).key == made
    assert api().post("login/", GRACE).json["token"] == made


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({**GRACE, "password": "wrong-pass"}, {"non_field_errors": ["Username or password unknown"]}),
        ({**GRACE, "password": "short"}, {"password": ["Ensure this field has at least 8 characters."]}),
        ({"password": "ecarg-pass"}, {"non_field_errors": ['Please provide an "email" or a "username"']}),
        ({}, {"password": ["This field is required."]}),
    ],
)
def test_logins_that_fail(api, body, expected):
    answer = api().post("login/", body)
    assert (answer.status_code, answer.json) == (400, expected)


def test_how_login_answers_other_methods(api):
    answer = api().get("login/")
    assert answer.json == {"message": "You must send a 'username' and 'password' via POST"}
    assert api().head("login/").status_code == 405
    assert answer.headers["Allow"] == "GET, POST, OPTIONS"
    assert api().get("login").headers["Location"] == "/api/v2/login/"
    assert api().post("login", GRACE).status_code == 200


# -- register ----------------------------------------------------------------------------------------
def test_registering(api, outbox, link_in):
    sent = {"username": "anna", "password": PASSWORD, "email": "Anna@Example.org", "is_superuser": True}
    answer = api().post("register/", sent, headers={"Accept-Language": "fr;q=0.5, de-AT"})
    assert answer.status_code == 201
    assert answer.json == {
        "message": "api user successfully registered",
        "token": Token.get(Token.user == User.get(username="anna")).key,
    }
    user = User.get(username="anna")
    assert not user.is_superuser and not user.is_staff
    assert UserProfile.get(user=user).notification_language.short_name == "de"
    assert [message["To"] for message in outbox] == ["anna@example.org"]
    assert link_in(outbox[0]).startswith("/user/email/confirm/")
    assert not EmailAddress.get(user=user).verified


@pytest.mark.parametrize(("body", "expected"), [
    ({}, {"username": ["This field is required."], "password": ["This field is required."]}),
    ({"username": "grace", "password": PASSWORD, "email": "Grace@example.org"}, {
        "username": ["This field must be unique."], "email": ["This field must be unique."],
    }),
    ({"username": "anna", "password": "1234567"}, {"password": [
        "This password is too short. It must contain at least 8 characters.", "This password is too common.",
        "This password is entirely numeric.",
    ]}),
    ({"username": "tangledvines", "password": "Tangled.Vines"}, {
        "password": ["The password is too similar to the username."],
    }),
    ({"username": "anna", "password": PASSWORD, "email": "a@b"}, {"email": ["Enter a valid email address."]}),
])  # fmt: skip
def test_registrations_that_fail(api, outbox, body, expected):
    before = User.select().count()
    answer = api().post("register/", body)
    assert (answer.status_code, answer.json) == (400, expected)
    assert User.select().count() == before and outbox == []


@pytest.mark.parametrize("email", [
    "plain", "@example.org", "a b@example.org", "a@b", "a@-b.org", "a@b..org", ".a@example.org", "a.@example.org",
    "a@example.org\n", "a@exam_ple.org", "a@example.o", "\u00e4@example.org", "a@example.org\r\nBcc: b@example.org",
    "a@127.0.0.1", "a@LOCALHOST", "a@[IPv6:::1]", "a@[1.2.3]", "a@b.d1", "a@b.1", "a@b.de.", "a@b.de-", "a@b.-de",
    "a(b)@c.de", "<a@b.de>", "mailto:a@b.de", "a@b,de", "a@b.de:25", "a@b.de?", '"a b"@c.de', "a@" + "b" * 64 + ".de",
    "a" * 309 + "@example.org", "\uff41@example.org", "a@exam\u2028ple.org", "a@exam\uff20ple.org", "a\u212a@c.de",
    '"a\x01"@c.de', "a@@b.de", "",
])  # fmt: skip
def test_addresses_that_are_none(email):
    assert not is_valid(email)


@pytest.mark.parametrize(
    "email",
    [
        "a@example.org",
        "a.b+c@sub.example.co",
        "x!#$%@example.org",
        "a@xn--bcher-kva.at",
        "a@localhost",
        "a@[127.0.0.1]",
        "a@[::1]",
        "a@ex\u00e4mple.de",
        "a@\u4f8b\u3048.\u30c6\u30b9\u30c8",
        "a@1.co",
        '"a@b"@c.de',
        '"a\\ b"@c.de',
        "A'B@C.DE",
        "a" * 65 + "@b.de",
        "a@b.d-e",
        "a@b--c.de",
        "a" * 308 + "@example.org",
    ],
)
def test_addresses_that_are_some(email):
    assert is_valid(email)


@pytest.mark.parametrize(("body", "expected"), [
    ({"email": True}, {"email": [NOT_VALID]}),
    ({"email": []}, {"email": [NOT_VALID]}),
    ({"email": {"a": 1}}, {"email": [NOT_VALID]}),
    ({"email": 5.5}, {"email": [NOT_VALID]}),
    ({"email": "a\x00@b.de"}, {"email": ["Null characters are not allowed.", NOT_VALID]}),
    ({"email": "x" * 2000}, {"email": [NOT_VALID]}),
    ({"username": True}, {"username": ["Not a valid string."]}),
    ({"username": {}}, {"username": ["Not a valid string."]}),
    ({"username": "a\x00b"}, {"username": ["Null characters are not allowed."]}),
    ({"password": True}, {"password": ["Not a valid string."]}),
    ({"password": [PASSWORD]}, {"password": ["Not a valid string."]}),
    ({"password": 0}, {"password": [SHORT, COMMON, NUMERIC]}),
    ({"password": 1.5}, {"password": [SHORT]}),
    ({"password": 87654321}, {"password": [COMMON, NUMERIC]}),
    ({"password": " 1234 "}, {"password": [SHORT, COMMON, NUMERIC]}),
    ({"password": "12345\x00678"}, {"password": ["Null characters are not allowed."]}),
    ({"password": "ab\x001"}, {"password": [SHORT, "Null characters are not allowed."]}),
    ({"password": "newcomer"}, {"password": ["The password is too similar to the username."]}),
    ({"username": "", "password": "abc"}, {"username": ["This field may not be blank."], "password": [SHORT, COMMON]}),
    ({"username": "grace", "password": "abc", "email": "x"}, {
        "username": ["This field must be unique."], "email": [NOT_VALID], "password": [SHORT, COMMON],
    }),
])  # fmt: skip
def test_all_that_is_wrong_with_a_registration_is_said_at_once(api, body, expected):
    answer = api().post("register/", {"username": "newcomer", "password": PASSWORD, **body})
    assert (answer.status_code, answer.json) == (400, expected)
    assert list(answer.json) == [name for name in ("username", "email", "password") if name in expected]


def test_what_is_too_long_is_for_the_database_to_say(api):
    sent = {"username": "a" * 151, "password": PASSWORD, "email": "b" * 250 + "@example.org"}
    answer = api().post("register/", sent)
    assert answer.status_code == 201 or answer.json == {
        "username": ["Ensure this field has no more than 150 characters."],
        "email": ["Ensure this field has no more than 254 characters."],
    }
    sent["username"] = "a" * 1001
    assert api().post("register/", sent).json["username"] == ["Ensure this field has no more than 1000 characters."]


def test_registration_can_be_closed(api, bend):
    bend(ALLOW_REGISTRATION=False)
    answer = api().post("register/", {"username": "anna", "password": PASSWORD})
    assert (answer.status_code, answer.json) == (200, {"message": "Registration is not allowed on this instance"})
    assert not User.select().where(User.username == "anna").exists()


# -- limits ------------------------------------------------------------------------------------------
def test_logins_and_registrations_are_throttled(api, counted):
    for path, most in (("login/", 10), ("register/", 5)):
        statuses = [api().post(path, {}).status_code for _ in range(most + 1)]
        assert statuses == [400] * most + [429]
    assert api().get("login/").status_code == 200
    assert int(api().post("register/", {}).headers["Retry-After"]) <= 60


def test_an_address_is_locked_out_after_too_many_failures(api, counted, bend):
    bend(AXES_ENABLED=True, AXES_FAILURE_LIMIT=3, AXES_COOLOFF_TIME=2)
    statuses = [api().post("token", {**GRACE, "password": "wrong"}).status_code for _ in range(4)]
    assert statuses == [401, 401, 401, 429]
    locked = api().post("token", GRACE)  # the right password does not help
    assert locked.status_code == 429 and locked.headers["Retry-After"] == "120"
    assert locked.json == {"detail": "Request was throttled. Expected available in 120 seconds."}
    elsewhere = api().post("token", GRACE, environ_base={"REMOTE_ADDR": "192.0.2.7"})
    assert elsewhere.status_code == 200
    assert api("grace").get("weightentry/").status_code == 200


def test_a_lockout_ends_when_its_time_has_passed_whatever_the_clock_said_in_between(api, counted, bend, monkeypatch):
    bend(AXES_ENABLED=True, AXES_FAILURE_LIMIT=2, AXES_COOLOFF_TIME=30)
    now, wrong = time.time(), {**GRACE, "password": "wrong"}

    def at(minutes: float, body=GRACE) -> int:
        monkeypatch.setattr(lockout.time, "time", lambda: now + minutes * 60)
        return api().post("token", body).status_code

    assert [at(0, wrong) for _ in range(3)] == [401, 401, 429]
    assert [at(60 * 24, wrong) for _ in range(3)] == [401, 401, 429]
    assert at(31) == 200


@pytest.mark.parametrize(
    "ask",
    [
        lambda api, where: api().post("token", {**GRACE, "password": "wrong"}, environ_base=where),
        lambda api, where: api().post("login/", {**GRACE, "password": "wrong-pass"}, environ_base=where),
        lambda api, where: api().post("register/", {}, environ_base=where),
        lambda api, where: api().get("ingredient/", environ_base=where),
        lambda api, where: api().post("/allauth/app/v1/auth/login", {**GRACE, "password": "x"}, environ_base=where),
        lambda api, where: api().post("/allauth/app/v1/auth/signup", {}, environ_base=where),
        lambda api, where: api().post("/allauth/app/v1/auth/password/request", {}, environ_base=where),
    ],
)
def test_addresses_of_one_network_count_together(api, counted, bend, ask, app):
    bend(AXES_ENABLED=True, AXES_FAILURE_LIMIT=2)
    rates = app.extensions["wger_flask"].throttle.rates
    app.extensions["wger_flask"].throttle.rates = dict.fromkeys(rates, Rate(2, 60))
    try:
        statuses = [ask(api, {"REMOTE_ADDR": f"2001:db8::{n}"}).status_code for n in (1, 2, 3)]
        assert 429 not in statuses[:2] and statuses[2] == 429
        assert ask(api, {"REMOTE_ADDR": "2001:db8:0:1::1"}).status_code != 429
    finally:
        app.extensions["wger_flask"].throttle.rates = rates


def test_the_lockout_can_be_turned_off(api, counted, bend):
    bend(AXES_ENABLED=False, AXES_FAILURE_LIMIT=1)
    assert [api().post("token", {**GRACE, "password": "wrong"}).status_code for _ in range(3)] == [401] * 3


# -- what 2.7.0 dropped ---------------------------------------------------------------------
@pytest.mark.parametrize("method", ["get", "post"])
def test_nothing_issues_refresh_tokens(api, method):
    assert getattr(api("grace"), method)("issue-refresh-token").status_code == 404
