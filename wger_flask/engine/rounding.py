"""Round and print numbers the one way that clients see them.

Two kinds of rounding meet here and must not be mixed up.  *Rounding to a base* is training
practice (the smallest plate is 1.25 kg): half to even on the number of bases, because that
is what the recorded answers do.  *Quantising* is presentation: two decimals (one for RiR
and RPE), and no decimal point at all when the number is whole.  The text of a set uses only
the first kind, so a percentage may leave many decimals there.

Arithmetic is done under :data:`PRECISION`, a context of our own: results must not depend on
what some other code did to the thread's decimal context.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation

from .errors import TooManyDigits

Number = Decimal | int | float

PRECISION = Context(prec=28, rounding=ROUND_HALF_EVEN)
"""28 significant digits, half to even: what "decimal" means throughout the engine."""

_UNIT = {1: Decimal("0.1"), 2: Decimal("0.01")}
_BEYOND = {digits: 10**digits for digits in (1, 2, 4, 8)}
_WIDEST_INTEGER = 2**63


def exact(value: Number | str, places: int) -> Decimal:
    """Return ``value`` as a decimal with ``places`` (1 or 2) decimals.

    A float is read by its shortest notation, so the ``49.99`` of a database driver that
    knows no decimals is the 49.99 that was entered.
    """
    if type(value) is not Decimal:
        value = Decimal(str(value))
    return value.quantize(_UNIT[places], context=PRECISION)


def round_to(value: Number, base: Decimal | int | None) -> Number:
    """Round ``value`` to the nearest multiple of ``base``, ties to the even multiple.

    A base of None or 0 leaves the value alone.  Whole results come back without decimals.
    """
    if base:
        # a decimal for a decimal, an integer for seconds and sets: floats and decimals do not meet
        value = base * round(value / base)  # type: ignore[operator]
    if type(value) is Decimal and value == (whole := value.to_integral_value()):
        return whole
    return value


def quantised(value: Number, field: str, places: int = 2, digits: int = 6) -> Decimal:
    """Return ``value`` with exactly ``places`` decimals, half to even.

    Raises :class:`~wger_flask.engine.errors.TooManyDigits` when that takes more than ``digits``
    digits, decimals included.
    """
    try:
        result = Decimal(value).quantize(_UNIT[places], None, PRECISION)
    except InvalidOperation:
        raise TooManyDigits(field) from None
    if abs(result) >= _BEYOND[digits - places]:
        raise TooManyDigits(field)
    return result


def shown(value: Number, field: str, places: int = 2, digits: int = 6) -> Decimal:
    """Return ``value`` so that ``str()`` is its wire form: whole ("60") or with ``places`` decimals ("62.50").

    Raises :class:`~wger_flask.engine.errors.TooManyDigits` like :func:`quantised`.
    """
    whole = round(value)
    if whole != value:
        places_kept = quantised(value, field, places, digits)
        whole = round(places_kept)
        if whole != places_kept:
            return places_kept
    if abs(whole) >= _BEYOND[digits - places]:
        raise TooManyDigits(field)
    return Decimal(whole)


def plain(value: Number) -> str:
    """Print a number as it was computed, with all its decimals and never in exponents."""
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def integer(value: Number, field: str) -> int:
    """Cut the decimals of ``value`` off, towards zero.

    Raises :class:`~wger_flask.engine.errors.TooManyDigits` beyond 64 bits, the widest integer
    that clients and encoders agree on.
    """
    whole = int(value)
    if not -_WIDEST_INTEGER <= whole < _WIDEST_INTEGER:
        raise TooManyDigits(field)
    return whole
