"""Refuse passwords that are easily guessed.

The rules, their order and their words are those of Django's four validators, which clients know
from wger: not like the account's own data, at least eight characters, not among the common ones,
not digits alone.  All that are broken are told, of the account's data the first that is alike.
The common ones are the 20,000 that Django refuses, see ``common_passwords.LICENSE``.
"""

from __future__ import annotations

import difflib
import gzip
import re
from functools import cache
from pathlib import Path

from .models import User

LEAST = 8
TOO_SIMILAR = 0.7


def problems(password: str, about: dict[str, str] | None = None) -> list[tuple[str, str]]:
    """Return what is wrong with ``password``, as pairs of a code and a sentence.

    ``about`` holds what is known of the person by what it is called, such as
    ``{"username": "anna"}``.
    """
    broken = []
    for label, value in (about or {}).items():
        if value and _is_similar(password.lower(), value.lower()):
            broken.append(("password_too_similar", f"The password is too similar to the {label}."))
            break
    if len(password) < LEAST:
        told = f"This password is too short. It must contain at least {LEAST} characters."
        broken.append(("password_too_short", told))
    if password.lower().strip() in _common():
        broken.append(("password_too_common", "This password is too common."))
    if password.isdigit():
        broken.append(("password_entirely_numeric", "This password is entirely numeric."))
    return broken


def known_of(user: User) -> dict[str, str]:
    """Return what a password of an account should not be like, by what it is called."""
    return {
        "username": user.username,
        "first name": user.first_name,
        "last name": user.last_name,
        "email address": user.email,
    }


@cache
def _common() -> frozenset[str]:
    with gzip.open(Path(__file__).with_name("common_passwords.txt.gz"), "rt", encoding="utf-8") as lines:
        return frozenset(line.strip() for line in lines)


def _is_similar(password: str, value: str) -> bool:
    """Compare with ``value`` and with each of its words, as ``SequenceMatcher.quick_ratio`` does."""
    for part in {value, *re.split(r"\W+", value)}:
        if len(password) >= 10 * len(part):  # the ratio could not reach the limit; nothing at all is like nothing
            continue
        if difflib.SequenceMatcher(a=password, b=part).quick_ratio() >= TOO_SIMILAR:
            return True
    return False
