"""Second factors: their arithmetic, every door that asks for them, setting them up and removing them."""

from __future__ import annotations

import json
import logging
import re
import time

import pyotp
import pytest

from tests.auth.conftest import GRACE, PASSWORD, App, Browser, codes
from tests.auth.test_revoking import Held
from wger_flask.auth import accounts, lockout, messages, sessions
from wger_flask.auth.models import Authenticator, EmailAddress, LoginSession, Token, User
from wger_flask.auth.second_factors import authenticators, changes, recovery_codes, totp
from wger_flask.rest.dispatch import AGAIN, NAME
from wger_flask.rest.dispatch import PASSWORD as KEY
from wger_flask.storage.database import transaction

SECRET = "X7VW2SZU6JBCPH5SI3GYKWBCBUTOSHWQ"
OF_SEED_AB = "30590342 17884826 43708695 20809454 14781002 42357214 21759276 07729351 60637898 06268986".split()
SEED = {"seed": "ab" * 40, "used_mask": 5}
PAGE = "/user/second-factor"


def code(secret: str = SECRET, ago: int = 0) -> str:
    return pyotp.TOTP(secret).at(int(time.time()) - ago * totp.STEP)


def give(name: str = "grace", **factors: dict) -> int:
    """Give somebody second factors as a wger would have stored them; returns their key."""
    user = User.get(User.username == name)
    with transaction():
        for kind, data in factors.items():
            Authenticator.create(user=user.id, type=kind, data=data)
    return user.id


@pytest.fixture
def guarded(app, people):
    """Grace with an app and recovery codes of a genuine wger."""
    return give(totp={"secret": SECRET}, recovery_codes=SEED)


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """A clock that is set by hand: no code turns into the next one while a test runs."""
    held = [time.time()]
    monkeypatch.setattr(time, "time", lambda: held[0])
    return held


# -- arithmetic ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("moment", "expected"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (2000000000, "279037"), (20000000000, "353130")],
)
def test_the_codes_are_those_of_the_rfc(moment, expected):
    secret = totp.secret_of(b"12345678901234567890")  # RFC 6238, appendix B, the last six digits
    step = moment // totp.STEP
    assert totp.matching_step(secret, expected, moment) == step
    assert totp.matching_step(secret, expected, moment + totp.STEP) == step
    assert totp.matching_step(secret, expected, moment + 2 * totp.STEP) is None
    assert totp.matching_step(secret, "０" * 6, moment) is None


def test_a_code_of_the_app_is_good_once_and_none_before_it_any_more():
    secret, now = totp.secret_of(b"12345678901234567890"), 1111111109
    data = totp.used({"secret": secret, "kept": 1}, "081804", now)
    assert data == {"secret": secret, "kept": 1, "last_step": now // totp.STEP}
    assert totp.used(data, "081804", now) is None
    assert totp.used(data, pyotp.TOTP(secret).at(now - totp.STEP), now) is None
    assert totp.used(data, pyotp.TOTP(secret).at(now + totp.STEP), now + totp.STEP)


def test_a_step_that_was_noted_by_a_clock_ahead_locks_nobody_out():
    secret, now = totp.secret_of(b"12345678901234567890"), 1111111109
    ahead = totp.used({"secret": secret}, pyotp.TOTP(secret).at(now + 26 * 3600), now + 26 * 3600)
    data = totp.used(ahead, "081804", now)
    assert data == {"secret": secret, "last_step": now // totp.STEP}
    assert totp.used(data, "081804", now) is None


def test_recovery_codes_are_those_of_a_genuine_server():
    assert recovery_codes.unused({"seed": "ab" * 40, "used_mask": 0}) == OF_SEED_AB
    assert recovery_codes.unused(SEED) == [OF_SEED_AB[1], *OF_SEED_AB[3:]]
    assert recovery_codes.count(SEED) == 10
    assert recovery_codes.used(SEED, OF_SEED_AB[0]) is None
    assert recovery_codes.used(SEED, OF_SEED_AB[4]) == {**SEED, "used_mask": 5 | 16}


def test_recovery_codes_that_were_taken_over_from_elsewhere_leave_their_list():
    data = {"migrated_codes": ["aaaa-bbbb", "12345678", "zzzz"], "used_mask": 0}
    assert recovery_codes.used(data, "12345678") == {**data, "migrated_codes": ["aaaa-bbbb", "zzzz"]}
    assert recovery_codes.used(data, "1234") is None


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        7,
        "x",
        {},
        {"secret": None},
        {"secret": "not base 32!"},
        {"seed": 7},
        {"seed": "ä"},
        {"seed": "ab", "used_mask": "x"},
        {"migrated_codes": 3},
    ],
)
@pytest.mark.parametrize("kind", ["totp", "recovery_codes", "webauthn", "other"])
def test_what_cannot_be_read_proves_nothing_and_is_no_way_in(app, people, phone, kind, data, caplog):
    user = give(**{kind: data} if data is not None else {kind: {}})
    if kind == "recovery_codes":
        give(webauthn={})
    for sent in ("", "000000", code(), OF_SEED_AB[3], "x" * 500, "\ud800"):
        assert authenticators.prove(user, sent, None) is None
    assert authenticators.needed(user)
    assert phone.post("auth/login", GRACE).status_code == 401
    assert SECRET not in caplog.text


