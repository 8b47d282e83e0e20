"""Read the values of filters: what each kind of column accepts in a query string.

Each kind knows the words in which a bad value is refused.
"""

from __future__ import annotations

import math
import uuid as uuids
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, cast

import peewee

from ...storage import columns
from ...storage.keys import storable
from ...storage.model import key_of, target_of
from ...storage.predicates import equals
from ...storage.query import Selection
from ..fields import spelled_moment
from ..timezone import active_zone, midnight
from .booleans import boolean

_DATE_FORMATS = (
    "%Y-%m-%d", "%m/%d/%Y", "%m/%d/%y", "%b %d %Y", "%b %d, %Y", "%d %b %Y", "%d %b, %Y", "%B %d %Y", "%B %d, %Y",
    "%d %B %Y", "%d %B, %Y",
)  # fmt: skip
_TIME_FORMATS = ("%H:%M:%S", "%H:%M:%S.%f", "%H:%M")
_LARGEST = 2**63 - 1
_MOST = 1e50  # there is no need to calculate with more
_NO_CHOICE = "Select a valid choice. That choice is not one of the available choices."


class Rejected(Exception):
    """Raised by filters: the value of the query parameter ``param`` is refused (400) with ``message``."""

    def __init__(self, param: str, message: str):
        super().__init__(message)
        self.param, self.message = param, message


class Kind:
    """What a column of this kind accepts; the base is text."""

    name = "string"
    choices: tuple[tuple[str, str], ...] = ()

    def __init__(self, column: peewee.Field):
        self.column = column

    def parse(self, text: str) -> Any:
        """Return the value that ``text`` spells, None for a text of blanks; raises ValueError with the message.

        Blanks around it are cut off.
        """
        if "\x00" in text:
            raise ValueError("Null characters are not allowed.")
        return text.strip() or None

    def one(self, param: str, text: str, strict: bool = True) -> Any:
        """Return the value of a parameter, None for "no filter"; raises :class:`Rejected`."""
        try:
            return self.parse(text)
        except ValueError as wrong:
            raise Rejected(param, str(wrong)) from None

    def several(self, param: str, text: str, strict: bool = True) -> list[Any]:
        """Return the values of a comma-separated parameter, without those that are empty."""
        values = [self.one(param, part, strict=False) for part in text.split(",") if part]
        return [value for value in values if value is not None]

    def each(self, param: str, texts: list[str]) -> list[Any]:
        """Return the values of a repeated parameter."""
        return [self.one(param, text) for text in texts]


class ChoiceKind(Kind):
    """One of the column's choices, or some of them; comparisons of more and less take any text."""

    name = "choice"

    def __init__(self, column: peewee.Field):
        super().__init__(column)
        self.choices = tuple((str(value), str(label)) for value, label in column.choices)

    def one(self, param: str, text: str, strict: bool = True) -> Any:
        if not strict:
            return super().one(param, text, strict)
        if text not in dict(self.choices):
            raise Rejected(param, f"Select a valid choice. {text} is not one of the available choices.")
        return text

    def several(self, param: str, text: str, strict: bool = True) -> list[Any]:
        if not strict:
            return super().several(param, text, strict)
        return [self.one(param, part) for part in (part.strip() for part in text.split(",")) if part]


class NumberKind(Kind):
    """A number; whole columns cut off what is behind the point."""

    name = "number"

    def parse(self, text: str) -> Any:
        try:
            number = Decimal(text)
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite():
            raise ValueError("Enter a number.")
        if number > _MOST:
            raise ValueError(f"Ensure this value is less than or equal to {_MOST}.")
        return self.fit(number)

    def fit(self, number: Decimal) -> Any:
        """Return ``number`` as the column compares it, within what the database can hold."""
        if number.adjusted() > 18:
            return _LARGEST if number > 0 else -_LARGEST
        return max(-_LARGEST, min(int(number), _LARGEST))


class DecimalKind(NumberKind):
    """A number with the column's places."""

    def fit(self, number: Decimal) -> Any:
        column = cast("columns.Decimals[Any]", self.column)
        most = Decimal(10) ** column.max_digits
        return max(-most, min(number, most)).quantize(column.unit)


class FloatKind(NumberKind):
    """A number of any precision."""

    def fit(self, number: Decimal) -> Any:
        value = float(number)
        return value if math.isfinite(value) else math.copysign(1.7e308, value)


class BooleanKind(Kind):
    """True or False; any other spelling narrows nothing, as documented.

    ``spelling="any"`` takes ``true``, ``1`` and their like whatever the setting says.
    """

    name = "boolean"
    choices = (("True", "yes"), ("False", "no"))
    neither = "Must be True or False."

    def __init__(self, column: peewee.Field, spelling: str = ""):
        super().__init__(column)
        self.spelling = spelling

    def one(self, param: str, text: str, strict: bool = True) -> Any:
        return boolean(text, self.spelling)


