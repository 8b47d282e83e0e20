"""Ask whether the rows that a body refers to exist."""

from __future__ import annotations

from collections.abc import Collection

from ..storage.clauses import equals, within
from ..storage.fields import storable
from ..storage.model import Model, title_of
from ..storage.selection import Selection, which_exist
from .relations import Key, Keys, no_such_row


def missing_references(schema, data: dict, body: dict, known: Collection[str] = ()) -> dict[str, list[str]]:
    """Return the error messages of every reference in ``data`` (parsed from ``body``) that points nowhere.

    Those in ``known`` have been looked up already.
    """
    sent = {}
    for name, field in schema.load_fields.items():
        value = data.get(field.attribute or name)
        if value is not None and isinstance(field, Key | Keys) and name not in known:
            sent[field.data_key or name] = (field, value)
    single = {name: (field.model, key) for name, (field, key) in sent.items() if isinstance(field, Key)}
    lost = {name: body.get(name) for name, found in zip(single, _exist(single.values()), strict=True) if not found}
    for name, (field, keys) in sent.items():
        if name not in single and (missing := _missing(field.model, keys)):
            lost[name] = missing[0]
    return {name: [no_such_row(lost[name])] for name in sent if name in lost}


def taken_key(model: type[Model], data: dict, own) -> dict[str, list[str]]:
    """Return the error message for a key in ``data`` that a row of ``model`` other than ``own`` has."""
    name = model._meta.primary_key.name
    key = data.get(name)
    if key is None or key == own or not _exist([(model, key)])[0]:
        return {}
    return {name: [f"{title_of(model)} with this {name} already exists."]}


def _exist(rows: Collection[tuple[type[Model], object]]) -> list[bool]:
    """Tell of each model and primary key whether there is such a row, in one query."""
    asked = [Selection(model, (equals(model._meta.primary_key, key),)) for model, key in rows if storable(key)]
    found = iter(which_exist(asked))
    return [storable(key) and next(found) for _, key in rows]


def _missing(model: type[Model], keys: list) -> list:
    """Return those of ``keys`` that no row of ``model`` has, in order."""
    column = model._meta.primary_key
    found = set(Selection(model, (within(column, [key for key in keys if storable(key)]),)).keys())
    return [key for key in keys if key not in found]