def test_recovery_codes_alone_ask_for_nothing(app, people, phone):
    give(recovery_codes=SEED)
    assert phone.post("auth/login", GRACE).status_code == 200


# -- every door --------------------------------------------------------------------------------------
def opened(app, answer, http) -> set[str]:
    """Return which of the texts in an answer, and whether the cookies it set, let anybody in."""

    def texts(value):
        if isinstance(value, dict):
            value = list(value.values())
        if isinstance(value, list):
            return [text for one in value for text in texts(one)]
        return [value] if isinstance(value, str) else []

    found = set()
    own = app.test_client()
    for text in texts(answer.json if answer.is_json else None):
        if not text.isascii() or " " in text:
            continue
        for scheme in ("Token", "Bearer"):
            headers = {"Authorization": f"{scheme} {text}"}
            if own.get("/api/v2/userprofile/", headers=headers).status_code == 200:
                found.add(scheme)
        if own.get("/allauth/app/v1/auth/session", headers={"X-Session-Token": text}).status_code == 200:
            found.add("session")
        for path, name in (("/api/v2/token/refresh", "refresh"), ("/allauth/app/v1/tokens/refresh", "refresh_token")):
            if own.post(path, json={name: text}).status_code == 200:
                found.add("refresh")
    if http.get("/api/v2/userprofile/").status_code == 200:
        found.add("cookie")
    return found


def doors(app) -> list[str]:
    """Return an address of every view that takes anything."""
    views = {}
    for rule in app.url_map.iter_rules():
        if rule.methods is None or "POST" in rule.methods:
            views.setdefault(rule.endpoint.partition(":")[0], re.sub(r"<[^>]*>", "1", rule.rule))
    return sorted(views.values())


def knock(app, paths: list[str]) -> dict[str, set[str]]:
    """Send grace's name and password to every one of ``paths``; returns what each gave that opens."""
    sent = {
        "username": "grace",
        "password": "ecarg-pass",
        "current": "ecarg-pass",
        "current_password": "ecarg-pass",
        "again": "ecarg-pass",
        "name": "grace",
        "new_password": PASSWORD,
        "code": "000000",
    }
    by_mail = {name: value for name, value in sent.items() if name != "username"} | {"email": "grace@example.org"}
    again = {AGAIN: "1", NAME: "grace", KEY: "ecarg-pass"}
    found = {}
    for path in paths:
        for body in (sent, by_mail):
            for is_form in (False, True):
                page = Browser(app)
                if is_form:
                    form = {**body, **again, "csrfmiddlewaretoken": page.token("/user/login")}
                    answer = page.http.post(path, data=form)
                else:
                    answer = page.http.post(path, json=body)
                if ways := opened(app, answer, page.http):
                    found.setdefault(path, set()).update(ways)
    return found


def test_no_door_opens_by_the_password_alone(app, guarded):
    assert knock(app, doors(app)) == {}


