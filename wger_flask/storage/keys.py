"""Make keys of rows, and tell which texts and numbers could be one."""

from __future__ import annotations

import uuid
from os import urandom
from time import time_ns


def uuid4() -> uuid.UUID:
    """Return a random UUID."""
    return uuid.uuid4()


def uuid7() -> uuid.UUID:
    """Return a time-ordered UUID (RFC 9562, version 7): rows made later sort later.

    A millisecond is divided by 4096 (section 6.2, method 3): two requests may well come in one.
    """
    milliseconds, nanoseconds = divmod(time_ns(), 1_000_000)
    fraction = nanoseconds * 4096 // 1_000_000
    random = int.from_bytes(urandom(8)) & ((1 << 62) - 1)
    return uuid.UUID(int=(milliseconds << 80) | (0x7 << 76) | (fraction << 64) | (0b10 << 62) | random)


def parse_uuid(value: object) -> uuid.UUID | None:
    """Return the UUID that a text spells, None for anything else."""
    try:
        return uuid.UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None


def storable(key: object) -> bool:
    """Return whether a row could have this key: numbers have 64 bits at most, texts no NUL."""
    if isinstance(key, str):
        return "\x00" not in key
    return not isinstance(key, int) or abs(key) < 1 << 63
