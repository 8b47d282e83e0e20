"""Passwords that are refused, in the words that clients know."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wger_flask.auth.password_rules import problems

SHORT, COMMON, NUMERIC, SIMILAR = (
    "password_too_short",
    "password_too_common",
    "password_entirely_numeric",
    "password_too_similar",
)


@pytest.mark.parametrize(
    ("password", "expected"),
    [
        ("Correct-Horse-9", []),
        ("short", [SHORT]),
        ("x", [SHORT, COMMON]),
        ("password", [COMMON]),
        ("PassWord", [COMMON]),
        ("qwertyuiop", [COMMON]),
        ("iloveyou1", [COMMON]),
        ("12345678", [COMMON, NUMERIC]),
        ("1234567890", [COMMON, NUMERIC]),
        ("00000000", [COMMON, NUMERIC]),
        ("87654321", [COMMON, NUMERIC]),
        ("99999999999", [NUMERIC]),
        ("aaaaaaaa", [COMMON]),
        ("abcdefgh", [COMMON]),
        ("administrator", [COMMON]),
        ("abc", [SHORT, COMMON]),
        ("123", [SHORT, COMMON, NUMERIC]),
        ("zq", [SHORT]),
        (" Qwerty ", [COMMON]),
        ("\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668", [NUMERIC]),
        ("correcthorse", []),
        ("83920174651", [NUMERIC]),
        ("a" * 120, []),
    ],
)
def test_codes(password, expected):
    assert [code for code, _ in problems(password)] == expected


@pytest.mark.parametrize(
    ("password", "about", "label"),
    [
        ("margaret-m", {"username": "margaret"}, "username"),
        ("TERAGRAM-", {"username": "margaret"}, "username"),
        ("hamilton-7", {"username": "mh", "email address": "hamilton@example.org"}, "email address"),
        ("sunil-pass", {"username": "linus", "email address": "linus@example.org"}, None),
        ("Correct-Horse-9", {"username": "newbie", "email address": ""}, None),
        ("Correct-Horse-9-anna-and-more-of-it", {"username": "anna"}, None),
        ("lovelace-7", {"username": "ada", "first name": "Ada", "last name": "Lovelace"}, "last name"),
        ("hamilton-7", {"username": "x y", "email address": ""}, None),
    ],
)
def test_likeness_to_the_account(password, about, label):
    found = problems(password, about)
    assert found == ([(SIMILAR, f"The password is too similar to the {label}.")] if label else [])


def test_a_name_of_one_letter():
    assert [code for code, _ in problems("a", {"username": "x-a"})] == [SIMILAR, SHORT, COMMON]


def test_sentences():
    assert [sentence for _, sentence in problems("1")] == [
        "This password is too short. It must contain at least 8 characters.",
        "This password is too common.",
        "This password is entirely numeric.",
    ]


@given(st.text(max_size=30), st.text(max_size=30))
def test_any_text_is_judged(password, username):
    codes = [code for code, _ in problems(password, {"username": username})]
    assert (SHORT in codes) == (len(password) < 8)
    assert len(codes) == len(set(codes))
