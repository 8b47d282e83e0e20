"""Know the units that mean something to the arithmetic.

Units are rows that an administrator may rename or add; only these few are special.  Where every log
counts, everything that is not pounds counts as kilograms (:func:`kilograms`): "plates" and "body
weight" have no mass that a server could know.  Where only masses count, :data:`MASSES` says which
units have one.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from .rounding import PRECISION

KILOGRAM, POUND = 1, 2
"""Identifiers of the weight units with a mass."""

MASSES = frozenset((KILOGRAM, POUND))
"""All of them."""

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


@dataclass(frozen=True, slots=True)
class MassUnit:
    """A unit that people choose to see masses in, by its ``name`` ("kg" or "lb"); figures are kept in kg."""

    name: str = "kg"

    def of(self, kilograms: Decimal | float | str) -> Decimal:
        """Return ``kilograms`` in this unit, pounds with four decimals."""
        kilograms = Decimal(str(kilograms))
        return pounds(kilograms) if self.name == "lb" else kilograms


def kilojoules(energy: Decimal) -> Decimal:
    """Return ``energy`` (kcal) in kJ."""
    return PRECISION.multiply(energy, KJ_PER_KCAL)
