"""Read what other databases say of a food: texts, numbers and barcodes, as our columns take them."""

from __future__ import annotations

from decimal import Decimal
from typing import TypeGuard

_LONGEST = 200  # letters of a name
_DIGITS = range(8, 15)  # of a barcode


def is_barcode(code: object) -> TypeGuard[str]:
    """Tell whether ``code`` is a text that can be a barcode: 8 to 14 digits."""
    return isinstance(code, str) and code.isascii() and code.isdigit() and len(code) in _DIGITS


def plain_text(value: str) -> str:
    """Return a text with single blanks between its words, and no more letters than a name may have."""
    return " ".join(value.replace("\x00", "").split())[:_LONGEST]


def bounded(number: Decimal, most: int) -> Decimal | None:
    """Return a number from 0 to ``most`` with three places, None for any other."""
    return round(number, 3) if number.is_finite() and 0 <= number <= most else None
