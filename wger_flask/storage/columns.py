"""Columns in the encodings that Django gives them.

An existing wger database is served as it stands, so what is written here must be what
Django would have written: UUIDs as 32 hex digits where the database has no such type,
moments in UTC, decimals with their column's places.  How a value is spelled is a question
to the dialect; the fields only know what kind of value they hold.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

import peewee
from peewee import BooleanField as Boolean
from peewee import CharField as Char
from peewee import Check
from peewee import IntegerField as Integer
from peewee import TextField as Text
from peewee import UUIDField as UUID

from .database import database
from .keys import parse_uuid, storable, uuid4, uuid7

__all__ = [
    "Auto", "BigAuto", "Boolean", "Char", "Check", "Date", "DateTime", "Decimals", "File", "Float", "ForeignKey",
    "Integer", "Json", "Text", "Time", "UUID", "now", "parse_uuid", "storable", "uuid4", "uuid7",
]  # fmt: skip

Float = peewee.DoubleField

V = TypeVar("V")

JsonValue = dict[str, "JsonValue"] | list["JsonValue"] | str | int | float | bool | None
"""What a JSON column holds."""

if TYPE_CHECKING:
    Field = peewee.Field
    AutoField = peewee.AutoField[int]
else:  # Peewee's fields tell the type of their values in its stubs alone

    class Field:
        def __class_getitem__(cls, value: object) -> type[peewee.Field]:
            return peewee.Field

    AutoField = peewee.AutoField


def now() -> datetime:
    """Return the current moment, an aware ``datetime`` in UTC."""
    return datetime.now(UTC)


class Auto(AutoField):
    """An integer key that is never given out twice, not even after its row is gone."""

    def ddl(self, ctx: peewee.Context) -> peewee.NodeList:
        ddl = super().ddl(ctx)
        extra: str = database.obj.dialect.key_suffix
        return peewee.NodeList([ddl, peewee.SQL(extra)]) if extra else ddl


class BigAuto(Auto):
    """The 64-bit variant of :class:`Auto`."""

    field_type = "BIGAUTO"


class DateTime(Field[V]):
    """A moment: aware datetimes in Python, UTC in the database.

    ``touched=True`` sets it at every save, ``default=now`` once.
    """

    field_type = "DATETIME"

    @overload
    def __init__(
        self: DateTime[datetime | None], *args: Any, null: Literal[True], touched: bool = False, **kwargs: Any
    ): ...

    @overload
    def __init__(
        self: DateTime[datetime], *args: Any, null: Literal[False] = ..., touched: bool = False, **kwargs: Any
    ): ...

    def __init__(self, *args: Any, touched: bool = False, **kwargs: Any):
        if touched:
            kwargs.setdefault("default", now)
        self.touched = touched
        super().__init__(*args, **kwargs)

    def db_value(self, value: datetime | str | None) -> object:
        if isinstance(value, str):
            value = datetime.fromisoformat(value)
        if value is None or not isinstance(value, datetime):
            return value
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return database.obj.dialect.write_moment(value.astimezone(UTC))

    def python_value(self, value: Any) -> datetime | None:
        return None if value is None else database.obj.dialect.read_moment(value)


class Date(Field[V]):
    """A calendar date."""

    field_type = "DATE"

    if TYPE_CHECKING:

        @overload
        def __new__(cls, *args: Any, null: Literal[True], **kwargs: Any) -> Date[date | None]: ...

        @overload
        def __new__(cls, *args: Any, null: Literal[False] = ..., **kwargs: Any) -> Date[date]: ...

        def __new__(cls, *args: Any, **kwargs: Any) -> Date[Any]: ...

    def db_value(self, value: date | str | None) -> str | None:
        return value.isoformat() if isinstance(value, date) else value

    def python_value(self, value: Any) -> date | None:
        return date.fromisoformat(value) if isinstance(value, str) else value


class Time(Field[V]):
    """A time of day, without a zone."""

    field_type = "TIME"

    if TYPE_CHECKING:

        @overload
        def __new__(cls, *args: Any, null: Literal[True], **kwargs: Any) -> Time[time | None]: ...

        @overload
        def __new__(cls, *args: Any, null: Literal[False] = ..., **kwargs: Any) -> Time[time]: ...

        def __new__(cls, *args: Any, **kwargs: Any) -> Time[Any]: ...

    def db_value(self, value: time | str | None) -> str | None:
        return value.isoformat() if isinstance(value, time) else value

    def python_value(self, value: Any) -> time | None:
        return time.fromisoformat(value) if isinstance(value, str) else value


class Known(dict[Any, Any]):
    """What ``read`` makes of values that come again and again; of up to :attr:`most`, and then anew."""

    most = 4096

    def __init__(self, read: Callable[[Any], Any]):
        super().__init__()
        self.read = read

    def __missing__(self, value: Any) -> Any:
        made = self.read(value)
        if value:  # minus zero equals zero, and is another decimal
            if len(self) >= self.most:
                self.clear()
            self[value] = made
        return made


@lru_cache(None)
def _decimals(places: int) -> Known:
    """Return what drivers give for decimals: weights are the same few numbers, and reading one takes a microsecond."""
    unit = Decimal(1).scaleb(-places)

    def read(value: Any) -> Decimal | None:
        return None if value is None else Decimal(str(value)).quantize(unit)

    return Known(read)


class Decimals(Field[V]):
    """A decimal of ``max_digits`` digits, ``places`` of them behind the point."""

    field_type = "DECIMAL"

    @overload
    def __init__(
        self: Decimals[Decimal | None], max_digits: int, places: int, *args: Any, null: Literal[True], **kwargs: Any
    ): ...

    @overload
    def __init__(
        self: Decimals[Decimal], max_digits: int, places: int, *args: Any, null: Literal[False] = ..., **kwargs: Any
    ): ...

    def __init__(self, max_digits: int, places: int, *args: Any, **kwargs: Any):
        self.max_digits, self.places = max_digits, places
        self.unit = Decimal(1).scaleb(-places)
        self.read: Callable[[Any], Decimal | None] = _decimals(places).__getitem__
        super().__init__(*args, **kwargs)

    def get_modifiers(self) -> list[int] | None:
        return database.obj.dialect.decimal_modifiers(self.max_digits, self.places)

    def db_value(self, value: Decimal | int | float | str | None) -> str | None:
        if value is None:
            return None
        number = value if isinstance(value, Decimal) else Decimal(str(value))
        exponent = number.as_tuple().exponent
        if isinstance(exponent, int) and exponent != -self.places and number.adjusted() < 20:
            number = number.quantize(self.unit, ROUND_HALF_EVEN) if exponent > -self.places else number
        return str(number)

    def python_value(self, value: Any) -> Decimal | None:
        return self.read(value)


_encode = json.JSONEncoder(ensure_ascii=False).encode  # json.dumps() makes an encoder at each call


class Json(Field[V]):
    """Any JSON value; with ``default=dict`` an object, with ``default=list`` a list.

    ``references`` are the models of rows whose keys an object in it holds, by name.  A name may stand for a list of
    keys; ``"self"`` is the model that has the column.
    """

    field_type = "JSON"

    @overload
    def __init__(self: Json[dict[str, JsonValue]], *args: Any, default: type[dict[str, Any]], **kwargs: Any): ...

    @overload
    def __init__(self: Json[list[JsonValue]], *args: Any, default: type[list[Any]], **kwargs: Any): ...

    @overload
    def __init__(self: Json[JsonValue], *args: Any, **kwargs: Any): ...

    def __init__(self, *args: Any, references: Mapping[str, type[peewee.Model] | str] | None = None, **kwargs: Any):
        self.references = references or {}
        super().__init__(*args, **kwargs)

    def db_value(self, value: object) -> str | None:
        return None if value is None else _encode(value)

    def python_value(self, value: Any) -> Any:
        read = database.obj.dialect.wire_json
        return value if value is None or read is None else read(value)

    def text(self, name: str) -> peewee.ColumnBase:
        """Return the SQL expression for the value of ``name`` in the object in this column, as text."""
        return database.obj.dialect.json_text(self, name)

    def number(self, name: str) -> peewee.ColumnBase:
        """Return the expression for what the object in this column holds as ``name``, null where that is no number."""
        return database.obj.dialect.json_number(self, name)


class File(peewee.CharField):
    """The name of a file below the media root, with forward slashes."""


class ForeignKey(peewee.ForeignKeyField):
    """A reference to a row of a model, as Django makes it: checked at the end of the transaction.

    ``cascade`` says what happens to this row when the row that it refers to is deleted: ``"delete"`` (the default)
    deletes it, ``"null"`` empties the reference, ``"refuse"`` forbids the deletion, ``"history"`` is for the record of
    what was done with the other row: it stays without the reference, unless the deletion is told to take the history
    along.  Databases that wger made leave that to the program, so :mod:`wger_flask.storage.cascade` does it everywhere.
    """

    def __init__(self, model: type[peewee.Model] | str, *args: Any, cascade: str = "delete", **kwargs: Any):
        if cascade in ("null", "history") and not kwargs.get("null"):
            raise ValueError(f"a reference that lets go (cascade={cascade!r}) must be able to be null")
        kwargs.setdefault("deferrable", "INITIALLY DEFERRED")
        kwargs.setdefault("lazy_load", True)
        self.cascade = cascade
        super().__init__(model, *args, **kwargs)

    @property
    def field_type(self) -> str:  # type: ignore[override]  # as in Peewee
        """Return the type of the key it holds; Peewee does not know that ours can be 64 bits wide."""
        return "BIGINT" if isinstance(self.rel_field, BigAuto) else super().field_type

    def foreign_key_constraint(self, explicit_name: bool = False) -> peewee.NodeList:
        """Return what declares the reference, checked by each statement where the database cannot do it later."""
        declared: peewee.NodeList = super().foreign_key_constraint(explicit_name)
        if self.deferrable and not database.obj.dialect.defers_references:
            return peewee.NodeList(declared.nodes[:-1])
        return declared


_ON_DELETE = {"delete": "CASCADE", "null": "SET NULL", "history": "SET NULL", "refuse": "NO ACTION"}


def on_delete_of(reference: ForeignKey) -> str:
    """Return the ``ON DELETE`` that is nearest to what ``reference`` declares."""
    return _ON_DELETE[reference.cascade]
