"""Ask whether the rows that a body refers to exist."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from ..storage.chunks import chunks
from ..storage.keys import storable
from ..storage.model import Model, key_of, title_of
from ..storage.predicates import any_of, equals
from ..storage.query import Selection, which_exist
from .errors import NotYours
from .fields.references import Key, Keys, no_such_row

if TYPE_CHECKING:
    from .schema import Schema


def missing_references(
    schema: Schema,
    data: dict[str, Any],
    body: dict[str, Any],
    owned: Collection[str] = (),
    own_rows: Sequence[Selection] = (),
) -> dict[str, list[str]]:
    """Return the error messages, by field, of each reference in ``data`` (parsed from ``body``) that leads to no row.

    The fields ``owned`` must lead to ``own_rows`` instead: raises :class:`~.errors.NotYours` where one of these is
    missing.
    """
    sent = _sent(schema, data, owned)
    single = {name: (field.model, key) for name, (field, key) in sent.items() if isinstance(field, Key)}
    exist = _exist(single.values(), own_rows)
    invalid_references = {name: body.get(name) for name, there in zip(single, exist, strict=True) if not there}
    for name, (field, keys) in sent.items():
        if name not in single and (missing := _missing(field.model, keys)):
            invalid_references[name] = missing[0]
    return {name: [no_such_row(invalid_references[name])] for name in sent if name in invalid_references}


_Row = tuple[dict[str, Any], dict[str, Any]]
_OWN_AT_ONCE = 50  # rows that must be the user's own, each with a condition for itself, in one query


def missing_references_of_all(
    schema: Schema, rows: Sequence[_Row], owned: Collection[str], own_rows: Sequence[Selection]
) -> list[dict[str, list[str]]]:
    """Return what :func:`missing_references` does for each of ``rows``, pairs of parsed data and body.

    A query asks for some hundred keys of a model, or for some rows of the user's own.
    """
    apart = {(row.model, row.clauses, *(clause.values for clause in row.clauses)): row for row in own_rows}
    if not all(all(which_exist(some)) for some in chunks(list(apart.values()), _OWN_AT_ONCE)):
        raise NotYours()
    sent = [_sent(schema, data, owned) for data, _ in rows]
    wanted: dict[type[Model], dict[Any, None]] = {}
    for fields in sent:
        for field, value in fields.values():
            wanted.setdefault(field.model, {}).update(dict.fromkeys(value if isinstance(field, Keys) else [value]))
    lost = {
        model: {key for some in chunks(list(keys)) for key in _missing(model, some)} for model, keys in wanted.items()
    }
    found = []
    for fields, (_, body) in zip(sent, rows, strict=True):
        told = {}
        for name, (field, value) in fields.items():
            gone = [key for key in (value if isinstance(field, Keys) else [value]) if key in lost[field.model]]
            if gone:
                told[name] = [no_such_row(gone[0] if isinstance(field, Keys) else body.get(name))]
        found.append(told)
    return found


def _sent(schema: Schema, data: dict[str, Any], owned: Collection[str]) -> dict[str, tuple[Key | Keys, Any]]:
    """Return the references in ``data`` that need not be ``owned``: field and value by the name in the body."""
    sent: dict[str, tuple[Key | Keys, Any]] = {}
    for name, field in schema.load_fields.items():
        value = data.get(field.attribute or name)
        if value is not None and isinstance(field, Key | Keys) and name not in owned:
            sent[field.data_key or name] = (field, value)
    return sent


def taken_key(model: type[Model], data: dict[str, Any], own: object) -> dict[str, list[str]]:
    """Return the error message for a primary key in ``data`` that another row of ``model`` than ``own`` has.

    It stands under the name of the key; there is none where the key is free.
    """
    name = key_of(model).name
    key = data.get(name)
    if key is None or key == own or not _exist([(model, key)])[0]:
        return {}
    return {name: [f"{title_of(model)} with this {name} already exists."]}


def _exist(rows: Collection[tuple[type[Model], object]], own_rows: Sequence[Selection] = ()) -> list[bool]:
    """Tell of each model and primary key whether there is such a row; ``own_rows`` must be there: one query."""
    asked = [Selection(model, (equals(key_of(model), key),)) for model, key in rows if storable(key)]
    answers = which_exist([*own_rows, *asked])
    if not all(answers[: len(own_rows)]):
        raise NotYours()
    others = iter(answers[len(own_rows) :])
    return [storable(key) and next(others) for _, key in rows]


def _missing(model: type[Model], keys: list[Any]) -> list[Any]:
    """Return those of ``keys`` that no row of ``model`` has, in order."""
    column = key_of(model)
    existing = set(Selection(model, (any_of(column, [key for key in keys if storable(key)]),)).keys())
    return [key for key in keys if key not in existing]
