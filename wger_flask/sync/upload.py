"""Take what offline clients wrote to their copy of the tables: ``/upload-powersync-data``.

A client sends a table's name and a row's columns; the row goes through the resource of that
table as a request of its own would (:meth:`~..rest.call.Call.on`), so permissions, limits,
validation, ownership and everything that follows a write are the resource's own.  What is
refused is told with status 200, as those clients expect: they would repeat anything else
forever.  Only who comes too often gets a 429, and is to try again.
"""

from __future__ import annotations

import re
import uuid as uuids
from collections.abc import Callable
from functools import partial
from typing import Any

import peewee
from flask import Response

from ..rest.blueprint import Endpoints
from ..rest.bodies import NotAnObject, parse_json
from ..rest.body_limits import check_json
from ..rest.call import Call
from ..rest.errors import ApiError, Forbidden, MethodNotAllowed, NotFound, NotYours, Throttled
from ..rest.fields import Json
from ..rest.fields.base import NULL, Field
from ..rest.fields.computed import File
from ..rest.fields.moments import Date
from ..rest.resource import Resource
from ..rest.schema import Schema
from ..rest.services import services
from ..rest.views import targets
from ..storage import columns
from ..storage.database import IntegrityError, transaction
from ..storage.keys import parse_uuid
from ..storage.model import Model, column_in_table, columns_of, key_of, table_of
from ..storage.predicates import equals
from ..storage.query import Selection

Handle = Callable[[Call, dict[str, Any]], Any]

DONE = {"status": "ok!"}
DAY = len("2026-01-02")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]")
_REFUSED = {
    "PUT": "{} creation must go through the REST API",
    "PATCH": "{} cannot be changed",
    "DELETE": "{} cannot be deleted",
}


class UploadSchema(Schema):
    """A row of a table, or the part of it that changed; what is wrong with it is told with status 200."""

    table = Field(help="name of the table")
    data = Field(help="the row's columns, with its id")


UPLOADED = {
    "type": "object",
    "description": "What became of an uploaded row.",
    "properties": {"status": {"type": "string"}, "error": {"type": "string"}, "details": {}},
}

uploads = Endpoints("upload-powersync-data", "What offline clients wrote to their copy.")


@uploads.endpoint(
    "upload-powersync-data", methods=("PUT", "PATCH", "DELETE"), slash=False, bulk=True,
    request=UploadSchema, response=UPLOADED,
)  # fmt: skip
def upload(call: Call) -> dict[str, Any] | Response:
    """Take a row that an offline client made (PUT), changed (PATCH) or deleted (DELETE)."""
    if call.user is None:
        return Response(status=403)
    try:
        body = call.body
    except NotAnObject:
        body = {}
    data = body.get("data")
    if "table" not in body or not isinstance(data, dict):
        return {"error": "Missing required fields: table, data"}
    table = body["table"] if isinstance(body["table"], str) else str(body["table"])
    handle: Handle | None
    if other := services().registry.uploads.get(table):
        handle = other.get(call.method)
    elif resource := _resource(table):
        handle = _of_resource(resource, call.method)
    else:
        return {"error": f"Unknown table: {table}"}
    name = next((model.__name__ for model in services().registry.models if table_of(model) == table), table)
    try:
        if handle is None:
            raise MethodNotAllowed(call.method)
        with transaction():
            handle(call, data)
    except NotFound:
        return DONE  # what is gone, or was never there, needs no change any more
    except MethodNotAllowed:
        return {"error": "Method not allowed", "details": _REFUSED[call.method].format(name)}
    except NotYours:
        return {"error": "Forbidden", "details": f"{name} references an object you do not own"}
    except Forbidden as refused:
        return {"error": "Forbidden", "details": refused.body["detail"]}
    except Throttled:
        raise
    except ApiError as refused:
        return {"error": "Validation failed", "details": refused.body}
    except IntegrityError as clash:
        return {"error": "Validation failed", "details": {"non_field_errors": [services().explain(clash)]}}
    return DONE