def test_the_doors_are_found_by_an_account_without_a_second_factor(app, people):
    known = ["/api/v2/token", "/api/v2/login/", "/allauth/app/v1/auth/login", "/user/login", "/api/v2/weightentry/"]
    assert {path.rstrip("/") for path in known} <= {path.rstrip("/") for path in doors(app)}
    found = knock(app, known)
    assert found[known[0]] == {"Bearer", "refresh"} and "Token" in found[known[1]]
    assert found[known[2]] == {"Bearer", "session", "refresh"}
    assert found[known[3]] == found[known[4]] == {"cookie"}


def test_doors_that_cannot_ask_refuse_in_words_and_the_key_goes_on_working(app, api, guarded):
    answer = api().post("token", GRACE)
    assert answer.status_code == 401 and "second factor" in answer.json["detail"]
    assert answer.json["code"] == "second_factor_needed"
    answer = api().post("login/", GRACE)
    assert answer.status_code == 400 and "second factor" in answer.json["non_field_errors"][0]
    assert api("grace").get("userprofile/").status_code == 200


def test_whoever_does_not_know_the_password_learns_nothing_of_it(api, phone, browser, guarded):
    wrong = {**GRACE, "password": "wrong-pass"}
    assert api().post("token", wrong).json == api().post("token", {**wrong, "username": "nobody"}).json
    assert api().post("login/", wrong).json == api().post("login/", {**wrong, "username": "nobody"}).json
    assert codes(phone.post("auth/login", wrong)) == [("username_password_mismatch", "password")]
    assert "second" not in browser().fill("/user/login", **wrong).text


def test_a_form_that_logs_in_again_says_where_to(app, guarded):
    page = Browser(app)
    form = {AGAIN: "1", NAME: "grace", KEY: "ecarg-pass", "csrfmiddlewaretoken": page.token("/user/login")}
    answer = page.http.post("/api/v2/weightentry/", data=form, headers={"Accept": "text/html"})
    assert answer.status_code == 403 and "in another tab" in answer.text
    assert page.http.get("/api/v2/userprofile/").status_code == 403


# -- apps --------------------------------------------------------------------------------------------
def half(app, **sent) -> App:
    """Return an app of grace's that has shown the password."""
    answer = App(app).post("auth/login", {**GRACE, **sent})
    assert answer.status_code == 401
    return App(app, **{"X-Session-Token": answer.json["meta"]["session_token"]})


def test_an_app_is_told_what_it_owes_and_goes_on_with_a_code(app, api, guarded, phone):
    answer = phone.post("auth/login", GRACE)
    flow = {"id": "mfa_authenticate", "is_pending": True, "types": ["recovery_codes", "totp"]}
    assert answer.status_code == 401 and answer.json["data"]["flows"][-1] == flow
    assert answer.json["meta"] == {"is_authenticated": False, "session_token": answer.json["meta"]["session_token"]}
    own = App(app, **{"X-Session-Token": answer.json["meta"]["session_token"]})
    for path in ("auth/session", "account/authenticators", "account/email", "account/authenticators/recovery-codes"):
        told = own.get(path)
        assert told.status_code == 401 and told.json["data"]["flows"][-1] == flow
    assert own.post("auth/password/request", {"email": "grace@example.org"}).status_code == 200
    assert codes(own.post("auth/2fa/authenticate", {"code": "000000"})) == [("incorrect_code", "code")]
    assert codes(own.post("auth/2fa/authenticate", {})) == [("required", "code")]
    done = own.post("auth/2fa/authenticate", {"code": code()})
    assert done.status_code == 200 and done.json["meta"]["is_authenticated"]
    first, second = done.json["data"]["methods"]
    row = Authenticator.get((Authenticator.user == guarded) & (Authenticator.type == "totp"))
    assert (first["method"], first["username"]) == ("password", "grace")
    assert second == {"method": "mfa", "at": second["at"], "id": row.id, "type": "totp"} and row.last_used_at
    bearer = {"Authorization": f"Bearer {done.json['meta']['access_token']}"}
    assert api().get("userprofile/", headers=bearer).status_code == 200
    assert own.post("auth/2fa/authenticate", {"code": OF_SEED_AB[3]}).status_code == 410
    assert User.get(User.id == guarded).last_login


