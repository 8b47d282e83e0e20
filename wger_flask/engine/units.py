"""Know the units that mean something to the arithmetic.

Units are rows that anybody may rename or add; only these few are special.  Everything that
is not pounds counts as kilograms where kilograms are wanted: "plates" and "body weight"
have no mass that a server could know.
"""

from __future__ import annotations

from decimal import Decimal

from .rounding import PRECISION

__all__ = [
    "KILOGRAM", "KJ_PER_KCAL", "KG_PER_LB", "POUND", "REPETITIONS", "UNTIL_FAILURE",
    "kilograms", "kilojoules", "pounds",
]  # fmt: skip

KILOGRAM, POUND = 1, 2
"""Identifiers of the weight units with a mass."""

REPETITIONS, UNTIL_FAILURE = 1, 2
"""Identifiers of the repetition units that the text of a set treats specially."""

KG_PER_LB = Decimal("0.45359237")
"""The international avoirdupois pound of 1959, exact."""

KJ_PER_KCAL = Decimal("4.184")
"""The thermochemical calorie, exact."""

_GRAM_TENTH = Decimal("0.0001")


def kilograms(weight: Decimal, unit: int | None) -> Decimal:
    """Return ``weight`` in kg: pounds converted to four decimals, anything else as it is."""
    if unit != POUND:
        return weight
    return PRECISION.multiply(weight, KG_PER_LB).quantize(_GRAM_TENTH, context=PRECISION)


def pounds(weight: Decimal) -> Decimal:
    """Return ``weight`` (kg) in lb, four decimals."""
    return PRECISION.divide(weight, KG_PER_LB).quantize(_GRAM_TENTH, context=PRECISION)


def kilojoules(energy: Decimal) -> Decimal:
    """Return ``energy`` (kcal) in kJ."""
    return PRECISION.multiply(energy, KJ_PER_KCAL)
