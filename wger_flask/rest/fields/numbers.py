"""Numbers: whole, with a fixed number of places, and of any precision."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from decimal import Decimal as D
from decimal import InvalidOperation
from typing import TYPE_CHECKING, Any, TypeVar

from marshmallow import ValidationError

from ...storage import columns
from ...storage.dialects.base import AnyDialect
from ...storage.types import Reader
from .base import ANSWER, Field

if TYPE_CHECKING:
    from ..openapi.schemas import Components


BIG = 2**63 - 1
N = TypeVar("N", D, int)
TOO_LONG = "String value too large."  # it is not converted, which would take a while
MANY_SIGNS = "Write the number with one comma or point at most: 1234.5 or 1234,5."
GROUPED = "Write a whole number without commas and points."


class Number(Field):
    """What numbers have in common: people write the decimal sign as a comma or a point, programs as a point."""

    min: D | int | None = None
    max: D | int | None = None
    widget, cell = "number", "number"

    def deserialize(
        self, value: Any, attr: str | None = None, data: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> Any:
        if isinstance(value, str) and getattr(data, "is_typed", False):
            if value.count(",") + value.count(".") > 1:  # it is not clear which of them group digits
                raise ValidationError(MANY_SIGNS)
            value = value.replace(",", ".")
        return super().deserialize(value, attr, data, **kwargs)

    def _range(self) -> dict[str, Any]:
        """Return the bounds for OpenAPI, without those that are there for the database's sake."""
        bounds: tuple[tuple[str, D | int | None], ...] = (("minimum", self.min), ("maximum", self.max))
        return {
            name: bound if isinstance(bound, int) else float(bound)
            for name, bound in bounds
            if bound is not None and -BIG < bound < BIG
        }


class Integer(Number):
    """A whole number, an ``int``; ``min`` and ``max`` are the smallest and the largest value that is taken.

    Without them it may have 64 bits.  JSON numbers and texts are read: ``5``, ``"5"``, ``5.0``.
    """

    kind = options_type = "integer"
    fits = (columns.Integer,)
    openapi = {"type": "integer"}
    widget = "whole-number"
    _whole = re.compile(r"\.0*\s*$")
    _grouped = re.compile(r"\d[.,]\d{3}\s*$")

    def __init__(self, *, min: int | None = None, max: int | None = None, **kwargs: Any):
        super().__init__(**kwargs)
        self.min, self.max = min, max

    def described(self, components: Components, role: str) -> dict[str, Any]:
        return super().described(components, role) | self._range()

    def deserialize(
        self, value: Any, attr: str | None = None, data: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> Any:
        if isinstance(value, str) and getattr(data, "is_typed", False) and self._grouped.search(value):
            raise ValidationError(GROUPED)  # two thousand must not become 2
        return super().deserialize(value, attr, data, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        try:
            if isinstance(value, bool) or not isinstance(value, str | int | float):
                raise ValueError
            if isinstance(value, str) and len(value) > 1000:
                raise ValidationError(TOO_LONG)
            number = int(self._whole.sub("", str(value)))
        except ValueError:
            raise ValidationError("A valid integer is required.") from None
        return check_range(number, -BIG - 1 if self.min is None else self.min, BIG if self.max is None else self.max)


class Float(Number):
    """A number with a fraction, a ``float``, and a number in JSON; infinity and NaN are refused."""

    kind, options_type = "number", "float"
    fits = (columns.Float, columns.Decimals, columns.Integer)
    openapi = {"type": "number", "format": "double"}

    def wire(self, value: Any) -> Any:
        return float(value)

    def raw(self, dialect: AnyDialect) -> Reader | None:
        return float

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        try:
            number = float(value) if not isinstance(value, bool) else math.nan
        except (TypeError, ValueError, OverflowError):
            number = math.nan
        if not math.isfinite(number):
            raise ValidationError("A valid number is required.")
        return number


class Decimal(Number):
    """A ``decimal.Decimal``: ``max_digits`` digits in all, ``places`` of them behind the point.

    It is written as a string with all its places, ``"71.50"``; ``as_number=True`` writes a number.  ``min`` and ``max``
    are the smallest and the largest value that is taken.  More digits are refused, not rounded.  The column is
    ``columns.Decimals`` with the same two numbers.
    """

    kind = options_type = "decimal"
    fits = (columns.Decimals,)
    also_read = ({"type": "number"},)

    def __init__(
        self,
        max_digits: int,
        places: int,
        *,
        min: D | int | None = None,
        max: D | int | None = None,
        as_number: bool = False,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.max_digits, self.places, self.as_number = max_digits, places, as_number
        self.min, self.max = min, max

    def raw(self, dialect: AnyDialect) -> Reader | None:
        return float if self.as_number else dialect.wire_decimal(self.places)

    def wire(self, value: Any) -> Any:
        return float(value) if self.as_number else f"{D(value):.{self.places}f}"

    def described(self, components: Components, role: str) -> dict[str, Any]:
        if self.as_number:
            return {**Float.openapi, **self._range()}
        whole = self.max_digits - self.places
        pattern = rf"^-?\d{{0,{whole}}}(?:\.\d{{0,{self.places}}})?$"
        made = {"type": "string", "format": "decimal", "pattern": pattern}
        bounds = (("at least", self.min), ("at most", self.max))
        if words := [f"{word} {bound}" for word, bound in bounds if bound is not None]:
            made["description"] = " and ".join(words)
        return made if role == ANSWER else self.read_too(made)

    def deserialize(
        self, value: Any, attr: str | None = None, data: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> Any:
        blank = self.allow_none and isinstance(value, str) and not value.strip()
        return super().deserialize(None if blank else value, attr, data, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise ValidationError("A valid number is required.")
        text = str(value).strip()
        if len(text) > 1000:
            raise ValidationError(TOO_LONG)
        try:
            number = D(text)
        except InvalidOperation:
            number = D("NaN")
        if not number.is_finite():
            raise ValidationError("A valid number is required.")
        check_digits(number, self.max_digits, self.places)
        return check_range(number, self.min, self.max)


def check_digits(number: D, max_digits: int, places: int) -> None:
    """Raise ValidationError when ``number`` has more digits than its column holds."""
    _, digits, power = number.as_tuple()
    exponent = int(power)  # of a finite number it is one
    behind = max(0, -exponent)
    total = max(len(digits) + max(0, exponent), behind)
    for count, allowed, what in (
        (total, max_digits, "digits in total"),
        (behind, places, "decimal places"),
        (total - behind, max_digits - places, "digits before the decimal point"),
    ):
        if count > allowed:
            raise ValidationError(f"Ensure that there are no more than {allowed} {what}.")


def check_range(number: N, low: D | int | None, high: D | int | None) -> N:
    """Return ``number``; raises ValidationError unless ``low <= number <= high``."""
    if high is not None and number > high:
        raise ValidationError(f"Ensure this value is less than or equal to {high}.")
    if low is not None and number < low:
        raise ValidationError(f"Ensure this value is greater than or equal to {low}.")
    return number
