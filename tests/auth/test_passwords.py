"""Hashes of all kinds that Django stores."""

from __future__ import annotations

import base64
import hashlib

import argon2
import bcrypt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wger_flask.auth import passwords

RFC_6070_SHA1 = base64.b64encode(bytes.fromhex("4b007901b765489abead49d926f721d065a429c1")).decode()
RFC_7914_SHA256 = base64.b64encode(
    bytes.fromhex("55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc")
).decode()
RFC_7914_SCRYPT = base64.b64encode(bytes.fromhex(
    "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
    "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640"
)).decode()  # fmt: skip
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
    assert not passwords.is_current(encoded, 1_200_000)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=80))
@settings(max_examples=40)
def test_a_fresh_hash_matches_its_password_alone(password):
    encoded = passwords.hash_password(password, 7)
    assert passwords.matches(password, encoded)
    assert not passwords.matches(password + "x", encoded)
    assert passwords.is_current(encoded, 7) and not passwords.is_current(encoded, 8)
    assert len(encoded) <= 128


def test_a_fresh_hash_has_the_layout_of_django():
    name, iterations, salt, digest = passwords.hash_password("secret", 1000).split("$")
    assert (name, iterations, len(salt), len(digest)) == ("pbkdf2_sha256", "1000", 22, 44)
    assert salt.isalnum() and salt.isascii()


def test_no_two_hashes_are_alike():
    assert passwords.hash_password("secret", 1) != passwords.hash_password("secret", 1)


@given(st.one_of(
    st.text(max_size=60),
    st.tuples(st.sampled_from([*passwords._CHECKS]), st.text(max_size=40)).map("$".join),
    st.from_regex(r"(pbkdf2_sha256|scrypt)\$-?\d{1,4}\$\w{0,4}\$-?\d{0,3}\$?\d{0,3}\$?\w{0,9}", fullmatch=True),
))  # fmt: skip
@settings(max_examples=150)
def test_nonsense_matches_nothing(encoded):
    assert not passwords.matches("secret", encoded)


@pytest.mark.parametrize("encoded", ["", "!", "!abcdef", passwords.unusable(), "plain", "sha256$x$y"])
def test_what_no_password_opens(encoded):
    assert not passwords.is_usable(encoded)
    assert not passwords.matches("", encoded) and not passwords.matches(encoded, encoded)


def test_a_short_salt_is_not_current():
    encoded = passwords._pbkdf2("sha256", "secret", "short", 1000)
    assert passwords.matches("secret", encoded) and not passwords.is_current(encoded, 1000)


def test_endless_passwords_are_not_hashed():
    assert not passwords.matches("x" * 5000, passwords.hash_password("x" * 5000, 1))


@pytest.mark.parametrize(("encoded", "rounds"), [
    (None, 1000), ("pbkdf2_sha256$400$s$h", 600), ("pbkdf2_sha256$1000$s$h", None), ("pbkdf2_sha256$5000$s$h", None),
    ("!unusable", 1000), ("bcrypt$$2b$04$x", None),
])  # fmt: skip
def test_a_failed_login_costs_what_a_current_hash_costs(monkeypatch, encoded, rounds):
    spent = []
    monkeypatch.setattr(hashlib, "pbkdf2_hmac", lambda name, word, salt, iterations: spent.append(iterations))
    passwords.spend("secret", encoded, 1000)
    assert spent == ([rounds] if rounds else [])
