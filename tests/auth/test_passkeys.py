"""Passkeys: what a genuine server stored, a device in software, and what is refused."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import time
from datetime import UTC, datetime, timedelta

import cbor2
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from tests.auth.conftest import GRACE, PASSWORD, App, Browser
from tests.auth.test_revoking import Held
from tests.auth.test_second_factors import PAGE, SECRET, SEED, code, give
from wger_flask.auth import accounts
from wger_flask.auth.models import Authenticator, Token, User
from wger_flask.auth.second_factors import authenticators, changes, passkeys
from wger_flask.storage.database import transaction

# Stored by a genuine django-allauth for Chromium's device, and what that device answered to a challenge afterwards.
STORED = {
    "name": "Key",
    "credential": {
        "id": "CU9qqL5RUzT197BhRigNVuw4sTExjrrDf93mWDE-Rcc",
        "response": {
            "attestationObject": (
                "o2NmbXRkbm9uZWdhdHRTdG10oGhhdXRoRGF0YVikSZYN5YgOjGh0NBcPZHZgW4_krrmihjLHmVzzuoMdl2NFAAAAAQECAwQF"
                "BgcIAQIDBAUGBwgAIAlPaqi-UVM09fewYUYoDVbsOLExMY66w3_d5lgxPkXHpQECAyYgASFYIGEFx3VEv2k5zWJ6Ptx4KS7h"
                "CHoTbWflE8EAyEevZysJIlggtzH-CARlegIfI1DGvhGW3RL9Hu1wfEayfRpqIrN4lCA"
            ),
        },
    },
}
ANSWER = {
    "id": "CU9qqL5RUzT197BhRigNVuw4sTExjrrDf93mWDE-Rcc",
    "rawId": "CU9qqL5RUzT197BhRigNVuw4sTExjrrDf93mWDE-Rcc",
    "type": "public-key",
    "response": {
        "authenticatorData": "SZYN5YgOjGh0NBcPZHZgW4_krrmihjLHmVzzuoMdl2MFAAAAAg",
        "clientDataJSON": "eyJ0eXBlIjoid2ViYXV0aG4uZ2V0IiwiY2hhbGxlbmdlIjoiVzMtZkhUUGstV0s3ME5oNWJZbjJqcmhLbnltdWpi"
        "NlcwWnVSOWxMZVFlRSIsIm9yaWdpbiI6Imh0dHA6Ly9sb2NhbGhvc3Q6ODc2NSIsImNyb3NzT3JpZ2luIjpmYWxzZSwib3RoZXJfa2V5c19jYW5fYmVfYWRkZWR"
        "faGVyZSI6ImRvIG5vdCBjb21wYXJlIGNsaWVudERhdGFKU09OIGFnYWluc3QgYSB0ZW1wbGF0ZS4gU2VlIGh0dHBzOi8vZ29vLmdsL3lhYlBleCJ9",
        "signature": "MEUCIQCHiIcR-TvLgfiu1oueD9zloV158dQt7uOfUmY7c_URZgIgLzem-V6YLFDa5j32GF-ccH8zzJjXDdkISftCQs5hemk",
        "userHandle": "MQ",
    },
}
THERE = passkeys.Place("localhost", ("http://localhost:8765",))
HERE = passkeys.Place("localhost", ("http://localhost",))


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


class Device:
    """A device that holds one passkey."""

    def __init__(self, user: int, host: str = "localhost", origin: str = "http://localhost"):
        self.key, self.id = ec.generate_private_key(ec.SECP256R1()), hashlib.sha256(str(time.time()).encode()).digest()
        self.user, self.host, self.origin, self.count, self.flags = user, host, origin, 0, 0x05

    def _data(self, flags: int, more: bytes = b"") -> bytes:
        self.count += 1
        return hashlib.sha256(self.host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4) + more

    def _client(self, kind: str, challenge: bytes) -> bytes:
        return json.dumps({"type": kind, "challenge": encoded(challenge), "origin": self.origin}).encode()

    def made(self, challenge: bytes) -> dict:
        numbers = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)}
        key = bytes(16) + len(self.id).to_bytes(2) + self.id + cbor2.dumps(public)
        sent = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": self._data(self.flags | 0x40, key)})
        response = {
            "attestationObject": encoded(sent),
            "clientDataJSON": encoded(self._client("webauthn.create", challenge)),
            "more": "\x00",
        }
        return {
            "id": encoded(self.id),
            "rawId": encoded(self.id),
            "type": "public-key",
            "response": response,
            "clientExtensionResults": {"credProps": {"rk": True}},
        }

    def used(self, challenge: bytes) -> dict:
        data, client = self._data(self.flags), self._client("webauthn.get", challenge)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        response = {
            "authenticatorData": encoded(data),
            "clientDataJSON": encoded(client),
            "signature": encoded(signature),
            "userHandle": encoded(str(self.user).encode()),
        }
        return {"id": encoded(self.id), "rawId": encoded(self.id), "type": "public-key", "response": response}


def challenge_of(page: Browser, path: str) -> bytes:
    text = page.get(path).json["challenge"]
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def use(page: Browser, device: Device, path: str = "/user/login", **changes):
    """Log in with a device; ``changes`` replace parts of what it sends."""
    challenge = changes.pop("challenge", None) or challenge_of(page, "/user/login/passkey/options")
    sent = {**device.used(challenge), **changes}
    form = {"credential": json.dumps(sent), "csrfmiddlewaretoken": page.token(path)}
    return page.http.post("/user/login/passkey", data=form, headers={"Accept": "text/html"})


def is_in(page: Browser) -> bool:
    return page.http.get("/api/v2/userprofile/").status_code == 200


@pytest.fixture
def device(app, people):
    """Grace's device; she has an app too."""
    user = give(totp={"secret": SECRET}, recovery_codes=SEED)
    held = Device(user)
    challenge = passkeys.Challenge(b"c" * 32, time.time())
    give(webauthn=passkeys.registered(held.made(challenge.text), "Mine", HERE, challenge))
    return held


