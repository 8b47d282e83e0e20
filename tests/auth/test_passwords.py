"""Hashes of all kinds that Django stores."""

from __future__ import annotations

import base64
import hashlib

import argon2
import bcrypt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wger_flask.auth import credentials, passwords
from wger_flask.auth.models import User
from wger_flask.auth.passwords import Hashing
from wger_flask.storage.database import transaction

RFC_6070_SHA1 = base64.b64encode(bytes.fromhex("4b007901b765489abead49d926f721d065a429c1")).decode()
RFC_7914_SHA256 = base64.b64encode(
    bytes.fromhex("55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc")
).decode()
RFC_7914_SCRYPT = base64.b64encode(
    bytes.fromhex(
        "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
        "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640"
    )
).decode()
ARGON2 = Hashing("argon2")
SHA256_THEN_BCRYPT = bcrypt.hashpw(hashlib.sha256(b"secret").hexdigest().encode(), bcrypt.gensalt(4)).decode()

KNOWN = {
    "pbkdf2_sha256, of a genuine server": (
        "ecarg-pass",
        "pbkdf2_sha256$20000$bbPIa84yRnBUbHoW$EhGjHucCTiQ/9wiBnyTmsRsDXmrdYwOxF1JbYeHZ+EI=",
    ),
    "pbkdf2_sha256, RFC 7914 section 11": ("passwd", f"pbkdf2_sha256$1$salt${RFC_7914_SHA256}"),
    "pbkdf2_sha1, RFC 6070": ("password", f"pbkdf2_sha1$4096$salt${RFC_6070_SHA1}"),
    "scrypt, RFC 7914 section 12": ("password", f"scrypt$1024$NaCl$8$16${RFC_7914_SCRYPT}"),
    "md5 with a salt": ("secret", "md5$abc$" + hashlib.md5(b"abcsecret").hexdigest()),
    "argon2": ("secret", "argon2" + argon2.PasswordHasher(1, 8, 1).hash("secret")),
    "argon2, of Django 5.2": (
        "Ein gutes Wort 7",
        "argon2$argon2id$v=19$m=102400,t=2,p=8$T1FhRVo4cERnWUpxd0ppVlFzQ1FEZw$"
        "7czeyG9mYgkAvoStXOZPJnPSkzosO0G/wsyEpfvoP2k",
    ),
    "scrypt, of Django 5.2": (
        "Ein gutes Wort 7",
        "scrypt$16384$L9DQxUGEjuxyU4jOAvvAkM$8$5$QsxxyMlX25xSKKQGx6kgpGgH1p0/RxNcBMXlRoo5E/bG2cm6gUVkyQMHPplZucMq/"
        "ddRJO9NPp4/hucEZSWwnQ==",
    ),
    "bcrypt": ("secret", "bcrypt$" + bcrypt.hashpw(b"secret", bcrypt.gensalt(4)).decode()),
    "bcrypt_sha256": ("secret", f"bcrypt_sha256${SHA256_THEN_BCRYPT}"),
}


@pytest.mark.parametrize("name", KNOWN)
def test_known_hashes_match_their_password_alone(name):
    password, encoded = KNOWN[name]
    assert passwords.matches(password, encoded)
    assert not passwords.matches(password + "x", encoded)
    assert not passwords.matches("", encoded)
    assert passwords.is_usable(encoded)
    keeps = name.startswith("argon2")
    assert [passwords.is_current(encoded, how) for how in (Hashing(iterations=1_200_000), ARGON2)] == [keeps, keeps]


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=80))
@settings(max_examples=40)
def test_a_fresh_hash_matches_its_password_alone(password):
    encoded = passwords.hash_password(password, Hashing(iterations=7))
    assert passwords.matches(password, encoded)
    assert not passwords.matches(password + "x", encoded)
    assert passwords.is_current(encoded, Hashing(iterations=7))
    assert not passwords.is_current(encoded, Hashing(iterations=8))
    assert len(encoded) <= 128


