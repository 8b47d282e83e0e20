"""Compute what follows from the size of a body: body mass index and waist-to-height ratio.

The body mass index is mass over the square of height, kg/m² (A. Keys et al., "Indices of relative
weight and obesity", J. Chronic Dis. 25, 1972).  The waist-to-height ratio has no unit.  Lengths are
measured in units that people type themselves, so only some texts name one: see :func:`centimetres`.
"""

from __future__ import annotations

from decimal import Decimal

from .rounding import PRECISION, exact
from .units import KILOGRAM, POUND, kilograms

BODY_WEIGHT_UNITS = {"kg": KILOGRAM, "lb": POUND}
"""The units of body weights by their names."""

_CENTIMETRES = {
    **dict.fromkeys(("mm", "millimeter", "millimeters", "millimetre", "millimetres"), Decimal("0.1")),
    **dict.fromkeys(("cm", "centimeter", "centimeters", "centimetre", "centimetres"), Decimal(1)),
    **dict.fromkeys(("m", "meter", "meters", "metre", "metres"), Decimal(100)),
    **dict.fromkeys(("in", "inch", "inches", '"', "″"), Decimal("2.54")),
}


def _spelled(unit: str) -> str:
    return unit.strip().lower().rstrip(".")


def is_length(unit: str) -> bool:
    """Tell whether ``unit``, as a user typed it, is one of length."""
    return _spelled(unit) in _CENTIMETRES


def centimetres(value: Decimal, unit: str) -> Decimal | None:
    """Return ``value`` in cm; None where ``unit`` is none of length.

    Units are millimetres, centimetres, metres and inches, short or long, however they are
    capitalised and with or without a dot.
    """
    factor = _CENTIMETRES.get(_spelled(unit))
    return None if factor is None else PRECISION.multiply(value, factor)


def body_weight(value: Decimal, unit: str) -> Decimal:
    """Return a body weight in kg, pounds with four decimals; every ``unit`` but "lb" counts as kg."""
    return kilograms(value, BODY_WEIGHT_UNITS.get(unit, KILOGRAM))


def body_mass_index(weight: Decimal, height: Decimal | int | None) -> Decimal | None:
    """Return the body mass index (two decimals) of ``weight`` (kg) at ``height`` (cm); None for no height.

    The weight is rounded to two decimals first, as the recorded answers do.
    """
    if not height or height < 0:
        return None
    metres = PRECISION.divide(Decimal(height), Decimal(100))
    return exact(PRECISION.divide(exact(weight, 2), PRECISION.multiply(metres, metres)), 2)


def waist_to_height(waist: Decimal, height: Decimal | int | None) -> Decimal | None:
    """Return ``waist`` over ``height`` (both cm) with two decimals; None for no height."""
    return exact(PRECISION.divide(waist, Decimal(height)), 2) if height and height > 0 else None