def test_a_recovery_code_logs_in_once(app, guarded):
    assert half(app).post("auth/2fa/authenticate", {"code": OF_SEED_AB[3]}).status_code == 200
    assert half(app).post("auth/2fa/authenticate", {"code": OF_SEED_AB[3]}).status_code == 400
    assert (
        half(app).post("auth/2fa/authenticate", {"code": f" {OF_SEED_AB[4][:4]} {OF_SEED_AB[4][4:]} "}).status_code
        == 200
    )
    data = Authenticator.get(Authenticator.type == "recovery_codes").data
    assert data == {**SEED, "used_mask": 5 | 8 | 16}


def test_a_code_that_was_used_is_refused(app, guarded, clock):
    sent = {"code": code()}
    assert half(app).post("auth/2fa/authenticate", sent).status_code == 200
    assert half(app).post("auth/2fa/authenticate", sent).status_code == 400
    clock[0] += totp.STEP
    assert half(app).post("auth/2fa/authenticate", sent).status_code == 400
    assert half(app).post("auth/2fa/authenticate", {"code": code()}).status_code == 200


@pytest.mark.parametrize("end", ["password", "time", "factor", "logout", "account"])
def test_what_ends_the_first_step(app, guarded, end, monkeypatch):
    own = half(app)
    with transaction():
        if end == "password":
            accounts.set_password("grace", PASSWORD)
        elif end == "time":
            LoginSession.update(expires="2020-01-01T00:00:00+00:00").execute()
        elif end == "account":
            User.update(is_active=False).where(User.id == guarded).execute()
    if end == "factor":
        changes.remove_all(User.get(User.id == guarded))
    if end == "logout":
        assert own.delete("auth/session").status_code == 401
    answer = own.post("auth/2fa/authenticate", {"code": code()})
    assert answer.status_code in (401, 410) and "access_token" not in answer.json["meta"]


def test_nobody_begins_at_the_second_step(app, phone, grace):
    assert phone.post("auth/2fa/authenticate", {"code": code()}).status_code == 401
    assert grace.post("auth/2fa/authenticate", {"code": code()}).status_code == 409


def test_the_token_of_the_first_step_is_none_of_a_session(app, api, guarded):
    token = half(app).headers["X-Session-Token"]
    for kind in (sessions.APP, sessions.BROWSER):
        with pytest.raises(sessions.Gone):
            sessions.by_token(token, kind)
    assert api().get("userprofile/", headers={"Authorization": f"Bearer {token}"}).status_code == 403


def test_wrong_codes_lock_the_account_and_the_address(app, guarded, counted, bend):
    bend(AXES_ENABLED=True, AXES_FAILURE_LIMIT=3)
    own = half(app)
    for number in range(3):
        address = {"REMOTE_ADDR": f"192.0.2.{number}"}
        body = json.dumps({"code": "000000"})
        answer = own.http.post(
            "/allauth/app/v1/auth/2fa/authenticate",
            data=body,
            content_type="application/json",
            headers=own.headers,
            environ_base=address,
        )
        assert answer.status_code == 400
    answer = own.post("auth/2fa/authenticate", {"code": code()})
    assert answer.status_code == 429 and int(answer.headers["Retry-After"]) > 0
    lockout.forget_account(guarded)
    assert own.post("auth/2fa/authenticate", {"code": code()}).status_code == 200


def test_a_right_code_forgets_the_wrong_ones(app, guarded, counted, bend):
    bend(AXES_ENABLED=True, AXES_FAILURE_LIMIT=3)
    for number in range(2):
        assert authenticators.prove(guarded, "000000", f"192.0.2.{number}") is None
    assert authenticators.prove(guarded, code(), "192.0.2.9")
    for number in range(2):
        assert authenticators.prove(guarded, "000000", f"192.0.2.{number}") is None
    assert authenticators.prove(guarded, OF_SEED_AB[3], "192.0.2.9")


