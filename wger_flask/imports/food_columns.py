"""Read foods that were eaten from the columns of a table: nutrients, and amounts as apps spell them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from wger_flask.engine.units import KG_PER_LB, KJ_PER_KCAL

from . import values
from .options import ImportOptions
from .table import Row

_POUND = 1000 * KG_PER_LB
_OUNCE = _POUND / 16
_GRAMS = {
    "g": Decimal(1), "gram": Decimal(1), "grams": Decimal(1), "kg": Decimal(1000), "mg": Decimal("0.001"),
    "oz": _OUNCE, "ounce": _OUNCE, "ounces": _OUNCE, "lb": _POUND, "lbs": _POUND,
}  # fmt: skip

_AMOUNT = re.compile(r"(\d[\d.,]{0,20})\s*([^\d\s].*)?")
_MILLIGRAMS = Decimal("0.001")
MOST_ENERGY, MOST_GRAMS, MOST_MILLIGRAMS = 100_000, 10_000, 1_000_000


def nutrients(row: Row, columns: Iterable[tuple[str, tuple[str, ...]]], options: ImportOptions) -> dict[str, Any]:
    """Return what a row says of nutrients, by the field of a diary's entry, in kilocalories and grams.

    ``columns`` are fields and what their columns may be called. The unit is that in the column's name: milligrams and
    kilojoules are converted.
    """
    found: dict[str, Any] = {}
    for field, names in columns:
        column = row.column(*names)
        is_small = "(mg)" in column.lower()
        most = MOST_ENERGY if field == "energy" else MOST_MILLIGRAMS if is_small else MOST_GRAMS
        value = row.decimal(column, decimal_comma=options.decimal_comma, most=most) if column else None
        if value is not None:
            if "kj" in column.lower() or "kilojoules" in column.lower():
                value /= KJ_PER_KCAL
            found[field] = value * _MILLIGRAMS if is_small else value
    return found


def amount_of(text: str, decimal_comma: bool | None = None) -> dict[str, Any]:
    """Return the ``amount``, the ``unit`` and, of masses, the ``grams`` that a text such as ``2 x 1 oz, 56 g`` spells.

    What stands behind the last comma is the sum; nothing is returned of a text that spells no amount.
    """
    whole, _, total = text.strip().rpartition(", ")
    for part in (total, whole):
        amount, unit = _parsed(part, decimal_comma)
        if amount is not None and unit.lower() in _GRAMS:
            return {"amount": amount, "unit": unit, "grams": amount * _GRAMS[unit.lower()]}
    amount, unit = _parsed(whole or total, decimal_comma)
    return {} if amount is None else {"amount": amount, "unit": unit}


def _parsed(text: str, decimal_comma: bool | None) -> tuple[Decimal | None, str]:
    found = _AMOUNT.fullmatch(text.strip())
    if not found:
        return None, ""
    try:
        amount = values.number(found[1], decimal_comma)
    except ValueError:
        return None, ""
    return (amount, (found[2] or "").strip()) if 0 < amount <= MOST_MILLIGRAMS else (None, "")