def test_a_fresh_hash_has_the_layout_of_django():
    name, iterations, salt, digest = passwords.hash_password("secret", Hashing(iterations=1000)).split("$")
    assert (name, iterations, len(salt), len(digest)) == ("pbkdf2_sha256", "1000", 22, 44)
    assert salt.isalnum() and salt.isascii()


def test_no_two_hashes_are_alike():
    assert passwords.hash_password("secret", Hashing()) != passwords.hash_password("secret", Hashing())


@given(
    st.one_of(
        st.text(max_size=60),
        st.tuples(st.sampled_from([*passwords._CHECKS]), st.text(max_size=40)).map("$".join),
        st.from_regex(r"(pbkdf2_sha256|scrypt)\$-?\d{1,4}\$\w{0,4}\$-?\d{0,3}\$?\d{0,3}\$?\w{0,9}", fullmatch=True),
    )
)
@settings(max_examples=150)
def test_nonsense_matches_nothing(encoded):
    assert not passwords.matches("secret", encoded)


@pytest.mark.parametrize("encoded", ["", "!", "!abcdef", "!" + "x" * 40, "plain", "sha256$x$y"])
def test_what_no_password_opens(encoded):
    assert not passwords.is_usable(encoded)
    assert not passwords.matches("", encoded) and not passwords.matches(encoded, encoded)


def test_a_short_salt_is_not_current():
    encoded = passwords._pbkdf2("sha256", "secret", "short", 1000)
    assert passwords.matches("secret", encoded) and not passwords.is_current(encoded, Hashing(iterations=1000))


def test_endless_passwords_are_not_hashed():
    assert not passwords.matches("x" * 5000, passwords.hash_password("x" * 5000, Hashing()))


@pytest.mark.parametrize(
    ("encoded", "rounds"),
    [
        (None, 1000),
        ("pbkdf2_sha256$400$s$h", 600),
        ("pbkdf2_sha256$1000$s$h", None),
        ("pbkdf2_sha256$5000$s$h", None),
        ("!unusable", 1000),
        ("bcrypt$$2b$04$x", 1000),
    ],
)
def test_a_failed_login_costs_what_a_current_hash_costs(monkeypatch, encoded, rounds):
    spent = []
    monkeypatch.setattr(hashlib, "pbkdf2_hmac", lambda name, word, salt, iterations: spent.append(iterations))
    passwords.spend("secret", encoded, Hashing(iterations=1000))
    assert spent == ([rounds] if rounds else [])


def failing(monkeypatch, name: str) -> list[str]:
    """Have every check of a hash noted, and fail for the format ``name`` as if its library were missing."""
    checked = []

    def check(format, real):
        def checks(password, encoded):
            checked.append(format)
            if format == name:
                raise ImportError(format)
            return real(password, encoded)

        return checks

    monkeypatch.setattr(passwords, "_CHECKS", {key: check(key, real) for key, real in passwords._CHECKS.items()})
    monkeypatch.setattr(passwords, "_is_installed", lambda format: format != name)
    passwords._tell_missing.cache_clear()
    return checked


# -- argon2 ------------------------------------------------------------------------------------------
def test_new_hashes_are_what_wger_itself_would_write_and_fit_their_column():
    encoded = passwords.hash_password("secret", ARGON2)
    assert encoded.startswith("argon2$argon2id$v=19$m=102400,t=2,p=8$") and len(encoded) <= 128
    assert passwords.matches("secret", encoded) and not passwords.matches("secreT", encoded)


def test_one_hash_that_fills_memory_is_made_at_a_time(monkeypatch):
    held = []
    real = argon2.PasswordHasher.verify
    monkeypatch.setattr(
        argon2.PasswordHasher,
        "verify",
        lambda self, *args: held.append(passwords._alone.locked()) or real(self, *args),
    )
    assert passwords.matches("secret", KNOWN["argon2"][1]) and held == [True]
    assert not passwords._alone.locked()