def test_an_app_sets_up_shows_and_removes(app, grace, outbox):
    with transaction():
        EmailAddress.update(verified=True).execute()
    assert grace.get("account/authenticators").json == {"status": 200, "data": []}
    assert codes(grace.post("account/authenticators/recovery-codes", {})) == [("cannot_generate_recovery_codes", None)]
    assert grace.get("account/authenticators/recovery-codes").status_code == 404
    offered = grace.get("account/authenticators/totp")
    secret = offered.json["meta"]["secret"]
    assert offered.status_code == 404 and offered.json["meta"]["totp_url"].startswith("otpauth://totp/")
    assert pyotp.parse_uri(offered.json["meta"]["totp_url"]).secret == secret
    assert codes(grace.post("account/authenticators/totp", {"code": "000000"})) == [("incorrect_code", "code")]
    made = grace.post("account/authenticators/totp", {"code": code(secret)})
    assert made.status_code == 200 and made.json["data"]["type"] == "totp" and made.json["data"]["last_used_at"] is None
    assert grace.get("account/authenticators/totp").json == made.json
    assert Authenticator.get(Authenticator.type == "totp").data["secret"] == secret
    shown = grace.get("account/authenticators/recovery-codes").json["data"]
    assert shown["total_code_count"] == shown["unused_code_count"] == len(set(shown["unused_codes"])) == 10
    listed = grace.get("account/authenticators").json["data"]
    assert [row["type"] for row in listed] == ["totp", "recovery_codes"] and "unused_codes" not in listed[1]
    assert half(app).post("auth/2fa/authenticate", {"code": code(secret)}).status_code == 400  # it set the app up
    assert half(app).post("auth/2fa/authenticate", {"code": shown["unused_codes"][0]}).status_code == 200
    fresh = grace.post("account/authenticators/recovery-codes", {}).json["data"]
    assert not set(fresh["unused_codes"]) & set(shown["unused_codes"])
    assert grace.delete("account/authenticators/totp").json == {"status": 200}
    assert grace.get("account/authenticators").json["data"] == [] and not Authenticator.select().exists()
    assert App(app).post("auth/login", GRACE).status_code == 200
    assert grace.get("account/authenticators/totp").json["meta"]["secret"] != secret
    assert [message["Subject"] for message in outbox] == [
        "A second factor was set up",
        "New recovery codes",
        "The second factor was removed",
    ]


def test_what_is_delicate_asks_again_after_a_while(app, grace, clock):
    secret = grace.get("account/authenticators/totp").json["meta"]["secret"]
    assert grace.post("account/authenticators/totp", {"code": code(secret)}).status_code == 200
    clock[0] += 301
    calls = [
        lambda: grace.get("account/authenticators/recovery-codes"),
        lambda: grace.post("account/authenticators/recovery-codes", {}),
        lambda: grace.delete("account/authenticators/totp"),
    ]
    for call in calls:
        answer = call()
        assert answer.status_code == 401 and answer.json["meta"] == {"is_authenticated": True}
        assert answer.json["data"]["flows"] == [
            {"id": "reauthenticate"},
            {"id": "mfa_reauthenticate", "types": ["recovery_codes", "totp"]},
        ]
        assert answer.json["data"]["user"]["username"] == "grace"
    assert codes(grace.post("auth/reauthenticate", {"password": "wrong"})) == [("incorrect_password", "password")]
    assert codes(grace.post("auth/2fa/reauthenticate", {"code": "000000"})) == [("incorrect_code", "code")]
    assert calls[0]().status_code == 401
    again = grace.post("auth/2fa/reauthenticate", {"code": code(secret)})
    assert again.status_code == 200 and again.json["data"]["methods"][-1]["reauthenticated"] is True
    assert calls[0]().status_code == 200
    clock[0] += 301
    assert calls[0]().status_code == 401
    assert grace.post("auth/reauthenticate", {"password": "ecarg-pass"}).status_code == 200
    assert grace.get("auth/session").json["data"]["methods"][-1]["method"] == "password"
    assert [call().status_code for call in calls] == [200, 200, 200]


