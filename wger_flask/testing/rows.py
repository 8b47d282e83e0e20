"""Make rows of any model, with all that they need to point at.

Contract tests run over every registered resource, plugin resources too, and know nothing of
any of them: what a valid row is follows from the model's columns.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from types import MappingProxyType

import peewee

from ..auth.models import User
from ..storage import columns
from ..storage.model import Model, columns_of, indexes_of

_numbers = itertools.count(1)
# Later than rows that a database brings with it, so that lists of the newest begin with those that are made.
_EPOCH = datetime(2028, 1, 1, 12, tzinfo=UTC)


def pairs(model: type[Model]) -> list[tuple[tuple[str, ...], bool]]:
    """Return the indexes over all rows of ``model``: the names of their fields, and whether they are unique."""
    return [index for index in indexes_of(model) if isinstance(index, tuple)]


def make(model: type[Model], user: User, owner_path: tuple[str, ...] = (), apart: bool = False, **given) -> Model:
    """Store a row of ``model`` that leads to ``user`` along ``owner_path``; returns it.

    ``apart`` gives it rows of its own to point at, and not those that are there.
    """
    number = next(_numbers)
    values = dict(given)
    paired = {name for names, unique in pairs(model) if unique for name in names}
    for field in columns_of(model).values():
        if field.name in values or isinstance(field, peewee.AutoField):
            continue
        on_path = bool(owner_path) and field.name == owner_path[0]
        if isinstance(field, columns.ForeignKey):
            if on_path or not (field.null or field.default is not None):
                fresh = apart or field.unique or field.name in paired
                values[field.name] = _target(field, user, owner_path[1:] if on_path else (), fresh)
        elif field.default is None and not field.null:
            values[field.name] = _value(field, number)
        elif isinstance(field, columns.DateTime) or (field.unique and field.default is None):
            values[field.name] = _value(field, number)
    return model.create(**values)


def _target(field, user, rest, fresh):
    model = field.rel_model
    if model is User:
        return user
    if not rest and not fresh:
        found = model.select().first()
        if found is not None:
            return found
    return make(model, user, rest)


def _value(field, number: int):
    if field.choices:
        return field.choices[0][0]
    if isinstance(field, columns.Boolean):
        return False
    if isinstance(field, columns.Decimals):
        return Decimal(number % 9 + 1)
    if isinstance(field, columns.DateTime):
        return _EPOCH + timedelta(hours=number)
    if isinstance(field, columns.Date):
        return date(2024, 1, 1) + timedelta(days=number % 300)
    if isinstance(field, columns.Time):
        return time(number % 24, number % 60)
    if isinstance(field, columns.Json):
        return {}
    if isinstance(field, peewee.IntegerField | peewee.FloatField):
        return number
    if isinstance(field, columns.UUID):
        return columns.uuid4()
    text = f"{field.name} {number}"
    return text[-field.max_length :] if getattr(field, "max_length", None) else text


def fit(row: Model, only: Mapping[str, object]) -> None:
    """Give ``row``, and rows it refers to, the values that all rows of its resource have."""
    for path, value in only.items():
        *steps, last = path.split(".")
        changed = row
        for step in steps:
            changed = getattr(changed, step)
        setattr(changed, last, value)
        changed.save()


def mark(row: Model, text: str, only: Mapping[str, object] = MappingProxyType({})) -> None:
    """Put ``text`` into every text of a stored row that takes it, but for those that ``only`` names; unsaved."""
    for name, column in columns_of(type(row)).items():
        free = type(column) in (peewee.CharField, peewee.TextField) and not column.choices and not column.unique
        if free and name not in only and (getattr(column, "max_length", None) or len(text)) >= len(text):
            setattr(row, name, text)