@pytest.mark.parametrize(
    "encoded",
    [
        "argon2$argon2id$v=19$m=4194304,t=1,p=1$T1FhRVo4cERnWUpxd0ppVlFzQ1FEZw$7czeyG9mYgkAvoStXOZPJnPSkzosO0G/wsyEpfvoP2k",
        "argon2$argon2id$v=19$m=102400,t=9000,p=1$T1FhRVo4cERnWUpxd0ppVlFzQ1FEZw$7czeyG9mYgkAvoStXOZPJnPSkzosO0G/wsyEpfvoP2k",
        "scrypt$4194304$salt$8$5$QsxxyMlX",
        "scrypt$16384$salt$8$5000$QsxxyMlX",
        "bcrypt$$2b$31$abc",
        "bcrypt_sha256$$2b$31$abc",
        "pbkdf2_sha256$4000000000$salt$abc",
    ],
)
def test_a_hash_that_would_take_all_memory_or_time_is_refused_and_the_log_says_so(encoded, caplog):
    assert not passwords.matches("secret", encoded)
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "costs too much" in caplog.text and "secret" not in caplog.text


def test_argon2_is_kept_at_login_and_others_become_argon2(app, people, bend):
    bend(WGER_PASSWORD_HASH="argon2")
    for encoded in ("argon2" + argon2.PasswordHasher(1, 8, 1).hash("secret"), KNOWN["bcrypt"][1]):
        with transaction():
            User.update(password=encoded).where(User.username == "grace").execute()
        assert credentials.verify(credentials.named("grace"), "secret", None)
        stored = User.get(User.username == "grace").password
        assert (stored == encoded) is encoded.startswith("argon2") and stored.startswith("argon2$argon2id$")
    assert credentials.verify(credentials.named("grace"), "secret", None)


# -- libraries that are missing -------------------------------------------------------------------------
DOORS = {
    "token": lambda http, body: http.post("/api/v2/token", json=body),
    "login": lambda http, body: http.post("/api/v2/login/", json=body),
    "headless": lambda http, body: http.post("/allauth/app/v1/auth/login", json=body),
}


@pytest.mark.parametrize("name", ["argon2", "bcrypt", "bcrypt_sha256", "scrypt, RFC 7914 section 12"])
def test_a_missing_library_is_one_line_in_the_log_and_a_refused_login(app, people, name, monkeypatch, caplog):
    password, encoded = KNOWN[name]
    with transaction():
        User.update(password=encoded).where(User.username == "grace").execute()
    failing(monkeypatch, name.split(",")[0])
    for door in DOORS.values():
        right = door(app.test_client(), {"username": "grace", "password": password.ljust(8, "x")})
        unknown = door(app.test_client(), {"username": "nobody", "password": password.ljust(8, "x")})
        assert right.status_code == unknown.status_code in (400, 401)
        assert credentials.verify(credentials.named("grace"), password, None) is None
    assert len(caplog.records) == 1 and "is not installed" in caplog.text and "grace" not in caplog.text


@pytest.mark.parametrize("missing", ["", "bcrypt"])
def test_whoever_fails_pays_for_one_hash_of_each_format_there_is(app, people, missing, monkeypatch):
    stored = {"grace": KNOWN["argon2"][1], "ada": KNOWN["bcrypt"][1]}
    with transaction():
        for username, encoded in stored.items():
            User.update(password=encoded).where(User.username == username).execute()
    checked = failing(monkeypatch, missing)
    rounds = []
    monkeypatch.setattr(passwords, "_spend_rounds", lambda password, encoded, most: rounds.append(bool(encoded)))
    paid = set()
    for username in ("grace", "ada", "nobody"):
        checked.clear()
        assert credentials.verify(credentials.named(username), "wrong", None) is None
        paid.add((*sorted(set(checked)), *rounds))
        rounds.clear()
    assert paid == {("argon2", "bcrypt", False)}  # and the rounds of those who have the format still