def test_second_factors_are_their_owners(app, guarded, phone):
    own = App(
        app,
        **{
            "X-Session-Token": phone.post("auth/login", {"username": "linus", "password": "sunil-pass"}).json["meta"][
                "session_token"
            ]
        },
    )
    assert own.get("account/authenticators").json["data"] == []
    assert own.delete("account/authenticators/totp").status_code == 200
    assert authenticators.needed(guarded) == ["recovery_codes", "totp"]
    assert own.get("account/authenticators/recovery-codes").status_code == 404
    for path in ("account/authenticators", "account/authenticators/totp", "account/authenticators/recovery-codes"):
        assert phone.get(path).status_code == 401


def test_a_letter_does_not_bypass_it(app, guarded, phone, browser, outbox, link_in):
    browser().fill("/user/password/reset", email="grace@example.org")
    page = browser()
    assert page.fill(link_in(outbox[0]), password=PASSWORD, again=PASSWORD).status_code == 303
    assert page.http.get("/api/v2/userprofile/").status_code == 403
    assert phone.post("auth/login", {**GRACE, "password": PASSWORD}).status_code == 401
    user = User.get(User.id == guarded)
    with transaction():
        address = EmailAddress.get(EmailAddress.user == guarded)
    answer = phone.post("auth/email/verify", {"key": messages.verification_key(address)})
    assert answer.status_code == 401
    answer = phone.post(
        "auth/password/reset", {"key": messages.reset_key(user, user.email), "password": PASSWORD + "x"}
    )
    assert answer.status_code == 401 and answer.json["meta"]["is_authenticated"] is False


# -- pages -------------------------------------------------------------------------------------------
def secret_on(page: Browser) -> str:
    return re.search(r'<code id="secret">([A-Z2-7 ]+)</code>', page.get(PAGE).text)[1].replace(" ", "")


def set_up(page: Browser, **more):
    answer = page.fill(PAGE, action="on", current="ecarg-pass", code=code(secret_on(page)), **more)
    return answer, re.findall(r"<li><code>(\d{8})</code>", answer.text)


def test_people_set_it_up_and_log_in_with_it(app, people, browser, clock, outbox):
    page = browser().log_in("grace")
    secret = secret_on(page)
    assert secret_on(page) == secret and "<svg" in page.get(PAGE).text
    answer, shown = set_up(page)
    assert answer.status_code == 200 and len(shown) == 10 and "not shown again" in answer.text
    assert shown[0] not in page.get(PAGE).text and secret not in page.get(PAGE).text
    assert "second factor" in page.get("/user/").text.lower()
    clock[0] += totp.STEP
    for sent in (code(secret), shown[0]):
        other = browser()
        first = other.fill("/user/login", username="grace", password="ecarg-pass", next="/user/email")
        assert first.status_code == 303 and first.location == "/user/login/code?next=/user/email"
        assert other.http.get("/api/v2/userprofile/").status_code == 403
        wrong = other.fill(first.location, code="12345678")
        assert wrong.status_code == 400 and "12345678" not in wrong.text
        done = other.fill(first.location, code=sent, next="/user/email")
        assert (done.status_code, done.location) == (303, "/user/email")
        assert other.http.get("/api/v2/userprofile/").status_code == 200
    assert other.get("/user/login/code").status_code == 303


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"current": "wrong"}, "This is not your password."),
        ({"code": "000000"}, "This is not a code"),
        ({"code": ""}, "error"),
        ({"current": ""}, "error"),
        ({"action": "x"}, "Choose what to do"),
    ],
)
def test_what_is_wrong_changes_nothing(people, browser, wrong, told):
    page = browser().log_in("grace")
    sent = {"action": "on", "current": "ecarg-pass", "code": code(secret_on(page)), **wrong}
    answer = page.fill(PAGE, **sent)
    assert answer.status_code == 400 and told in answer.text and "ecarg" not in answer.text
    assert not Authenticator.select().exists()


