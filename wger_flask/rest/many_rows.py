"""Write a list of rows: all of them or none.

Each row is written as if it had come alone, one after the other: checks, limits, listeners and calculated rows see
those before it.  What can be found out of all rows at once is asked once: whether what they refer to is there, which of
them exist, and how they look in the end.

A row whose primary key, which clients may choose for some resources, is that of a row of the user's own takes that
row's place, as PUT does: a list can be sent again.
"""

from __future__ import annotations

from typing import Any

from ..storage.chunks import chunks
from ..storage.database import IntegrityError
from ..storage.model import Model, key_of
from ..storage.predicates import any_of
from ..storage.query import Selection
from .admission import throttle
from .call import Call
from .errors import Invalid, NoMatch
from .lists_of_rows import at_place
from .schema import look_up_all
from .serialization import can_dump_held, dump_held
from .storing import as_sent, store


def create_rows(call: Call) -> tuple[list[dict[str, Any]], int]:
    """Store the rows of ``call``; returns them in their order, and 201, or 200 where all of them were there.

    Raises :class:`~.errors.Invalid` (400) with a list that has the errors of each row in its place, empty for none.
    """
    resource = call.required_resource
    for row in call.rows:
        row.files, row.method, row.key = call.files, call.method, None  # it may be the second try
    for row in call.rows[1:]:  # the first one was counted with the request
        throttle(row)
    parsed = [row.parse() for row in call.rows]
    missing = look_up_all(resource, [row.body for row in call.rows], [data for data, _ in parsed], call.user)
    if resource.former is None:  # without it, what is wrong is wrong whatever else there is
        errors = [errors | lost for (_, errors), lost in zip(parsed, missing, strict=True)]
        if any(errors):
            raise Invalid(errors)
    known, stored = _known(call, [data for data, _ in parsed]), []
    for place, (row, lost) in enumerate(zip(call.rows, missing, strict=True)):
        try:
            stored.append(_stored(row, known, lost))
        except Invalid as wrong:
            raise Invalid(at_place(call, place, wrong.body)) from None
        except IntegrityError:
            call.place = place  # to be told, if it is not for others' sake and worth another try
            raise
    return _shown(call, stored), 200 if all(row.method == "PUT" for row in call.rows) else 201


def _known(call: Call, parsed: list[dict[str, Any]]) -> dict[object, Model]:
    """Return the user's rows that have the primary key of one that is sent, by key."""
    resource = call.required_resource
    column = key_of(resource.model)
    keys = [data[column.name] for data in parsed if data.get(column.name) is not None]
    if not keys or "PUT" not in resource.methods:
        return {}
    found: dict[object, Model] = {}
    for some in chunks(keys):
        known = resource.visible_to(call.user).where(any_of(column, some))
        found |= {row._pk: row for row in known.instances()}
    return found


def _stored(row: Call, known: dict[object, Model], missing: dict[str, Any]) -> tuple[Model, dict[str, Any]]:
    """Store a row; returns it, and the data that it was stored from."""
    resource = row.required_resource
    key = key_of(resource.model).name
    before = known.get(row.parse()[0].get(key))
    if before is not None:
        row.method, row.key = "PUT", str(before._pk)
        row.target.access.demand(row.user, row.method)
        row.target.access.demand_row(row.user, before, row.method)
        if resource.hooks.change:
            resource.hooks.change(row, before)
    data = row.load_row(before, missing)
    if before is not None:
        data.pop(key, None)
    elif resource.owner and resource.owner.direct:
        data[resource.owner.direct] = row.required_user.id
    return store(row, data, before), data


def _shown(call: Call, stored: list[tuple[Model, dict[str, Any]]]) -> list[dict[str, Any]]:
    """Return what is answered of the rows: one query, and one a relation, for some hundred of them."""
    resource, context = call.required_resource, call.context
    dump, column = resource.dump, key_of(resource.model)
    if all(can_dump_held(resource.schema, row) for row, _ in stored):
        return [dump_held(resource.schema, row, context) for row, _ in stored]
    found: dict[object, dict[str, Any]] = {}
    for keys in chunks([row._pk for row, _ in stored]):
        found |= dump.beside(column.name, Selection(resource.model, (any_of(column, keys),)), context)
    if any(row._pk not in found for row, _ in stored):
        raise NoMatch(resource.model)
    return [as_sent(call, dict(found[row._pk]), data) for row, data in stored]
