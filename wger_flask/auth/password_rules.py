"""Refuse passwords that are easily guessed.

The rules, their order and their words are those that clients know from wger: not like the
account's own data, at least eight characters, not among the common ones, not digits alone.
The common ones are the 30,000 of the ``zxcvbn`` package.
"""

from __future__ import annotations

import difflib
import re
from functools import cache

LEAST = 8
TOO_SIMILAR = 0.7


def problems(password: str, about: dict[str, str] | None = None) -> list[tuple[str, str]]:
    """Return what is wrong with ``password``, as pairs of a code and a sentence.

    ``about`` holds what is known of the person by what it is called, such as
    ``{"username": "anna"}``.
    """
    found = []
    for label, value in (about or {}).items():
        if value and _is_similar(password.lower(), value.lower()):
            found.append(("password_too_similar", f"The password is too similar to the {label}."))
            break
    if len(password) < LEAST:
        told = f"This password is too short. It must contain at least {LEAST} characters."
        found.append(("password_too_short", told))
    if is_common(password):
        found.append(("password_too_common", "This password is too common."))
    if password.isdigit():
        found.append(("password_entirely_numeric", "This password is entirely numeric."))
    return found


def is_common(password: str) -> bool:
    """Tell whether ``password`` is among those that are tried first; all of one or two characters are."""
    text = password.strip().lower()
    return len(text) <= 2 or text in _common()


@cache
def _common() -> frozenset[str]:
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # 12 MB: only a process that needs them reads them

    return frozenset(FREQUENCY_LISTS["passwords"])


def _is_similar(password: str, value: str) -> bool:
    """Compare with ``value`` and with each of its words, as ``SequenceMatcher.quick_ratio`` does."""
    for part in {value, *re.split(r"\W+", value)}:
        # A short word within a long password matches by chance; the ratio could not reach the limit either.
        if len(part) < 2 or len(password) >= 10 * len(part):
            continue
        if difflib.SequenceMatcher(a=password, b=part).quick_ratio() >= TOO_SIMILAR:
            return True
    return False
