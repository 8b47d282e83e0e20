"""Ask whether the rows that a body refers to exist."""

from __future__ import annotations

from collections.abc import Collection

from ..storage.model import Model, title_of
from ..storage.selection import Selection, within
from .relations import Key, Keys, no_such_row

_LARGEST_KEY = 2**63 - 1


def existing(model: type[Model], keys: list) -> set:
    """Return those of ``keys`` (parsed primary keys) that rows of ``model`` have."""
    column = model._meta.primary_key
    storable = [key for key in keys if not isinstance(key, int) or abs(key) <= _LARGEST_KEY]
    rows = Selection(model, (within(column, storable),)).rows((column.name,)) if storable else []
    return {column.python_value(row[0]) for row in rows}


def missing_references(schema, data: dict, body: dict, known: Collection[str] = ()) -> dict[str, list[str]]:
    """Return the error messages of every reference in ``data`` (parsed from ``body``) that points nowhere.

    Those in ``known`` have been looked up already.
    """
    errors = {}
    for name, field in schema.load_fields.items():
        value = data.get(field.attribute or name)
        if value is None or not isinstance(field, Key | Keys) or name in known:
            continue
        wanted = value if isinstance(field, Keys) else [value]
        found = existing(field.model, wanted) if wanted else set()
        lost = next((key for key in wanted if key not in found), None)
        if lost is not None:
            sent = body.get(field.data_key or name)
            errors[field.data_key or name] = [no_such_row(lost if isinstance(field, Keys) else sent)]
    return errors


def taken_key(model: type[Model], data: dict, own) -> dict[str, list[str]]:
    """Return the error message for a key in ``data`` that a row of ``model`` other than ``own`` has."""
    name = model._meta.primary_key.name
    key = data.get(name)
    if key is None or key == own or not existing(model, [key]):
        return {}
    return {name: [f"{title_of(model)} with this {name} already exists."]}