def test_a_key_that_a_genuine_server_stored_goes_on_working():
    text = "W3-fHTPk-WK70Nh5bYn2jrhKnymujb6W0ZuR9lLeQeE"
    challenge = passkeys.Challenge(base64.urlsafe_b64decode(text + "="), 0)
    assert passkeys.user_of(passkeys.read(json.dumps(ANSWER))) == 1
    data = passkeys.used(STORED, ANSWER, THERE, challenge, alone=True)
    assert data == {**STORED, "sign_count": 2}
    for wrong in (data, {**STORED, "credential": {}}, {}):  # the counter must grow
        with pytest.raises(passkeys.Refused):
            passkeys.used(wrong, ANSWER, THERE, challenge, alone=True)
    for place in (HERE, passkeys.Place("example.org", THERE.origins)):
        with pytest.raises(passkeys.Refused):
            passkeys.used(STORED, ANSWER, place, challenge, alone=True)


def test_what_is_stored_is_what_a_genuine_server_reads_and_nothing_else(device):
    data = Authenticator.get(Authenticator.type == "webauthn").data
    assert data["name"] == "Mine" and set(data) == {"name", "credential"}
    assert set(data["credential"]) == {"id", "rawId", "type", "response", "clientExtensionResults"}
    assert set(data["credential"]["response"]) == {"attestationObject", "clientDataJSON"}
    assert data["credential"]["clientExtensionResults"] == {"credProps": {"rk": True}}


def test_a_passkey_logs_in_alone(browser, device):
    page = browser()
    assert use(page, device).status_code == 303 and is_in(page)
    row = Authenticator.get(Authenticator.type == "webauthn")
    assert row.data["sign_count"] == device.count and row.last_used_at


def test_a_use_that_was_noted_by_a_clock_ahead_locks_nobody_out(browser, device):
    with transaction():
        Authenticator.update(last_used_at=datetime.now(UTC) + timedelta(hours=26)).execute()
    page = browser()
    challenge = challenge_of(page, "/user/login/passkey/options")
    assert use(page, device, challenge=challenge).status_code == 303 and is_in(page)
    assert Authenticator.get(Authenticator.type == "webauthn").last_used_at < datetime.now(UTC) + timedelta(hours=1)


def test_a_passkey_stands_in_for_a_code(browser, device):
    page = browser()
    step = page.fill("/user/login", username="grace", password="ecarg-pass").location
    assert page.get("/user/login/passkey/options").json["allowCredentials"][0]["id"] == encoded(device.id)
    device.flags = 0x01  # whoever has shown their password need not be verified by the device too
    assert use(page, device, step).status_code == 303 and is_in(page)


