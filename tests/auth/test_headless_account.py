"""Apps: change the password, or choose one by mail; manage addresses."""

from __future__ import annotations

import pytest

from wger_flask.auth import email_addresses, messages, passwords
from wger_flask.auth.models import EmailAddress, User
from wger_flask.storage.database import transaction

from .conftest import GRACE, PASSWORD, codes


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


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, [("required", "current_password"), ("required", "new_password")]),
        ({"current_password": "wrong", "new_password": PASSWORD}, [("enter_current_password", "current_password")]),
        ({"current_password": "ecarg-pass", "new_password": "short"}, [("password_too_short", "new_password")]),
        (
            {"new_password": "x"},
            [
                ("required", "current_password"),
                ("password_too_short", "new_password"),
                ("password_too_common", "new_password"),
            ],
        ),
    ],
)
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
    ]
    assert phone.post("auth/password/reset", {"key": key, "password": PASSWORD}).status_code == 401
    assert phone.post("auth/login", {**GRACE, "password": PASSWORD}).status_code == 200
    assert codes(phone.post("auth/password/reset", {"key": key, "password": "Other.Words.77"})) == [
        ("invalid_password_reset", "key")
    ]
    assert EmailAddress.get(user=people["grace"]).verified  # they read what was sent there


def test_a_reset_key_dies_when_the_password_changes(phone, grace, people):
    key = messages.reset_key(User.get(username="grace"), "grace@example.org")
    assert messages.read_reset(key) is not None
    grace.post("account/password/change", {"current_password": "ecarg-pass", "new_password": PASSWORD})
    assert messages.read_reset(key) is None


def test_asking_for_a_letter_tells_nothing(phone, outbox, people):
    with transaction():
        User.update(is_active=False).where(User.username == "grace").execute()
        User.update(password="!" + "x" * 40).where(User.username == "linus").execute()
    for email in ("nobody@example.org", "grace@example.org", "linus@example.org"):
        answer = phone.post("auth/password/request", {"email": email})
        assert (answer.status_code, set(answer.json)) == (200, {"status", "meta"})
    assert outbox == []
    assert codes(phone.post("auth/password/request", {"email": "x"})) == [("invalid", "email")]


def test_keys_run_out(app, people, monkeypatch):
    grace = User.get(username="grace")
    row = EmailAddress.get(user=grace)
    keys = messages.reset_key(grace, grace.email), messages.verification_key(row)
    assert messages.read_reset(keys[0]) and messages.read_verification(keys[1])
    monkeypatch.setattr(messages, "LIFETIME", -1)
    assert messages.read_reset(keys[0]) is None and messages.read_verification(keys[1]) is None


def test_a_key_is_good_for_its_own_purpose(app, people):
    grace = User.get(username="grace")
    reset, verify = messages.reset_key(grace, grace.email), messages.verification_key(EmailAddress.get(user=grace))
    assert messages.read_reset(verify) is None and messages.read_verification(reset) is None
    for key in ("", "x", "a.b.c", "\u00e4", reset[:-2]):
        assert messages.read_reset(key) is None and messages.read_verification(key) is None


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
    email_addresses.mark_verified(EmailAddress.get(email="grace@example.org").id, "grace@example.org")
    assert codes(grace.patch("account/email", {"email": "second@example.org", "primary": True})) == [
        ("unverified_primary_email", "email")
    ]
    email_addresses.mark_verified(EmailAddress.get(email="second@example.org").id, "second@example.org")
    assert codes(grace.patch("account/email", {"email": "second@example.org"})) == [("required", "primary")]
    listed = grace.patch("account/email", {"email": "second@example.org", "primary": True}).json["data"]
    assert [(row["email"], row["primary"]) for row in listed] == [
        ("second@example.org", True),
        ("grace@example.org", False),
    ]
    assert User.get(username="grace").email == "second@example.org"
    assert codes(grace.delete("account/email", {"email": "second@example.org"})) == [
        ("cannot_remove_primary_email", "email")
    ]
    assert len(grace.delete("account/email", {"email": "grace@example.org"}).json["data"]) == 1


@pytest.mark.parametrize(
    ("method", "body", "expected"),
    [
        ("post", {}, ("required", "email")),
        ("post", {"email": "x"}, ("invalid", "email")),
        ("post", {"email": "grace@example.org"}, ("duplicate_email", "email")),
        ("post", {"email": "Linus@example.org"}, ("email_taken", "email")),
        ("put", {"email": "linus@example.org"}, ("unknown_email", "email")),
        ("patch", {"email": "linus@example.org", "primary": True}, ("unknown_email", "email")),
        ("delete", {"email": "linus@example.org"}, ("unknown_email", "email")),
    ],
)
def test_addresses_that_are_refused(grace, method, body, expected):
    assert codes(getattr(grace, method)("account/email", body)) == [expected]


def test_an_address_that_only_the_user_row_knows_stays_primary(grace, people):
    with transaction():
        EmailAddress.delete().where(EmailAddress.user == people["grace"]).execute()
    assert grace.get("account/email").json["data"] == []
    listed = grace.post("account/email", {"email": "second@example.org"}).json["data"]
    assert [(row["email"], row["primary"]) for row in listed] == [
        ("grace@example.org", True),
        ("second@example.org", False),
    ]
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
    assert email_addresses.mark_verified(first.id, first.email)
    assert not email_addresses.mark_verified(second.id, second.email)


def test_what_is_not_used_here(grace):
    for path in ("account/authenticators", "account/providers"):
        assert grace.get(path).json == {"status": 200, "data": []}