def _resource(table: str) -> Resource | None:
    """Return the resource through which users write their own rows of ``table``."""
    resources = services().registry
    return next((one for one in resources if one.takes_uploads and table_of(one.model) == table), None)


def _key_column(model: type[Model]) -> peewee.Field:
    """Return the column by which offline clients know a row: one whose value they can choose."""
    key = key_of(model)
    return key if isinstance(key, columns.UUID) else columns_of(model).get("uuid") or key


def _of_resource(resource: Resource, method: str) -> Handle | None:
    if method != "PUT":
        return partial(_change, resource)
    chosen = isinstance(_key_column(resource.model), columns.UUID)
    return partial(_create, resource) if chosen and not resource.takes_files else None


def _create(resource: Resource, call: Call, data: dict[str, Any]) -> None:
    column, model = _key_column(resource.model), resource.model
    listing = targets(resource)[0]
    sent = call.on(listing, "POST", _body(resource, data))
    key = _chosen_key(data["id"]) if "id" in data else None
    if key is not None and resource.visible_to(call.user).where(equals(column, key)).exists():
        return  # it arrived before
    made = listing.handlers["POST"](sent)[0]
    if key is not None and not column.primary_key:
        model.update({column: key}).where(key_of(model) == made["id"]).execute()


def _change(resource: Resource, call: Call, data: dict[str, Any]) -> None:
    """Change or delete a row, as the method says."""
    detail = targets(resource)[1]
    body = _body(resource, data) if call.method == "PATCH" else {}
    sent = call.on(detail, call.method, body)
    sent.key = _key_of(call, resource, data)
    detail.handlers[call.method](sent)


def _chosen_key(key: Any) -> uuids.UUID:
    """Return the key that a client chose for a new row; raises :class:`ApiError`."""
    if key is None:
        raise ApiError({"id": [NULL]})
    is_number = type(key) is int and 0 <= key < 1 << 128  # it stands for the UUID of that value
    found = uuids.UUID(int=key) if is_number else parse_uuid(key)
    if found is None:
        raise ApiError(str([f"“{key}” is not a valid UUID."]))
    return found


def _key_of(call: Call, resource: Resource, data: dict[str, Any]) -> str:
    """Return the primary key, as a URL spells it, of the user's row that ``data`` names."""
    column, key = _key_column(resource.model), data.get("id")
    if isinstance(column, columns.UUID):
        key = parse_uuid(key)
    elif isinstance(key, bool) or not str(key).isdecimal() or len(str(key)) > 18:
        key = None  # no row has a key of more digits
    assert resource.owner is not None  # _resource() has chosen it for that
    mine = resource.owner.clause(resource.model, call.required_user.id)
    found = Selection(resource.model, (equals(column, key), mine)).keys() if key is not None else []
    if not found:
        raise NotFound()
    return str(found[0])


def _body(resource: Resource, data: dict[str, Any]) -> dict[str, Any]:
    """Return a row's columns under the names that the resource's body has for them.

    Offline clients keep JSON as text: what is such a text is read, an empty one is an object without anything.  They
    keep days as moments too, of which the day counts, and the path of a file, which is left out: files come by requests
    of their own.
    """
    model, fields = resource.model, resource.schema().load_fields
    body = {getattr(column_in_table(model, name), "name", name): value for name, value in data.items()}
    return {
        name: _read(fields.get(name), value) for name, value in body.items() if not isinstance(fields.get(name), File)
    }


def _read(field: object, value: object) -> object:
    if isinstance(field, Date) and isinstance(value, str) and _MOMENT.match(value):
        return value[:DAY]
    if not isinstance(field, Json) or not isinstance(value, str):
        return value
    if not value.strip():
        return {}
    try:
        text = value.encode()
        check_json(text, field.MOST_VALUES)
        return parse_json(text)
    except (ApiError, UnicodeError):
        return value  # refused like any text
