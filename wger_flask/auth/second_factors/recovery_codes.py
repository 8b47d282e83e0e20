"""Make and check recovery codes: each is good once, for a user who has lost their authenticator app.

The codes are not stored: they follow from a seed, and a mask tells which were used.  Number ``i`` is what the first
four bytes of a running HMAC-SHA1 with the seed as its key say, modulo 10**8, after ``"  i,"`` was added to it.  Codes
that a site had before it used django-allauth are stored as they are, and taken off the list when they are used.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Any

TYPE = "recovery_codes"
COUNT, DIGITS = 10, 8
_MIGRATED = "migrated_codes"


def begun() -> dict[str, Any]:
    """Return what is stored of new codes."""
    return {"seed": secrets.token_hex(40), "used_mask": 0}


def unused(data: dict[str, Any]) -> list[str]:
    """Return the codes that are still good."""
    mask = _mask(data)
    return [code for place, code in enumerate(_codes(data)) if not mask >> place & 1]


def count(data: dict[str, Any]) -> int:
    """Return how many codes there are, used ones too."""
    return len(_codes(data))


def used(data: dict[str, Any], code: str) -> dict[str, Any] | None:
    """Return what is to be stored once ``code`` was used; None for one that is wrong or was used before."""
    mask, match = _mask(data), None
    for place, known in enumerate(_codes(data)):
        if hmac.compare_digest(known.encode(), code.encode("utf-8", "replace")) and not mask >> place & 1:
            match = place
    if match is None:
        return None
    if _MIGRATED in data:
        return {**data, _MIGRATED: [known for place, known in enumerate(data[_MIGRATED]) if place != match]}
    return {**data, "used_mask": mask | 1 << match}


def _codes(data: dict[str, Any]) -> list[str]:
    if isinstance(data.get(_MIGRATED), list):
        return [str(code) for code in data[_MIGRATED]]
    seed = data.get("seed")
    if not isinstance(seed, str) or not seed.isascii() or not seed:
        raise ValueError("there is no seed")
    running, codes = hmac.new(seed.encode(), digestmod=hashlib.sha1), []
    for place in range(COUNT):
        running.update(f"{place:3},".encode())
        codes.append(str(int.from_bytes(running.digest()[:4]) % 10**DIGITS).zfill(DIGITS))
    return codes


def _mask(data: dict[str, Any]) -> int:
    mask = data.get("used_mask", 0)
    return mask if isinstance(mask, int) and mask >= 0 else (1 << COUNT) - 1