def test_nobody_gets_in_with_a_passkey_that_is_wrong(browser, device, people):
    def refused(**how):
        page = browser()
        answer = use(page, device, **how)
        return answer.status_code == 400 and "was not taken" in answer.text and not is_in(page)

    assert use(browser(), device).status_code == 303
    assert refused(challenge=b"x" * 32)
    assert refused(id=encoded(b"another"))
    assert refused(response=7) and refused(response={}) and refused(id=None)
    stranger = Device(device.user)
    stranger.id = device.id
    page = browser()
    assert use(page, stranger).status_code == 400 and not is_in(page)
    for change in (
        {"origin": "https://evil.example"},
        {"host": "evil.example"},
        {"user": people["ada"].id},
        {"user": 999_999},
        {"flags": 0x01},
        {"count": -1},
    ):
        ((name, value),) = change.items()
        before = getattr(device, name)
        setattr(device, name, value)
        assert refused(), change
        if name != "count":
            setattr(device, name, before)
    device.count = 50
    with transaction():
        User.update(is_active=False).where(User.id == device.user).execute()
    assert refused()


def test_an_answer_is_good_once(app, browser, device):
    page = browser()
    challenge = challenge_of(page, "/user/login/passkey/options")
    token = page.token("/user/login")
    cookie = page.http.get_cookie("sessionid").value
    form = {"credential": json.dumps(device.used(challenge)), "csrfmiddlewaretoken": token}
    thief = Browser(app)
    for name, value in (("sessionid", cookie), ("csrftoken", page.http.get_cookie("csrftoken").value)):
        thief.http.set_cookie(name, value)
    assert page.http.post("/user/login/passkey", data=form).status_code == 303
    for counter in (0, None):  # of devices that count nothing, the moment of the challenge decides
        with transaction():
            row = Authenticator.get(Authenticator.type == "webauthn")
            data = {**row.data, "sign_count": counter or 0}
            Authenticator.update(data=data).where(Authenticator.id == row.id).execute()
        assert thief.http.post("/user/login/passkey", data=form).status_code == 400 and not is_in(thief)


def test_the_challenge_of_one_purpose_is_none_of_another(browser, device):
    page = browser()
    challenge = challenge_of(page, "/user/login/passkey/options")
    step = page.fill("/user/login", username="grace", password="ecarg-pass").location
    assert use(page, device, step, challenge=challenge).status_code == 400 and not is_in(page)
    assert page.get("/user/second-factor/passkey/options").status_code == 404


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "[]",
        "{}",
        "[" * 9000,
        '{"id": "a", "response": {"userHandle": "////"}}',
        '{"id": "a", "response": {"userHandle": 7}}',
        "x" * 20_000,
    ],
)
def test_nonsense_is_refused(browser, people, text):
    page = browser()
    page.get("/user/login/passkey/options")
    form = {"credential": text, "csrfmiddlewaretoken": page.token("/user/login")}
    assert page.http.post("/user/login/passkey", data=form).status_code == 400


def guarded_page(browser) -> Browser:
    page = browser()
    step = page.fill("/user/login", username="grace", password="ecarg-pass").location
    assert page.fill(step, code=code()).status_code == 303
    return page


def add(page: Browser, device: Device, **changes):
    challenge = changes.pop("challenge", None) or challenge_of(page, "/user/second-factor/passkey/options")
    sent = {"credential": json.dumps(device.made(challenge)), "passkey_name": "Phone", "current": "ecarg-pass"}
    return page.fill(PAGE, action="add-passkey", **{**sent, **changes})


def test_people_add_and_remove_passkeys(browser, device, people):
    page, other = guarded_page(browser), Device(device.user)
    for wrong in ({"current": "wrong"}, {"passkey_name": ""}, {"credential": "{}"}, {"challenge": b"x"}):
        assert add(page, other, **wrong).status_code == 400
    assert add(page, other).status_code == 303
    assert add(page, other).status_code == 400  # it is there
    rows = authenticators.passkeys_of(device.user)
    assert [passkeys.name_of(row.data) for row in rows] == ["Mine", "Phone"]
    assert use(browser(), other).status_code == 303
    foreign = give("ada", webauthn=rows[0].data)
    theirs = Authenticator.get(Authenticator.user == foreign)
    for key, current in ((rows[1].id, "wrong"), (theirs.id, "ecarg-pass"), ("x", "ecarg-pass")):
        assert page.fill(PAGE, action="remove-passkey", key=key, current=current).status_code == 400
    assert page.fill(PAGE, action="remove-passkey", key=rows[1].id, current="ecarg-pass").status_code == 303
    assert use(browser(), other).status_code == 400
    assert [row.id for row in authenticators.passkeys_of(device.user)] == [rows[0].id]