def test_people_remove_it_and_make_new_codes(people, browser, guarded, phone):
    page = browser()
    location = page.fill("/user/login", username="grace", password="ecarg-pass").location
    assert page.fill(location, code=code()).status_code == 303
    for action in ("codes", "off"):
        assert page.fill(PAGE, action=action, current="wrong").status_code == 400
    fresh = re.findall(r"<li><code>(\d{8})</code>", page.fill(PAGE, action="codes", current="ecarg-pass").text)
    assert len(fresh) == 10 and not set(fresh) & set(OF_SEED_AB)
    assert page.fill(PAGE, action="on", current="ecarg-pass", code=code()).status_code == 400
    assert page.fill(PAGE, action="off", current="ecarg-pass").status_code == 303
    assert not Authenticator.select().exists() and phone.post("auth/login", GRACE).status_code == 200


def test_a_second_step_that_is_too_late_begins_again(browser, guarded):
    page = browser()
    location = page.fill("/user/login", username="grace", password="ecarg-pass").location
    token = page.token(location)
    accounts.set_password("grace", PASSWORD)
    assert page.get(location).location.startswith("/user/login")
    assert page.http.post(location, data={"code": code(), "csrfmiddlewaretoken": token}).status_code == 303
    assert page.http.get("/api/v2/userprofile/").status_code == 403


# -- what ends with a change -------------------------------------------------------------------------
@pytest.fixture(params=[False, True], ids=["kept", "rotated"])
def held(request, app, api, browser, bend):
    bend(WGER_ROTATE_REFRESH_TOKENS=request.param)
    return Held(app, api, browser)


@pytest.mark.parametrize("revoke", [False, True])
def test_setting_it_up_on_the_page_ends_everything_else(held, people, revoke):
    more = {"revoke_key": "true"} if revoke else {}
    assert len(set_up(held.browser, **more)[1]) == 10
    assert held.still_works() == {"cookie"} | ({"key"} if not revoke else set())
    assert Token.select().where(Token.user == people["grace"].id).exists() is not revoke


def test_setting_it_up_in_an_app_ends_everything_else_and_so_does_removing_it(app, held, api):
    own = App(app, **{"X-Session-Token": held.app_of_hers["session_token"]})
    secret = own.get("account/authenticators/totp").json["meta"]["secret"]
    assert own.post("account/authenticators/totp", {"code": code(secret)}).status_code == 200
    kept = {"key", "app", "app's access", "app's access on its own"}
    found = held.still_works()
    assert found - {"app's refresh"} == kept and "app's refresh" in found
    assert own.delete("account/authenticators/totp").status_code == 200
    assert own.get("auth/session").status_code == 200


def test_a_password_only_token_of_before_does_not_come_back(app, api, people):
    pair = api().post("token", GRACE).json
    user = User.get(User.username == "grace")
    give(totp={"secret": SECRET})
    changes.turn_off(user, None)
    assert api().post("token/refresh", {"refresh": pair["refresh"]}).status_code == 401
    assert api().post("token/verify", {"token": pair["access"]}).status_code == 401
    again = api().post("token", GRACE).json
    assert api().post("token/verify", {"token": again["access"]}).status_code == 200


def test_notices_go_to_an_address_that_is_known_to_be_theirs(app, people, outbox):
    user = User.get(User.username == "grace")
    give(totp={"secret": SECRET})
    changes.remove_all(user)
    assert outbox == []
    with transaction():
        EmailAddress.update(verified=True).execute()
    give(totp={"secret": SECRET})
    changes.remove_all(user)
    (letter,) = outbox
    assert letter["To"] == "grace@example.org" and "grace" not in letter.get_content().replace("grace@example.org", "")


def test_no_secret_gets_into_the_log(app, people, browser, caplog):
    caplog.set_level(logging.DEBUG, "wger_flask")
    page = browser().log_in("grace")
    secret = secret_on(page)
    _, shown = set_up(page)
    give("linus", totp={"secret": "not base 32!", "x": SECRET})
    authenticators.prove(User.get(User.username == "linus").id, "123456", None)
    assert "cannot be read" in caplog.text
    for text in (secret, SECRET, *shown, "ecarg-pass"):
        assert text not in caplog.text