class UUIDKind(Kind):
    """A UUID in any of its spellings."""

    name = "uuid"

    def parse(self, text: str) -> Any:
        if not text.strip():
            return None
        try:
            return uuids.UUID(text.strip())
        except ValueError:
            raise ValueError("Enter a valid UUID.") from None


class DateKind(Kind):
    """A date, in ISO form or in one of the English ones."""

    name = "date"
    formats: tuple[str, ...] = _DATE_FORMATS

    def parse(self, text: str) -> Any:
        moment = _first(text, self.formats)
        if moment is None:
            raise ValueError(f"Enter a valid {self.name}.")
        return moment.date() if self.name == "date" else moment.time()


class TimeKind(DateKind):
    """A time of day."""

    name, formats = "time", _TIME_FORMATS


class MomentKind(Kind):
    """A moment in ISO form; without an offset it is in the zone in force."""

    name = "date-time"

    def parse(self, text: str) -> Any:
        moment = spelled_moment(text.strip())
        if moment is None:
            raise ValueError("Enter a valid date/time.")
        if moment.tzinfo is None:
            local = moment.replace(tzinfo=active_zone())
            if local.utcoffset() != local.replace(fold=1).utcoffset():
                raise ValueError(
                    f"{moment} couldn’t be interpreted in time zone {active_zone()}; "
                    "it may be ambiguous or it may not exist."
                )
            moment = local
        if not 2 <= moment.year <= 9998:  # no zone can push it out of what can be stored
            raise ValueError("Enter a valid date/time.")
        return moment

    def day(self, param: str, text: str) -> list[datetime]:
        """Return the first moments of a day and of the next, in the zone in force."""
        moment = _first(text, _DATE_FORMATS)
        if moment is None or not 2 <= moment.year <= 9998:
            raise Rejected(param, "Enter a valid date.")
        start = moment.date()
        return [midnight(day, active_zone()) for day in (start, start + timedelta(days=1))]


class ReferenceKind(Kind):
    """The key of an existing row, of any user."""

    name = "reference"

    def __init__(self, column: peewee.Field):
        super().__init__(column)
        self.model = target_of(column)
        self.key: Any = key_of(self.model)
        self.is_uuid = isinstance(self.key, columns.UUID)

    def _parse(self, text: str) -> uuids.UUID | int | str:
        if self.is_uuid:
            return uuids.UUID(text)
        return int(text) if isinstance(self.key, peewee.IntegerField) else text

    def _exists(self, key: object) -> bool:
        return storable(key) and Selection(self.model, (equals(self.key, key),)).exists()

    def one(self, param: str, text: str, strict: bool = True) -> Any:
        try:
            key = self._parse(text)
        except ValueError:
            raise Rejected(param, _NO_CHOICE) from None
        if not self._exists(key):
            raise Rejected(param, _NO_CHOICE)
        return key

    def each(self, param: str, texts: list[str]) -> list[Any]:
        keys = []
        for text in texts:
            try:
                keys.append(self._parse(text))
            except ValueError:
                raise Rejected(param, f"“{text}” is not a valid value.") from None
        for key in keys:
            if not self._exists(key):
                raise Rejected(param, f"Select a valid choice. {key} is not one of the available choices.")
        return keys


def _first(text: str, formats: tuple[str, ...]) -> datetime | None:
    for layout in formats:
        try:
            return datetime.strptime(text.strip(), layout)
        except ValueError:
            continue
    return None


_KINDS = (
    (peewee.ForeignKeyField, ReferenceKind), (columns.UUID, UUIDKind), (columns.Boolean, BooleanKind),
    (columns.Decimals, DecimalKind), (columns.Float, FloatKind), (columns.Integer, NumberKind),
    (columns.DateTime, MomentKind), (columns.Date, DateKind), (columns.Time, TimeKind),
)  # fmt: skip


def kind_of(column: peewee.Field, spelling: str = "") -> Kind:
    """Return the kind of a model's column; a boolean may take ``"any"`` spelling.

    Raises ValueError for a spelling that there is not, or of what is no boolean.
    """
    if column.choices:
        return ChoiceKind(column)
    kind_class = next((kind for fields, kind in _KINDS if isinstance(column, fields)), Kind)
    if spelling:
        if spelling != "any" or kind_class is not BooleanKind:
            raise ValueError(f"column {column.name!r} has no spelling {spelling!r}: a boolean's may be 'any'")
        return BooleanKind(column, spelling)
    return kind_class(column)
