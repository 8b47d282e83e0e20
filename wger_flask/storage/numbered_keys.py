"""Give rows that wger 2.5 and 2.6 numbered the UUIDs that they have since.

The UUID is computed from the number, so that references need no second pass, and whatever meets the rows later, an
upgrade or a dump, calls them the same.
"""

from __future__ import annotations

import hashlib
from uuid import UUID

LARGEST_NUMBER = (1 << 48) - 1


def uuid_of(label: str, number: int) -> UUID:
    """Return the UUID (RFC 9562, version 8) of the row of ``label`` (``nutrition.meal``) that had ``number``.

    UUIDs of one table sort as their numbers do.  Raises ValueError for what is no key.
    """
    if not 0 <= number <= LARGEST_NUMBER:
        raise ValueError(f"{number} is no key")
    return UUID(int=(number << 80) | _rest(label))


def number_of(label: str, key: object) -> int | None:
    """Return the number from which :func:`uuid_of` made ``key``, None if it did not."""
    number = key.int >> 80 if isinstance(key, UUID) else None
    return number if number is not None and uuid_of(label, number) == key else None


def last_digits(label: str) -> str:
    """Return the 20 hex digits in which all UUIDs of ``label`` end; the number is in the 12 before them."""
    return f"{_rest(label):020x}"


def _rest(label: str) -> int:
    digest = int.from_bytes(hashlib.sha256(f"wger_flask {label}".encode()).digest())
    custom_b, custom_c = digest & 0xFFF, digest >> 12 & ((1 << 62) - 1)
    return (0x8 << 76) | (custom_b << 64) | (0b10 << 62) | custom_c
