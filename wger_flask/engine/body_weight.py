"""Body weight in kilograms and pounds."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

from .units import KG_PER_LB

LB_PER_KG = Decimal("2.20462262")
UNITS = ("kg", "lb")
LIMITS = {"kg": (20, 350), "lb": (44, 770)}

_FINE, _SHOWN = Decimal("0.0001"), Decimal("0.01")


def converted(value: Decimal, unit: str, wanted: str) -> Decimal:
    """Return a weight in ``unit`` as one in ``wanted`` ("kg" or "lb"), with two places; any unit but lb counts as kg.

    It is rounded to four places and then to two, half to even.
    """
    unit = unit if unit in UNITS else "kg"
    if unit == wanted:
        return value
    factor = LB_PER_KG if wanted == "lb" else KG_PER_LB
    return (value * factor).quantize(_FINE, ROUND_HALF_EVEN).quantize(_SHOWN, ROUND_HALF_EVEN)
