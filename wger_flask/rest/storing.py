"""Store a parsed row and say what became of it: what every write of a resource does, of one row or of many."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ..storage.columns import Auto
from ..storage.model import Model, clashes_of, columns_of, key_of
from ..storage.predicates import equals
from ..storage.query import Selection
from ..storage.write_transaction import insert, update
from .call import Call
from .errors import Invalid
from .fields import DateTime
from .serialization import can_dump_held, dump_held
from .uploads import keep_files


def store(call: Call, data: dict[str, Any], row: Model | None) -> Model:
    """Store parsed ``data`` as a new row (``row`` is None) or in an existing one; returns that row.

    Many-to-many relations are stored too, and the resource's hooks ``prepare`` and ``saved`` run.
    """
    resource = call.required_resource
    if row is None:
        _demand_unique(resource.model, data)
    if resource.hooks.prepare:
        resource.hooks.prepare(call, data, row)
    keep_files(call, data, row)
    linked = {name: data.pop(name) for name in resource.links if name in data}
    created = row is None
    if row is None:
        row = insert(resource.model(**data))
    else:
        for name, value in data.items():
            setattr(row, name, value)
        update(row, data)
    for name, keys in linked.items():
        resource.links[name].replace(row._pk, keys)
    if resource.hooks.saved:
        resource.hooks.saved(call, row, created)
    return row


def _demand_unique(model: type[Model], data: dict[str, Any]) -> None:
    """Refuse a new row that a unique index would not let in; raises :class:`Invalid`.

    The index would say so too, but then PostgreSQL has used up a number for a row that never was.
    """
    if not isinstance(key_of(model), Auto):
        return
    for names, words in clashes_of(model).items():
        values = {columns_of(model)[name]: data.get(name) for name in names}
        same = tuple(equals(column, value) for column, value in values.items())
        if None not in values.values() and Selection(model, same).exists():
            raise Invalid({"non_field_errors": [words]})


def shown(call: Call, row: Model, data: dict[str, Any]) -> dict[str, Any]:
    """Return what a write answers of a ``row``, which was stored from parsed ``data``."""
    resource = call.required_resource
    if can_dump_held(resource.schema, row):
        return dump_held(resource.schema, row, call.context)
    # Not through ``visible``: a row may be written before it is shown in lists.
    found = resource.show(Selection(type(row), (equals(key_of(type(row)), row._pk),)), call.context)
    return as_sent(call, found, data)


def as_sent(call: Call, found: dict[str, Any], data: dict[str, Any]) -> dict[str, Any]:
    """Return the JSON ``found`` of a row with those moments as they were sent that the clocks skip."""
    for name, declared in call.required_resource.schema._declared_fields.items():
        # A local time that the clocks skip is answered as it was sent, not as what it is counted as.
        if isinstance(declared, DateTime) and isinstance(moment := data.get(name), datetime):
            found[name] = declared.wire(moment)
    return found
