"""Take what offline clients wrote to their copy of the tables: ``/upload-powersync-data``.

A client sends a table's name and a row's columns; the row goes through the resource of that
table, so validation, ownership and everything that follows a write are the resource's own.
What is refused is told with status 200, as those clients expect: they would repeat anything
else forever.
"""

from __future__ import annotations

from collections.abc import Callable

import peewee
from flask import Response

from ..storage import fields as columns
from ..storage.clauses import equals
from ..storage.database import IntegrityError, transaction
from ..storage.model import Model
from ..storage.selection import Selection
from .blueprint import Endpoints
from .errors import ApiError, NotFound
from .fields import Json, String
from .recipe import Call
from .resource import Resource
from .schema import Schema
from .services import services
from .views import change_row, create_row, delete_row, targets

DONE = {"status": "ok!"}


class UploadSchema(Schema):
    """A row of a table, or the part of it that changed."""

    table = String(required=True, help="name of the table")
    data = Json(required=True, help="the row's columns, with its id")


class UploadedSchema(Schema):
    """What became of an uploaded row."""

    status = String()
    error = String()
    details = Json()


uploads = Endpoints("upload-powersync-data", "What offline clients wrote to their copy.")


@uploads.endpoint(
    "upload-powersync-data", methods=("PUT", "PATCH", "DELETE"), slash=False,
    request=UploadSchema, response=UploadedSchema,
)  # fmt: skip
def upload(call: Call):
    """Take a row that an offline client made (PUT), changed (PATCH) or deleted (DELETE)."""
    if call.user is None:
        return Response(status=403)
    table, data = call.body.get("table"), call.body.get("data")
    if not isinstance(table, str) or not table or not isinstance(data, dict):
        return {"error": "Missing required fields: table, data"}
    other = services().registry.uploads.get(table)
    resource = None if other else _resource(table)
    if other is None and resource is None:
        return {"error": f"Unknown table: {table}"}
    handle = other.get(call.method) if other else _of_resource(resource, call.method)
    if handle is None:
        return {"error": "Method not allowed"}
    try:
        with transaction():
            handle(call, data)
    except NotFound:
        return DONE  # what is gone, or was never there, needs no change any more
    except ApiError as refused:
        return {"error": "Validation failed", "details": refused.body}
    except IntegrityError as clash:
        return {"error": "Validation failed", "details": {"non_field_errors": [services().explain(clash)]}}
    return DONE


def _resource(table: str) -> Resource | None:
    """Return the resource through which users write their own rows of ``table``."""
    for resource in services().registry:
        if resource.model._meta.table_name == table and resource.owner and "POST" in resource.methods:
            return resource
    return None


def _key_column(model: type[Model]) -> peewee.Field:
    """Return the column by which offline clients know a row: one whose value they can choose."""
    key = model._meta.primary_key
    return key if isinstance(key, columns.UUID) else model._meta.fields.get("uuid") or key


def _of_resource(resource: Resource, method: str) -> Callable | None:
    if method != "PUT":
        return {"PATCH": _change, "DELETE": _delete}[method](resource)
    chosen = isinstance(_key_column(resource.model), columns.UUID)
    return _create(resource) if chosen and not resource.takes_files else None


def _create(resource: Resource) -> Callable:
    def create(call: Call, data: dict) -> None:
        column, model = _key_column(resource.model), resource.model
        key = columns.parse_uuid(data.get("id"))
        if key is None:
            raise ApiError({"id": ["Must be a valid UUID."]})
        if resource.visible_to(call.user).where(equals(column, key)).exists():
            return  # it arrived before
        made = create_row(call.on(targets(resource)[0], "POST", _body(model, data)))[0]
        if not column.primary_key:
            model.update({column: key}).where(model._meta.primary_key == made["id"]).execute()

    return create


def _change(resource: Resource) -> Callable:
    def change(call: Call, data: dict) -> None:
        change_row(call.on(targets(resource)[1], "PATCH", _body(resource.model, data), _key_of(call, resource, data)))

    return change


def _delete(resource: Resource) -> Callable:
    def delete(call: Call, data: dict) -> None:
        delete_row(call.on(targets(resource)[1], "DELETE", {}, _key_of(call, resource, data)))

    return delete


def _key_of(call: Call, resource: Resource, data: dict) -> str:
    """Return the primary key, as a URL spells it, of the user's row that ``data`` names."""
    column, key = _key_column(resource.model), data.get("id")
    if isinstance(column, columns.UUID):
        key = columns.parse_uuid(key)
    elif isinstance(key, bool) or not str(key).isdecimal() or len(str(key)) > 18:
        key = None  # no row has a key of more digits
    mine = resource.owner.clause(resource.model, call.user.id)
    found = Selection(resource.model, (equals(column, key), mine)).keys() if key is not None else []
    if not found:
        raise NotFound()
    return str(found[0])


def _body(model: type[Model], data: dict) -> dict:
    """Return a row's columns under the names that the resource's body has for them."""
    known = model._meta.columns
    return {known[name].name if name in known else name: value for name, value in data.items()}