def test_apps_are_told_of_passkeys(app, device):
    own = App(app)
    token = own.post("auth/login", GRACE).json["meta"]["session_token"]
    own = App(app, **{"X-Session-Token": token})
    own.headers = {"X-Session-Token": own.post("auth/2fa/authenticate", {"code": code()}).json["meta"]["session_token"]}
    give(webauthn={"credential": 7})
    found = [row for row in own.get("account/authenticators").json["data"] if row["type"] == "webauthn"]
    assert [(row["name"], row["is_passwordless"]) for row in found] == [("Mine", True), ("passkey", False)]


def test_a_passkey_may_be_the_first_second_factor(app, api, browser, people):
    """It brings recovery codes, for what cannot use it, and ends whatever was given for less."""
    held, page, device = Held(app, api, browser), browser().log_in("grace"), Device(people["grace"].id)
    answer = add(page, device)
    assert answer.status_code == 200 and len(re.findall(r"<code>(\d{8})</code>", answer.text)) == 10
    assert held.still_works() == {"key"} and is_in(page)
    assert authenticators.needed(device.user) == ["recovery_codes", "webauthn"]
    assert use(browser(), device).status_code == 303
    assert api().post("token", GRACE).status_code == 401
    own = App(app)
    token = own.post("auth/login", GRACE).json["meta"]["session_token"]
    own.headers = {"X-Session-Token": token}
    code = re.findall(r"<code>(\d{8})</code>", answer.text)[0]
    assert own.post("auth/2fa/authenticate", {"code": code}).status_code == 200
    step = browser().fill("/user/login", username="grace", password="ecarg-pass").location
    assert step.startswith("/user/login/code")
    assert add(page, Device(device.user)).status_code == 303  # the second one brings no codes


def test_the_first_passkey_may_take_the_key_along(browser, people):
    page = browser().log_in("grace")
    assert add(page, Device(people["grace"].id), revoke_key="true").status_code == 200
    assert not Token.select().where(Token.user == people["grace"].id).exists()


def test_passkeys_are_shown_and_removed_without_an_app_too(browser, device):
    page = guarded_page(browser)
    assert page.fill(PAGE, action="off", current="ecarg-pass").status_code == 303
    shown = page.get(PAGE).text
    assert "Remove Mine" in shown and "Add a passkey" in shown and "Make new codes" in shown and "Turn it on" in shown
    assert "use your passkey, or type one of your recovery codes" in half_in(browser).text
    key = authenticators.passkeys_of(device.user)[0].id
    assert page.fill(PAGE, action="remove-passkey", key=key, current="ecarg-pass").status_code == 303
    assert not Authenticator.select().exists()


def half_in(browser):
    page = browser()
    return page.get(page.fill("/user/login", username="grace", password="ecarg-pass").location)


def test_an_account_with_a_passkey_alone_asks_for_it_and_keeps_its_codes(app, api, device):
    user = User.get(User.id == device.user)
    assert changes.turn_off(user, None)
    assert authenticators.needed(user.id) == ["recovery_codes", "webauthn"]
    assert api().post("token", GRACE).status_code == 401
    assert changes.remove_passkey(user, authenticators.passkeys_of(user.id)[0].id, None)
    assert not Authenticator.select().exists() and api().post("token", GRACE).status_code == 200


def test_a_new_password_leaves_passkeys_and_ends_their_sessions(browser, device):
    page = browser()
    use(page, device)
    accounts.set_password("grace", PASSWORD)
    assert not is_in(page)
    assert use(browser(), device).status_code == 303


def test_removing_a_passkey_ends_other_sessions(app, api, browser, people):
    held = Held(app, api, browser)
    user = User.get(User.username == "grace")
    give(webauthn=STORED)
    changes.remove_passkey(user, authenticators.passkeys_of(user.id)[0].id, None)
    assert held.still_works() == {"key"}
