"""Describe what operations are sent: parameters and bodies.

A parameter says what is meant to be sent.  What is sent without any value narrows nothing; where
other values are ignored instead of refused, the schema says that they may be sent.
"""

from __future__ import annotations

from typing import Any

from .. import field_choice
from ..fields import ANSWER, PATCHED, REQUEST, UUID, Date, DateTime, Time
from ..fields.references import key_schema
from ..filtering.lookups import Parameter
from ..lists_of_rows import MOST_ROWS, takes_rows
from ..negotiation import TABLES
from ..permissions import SAFE_METHODS
from ..repeated_writes import HEADER, takes_key
from ..resource import DELETION, HISTORY, Resource
from ..schema import Schema
from ..target import Target
from .schemas import Components

JSON, FORM, MULTIPART = "application/json", "application/x-www-form-urlencoded", "multipart/form-data"
_QUERY = {
    "integer": {"type": "integer"}, "number": {"type": "number"}, "boolean": {"type": "boolean"},
    "uuid": UUID.openapi, "date": Date.openapi, "date-time": DateTime.openapi, "time": Time.openapi,
}  # fmt: skip
KEY = "IdempotencyKey"
IDEMPOTENCY = {
    "name": HEADER,
    "in": "header",
    "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
    "description": "A name for this write, of your own: sent again within a day, it gets the first answer and is not "
    "done again. Ignored where no user is logged in, and where a page is asked for.",
}
_IGNORED = "anything else is ignored"


def path_parameter(target: Target) -> dict[str, Any]:
    """Return the parameter for the key in the path."""
    schema = key_schema(target.resource.model) if target.resource else {"type": "string"}
    return {"name": "id", "in": "path", "required": True, "schema": schema}


def parameters(components: Components, target: Target, method: str) -> list[dict[str, Any] | str]:
    """Return the parameters of a target's method, but for that in the path."""
    made: list[dict[str, Any] | str] = []
    if method == "GET" and target.kind == "list":
        listed = target.required_resource
        for parameter in (*listed.filter_set.describe(), *listed.pagination.describe()):
            made.append(_query(parameter, listed))
        names = listed.order.describe()
        if names:
            terms = [f"{sign}{name}" for name in names for sign in ("", "-")]
            made.append({
                "name": "ordering", "in": "query", "style": "form", "explode": False,
                "description": f"Names to order by, the first one first; - in front: descending; {_IGNORED}.",
                "schema": _or_anything({"type": "array", "items": {"type": "string", "enum": terms}}),
            })  # fmt: skip
    resource, path = target.resource, target.action.path if target.action else ""
    if resource is not None and resource.deletion and (path == DELETION or method == "DELETE" and not path):
        told = resource.deletion().load_fields.items()
        made += [_option(name, field) for name, field in told if not path or name == HISTORY]
    if method == "GET" and target.action is not None and target.action.filtered:
        narrowed = target.required_resource
        made += [_query(parameter, narrowed) for parameter in narrowed.filter_set.describe()]
    if target.query is not None:
        asked = target.query().load_fields.items()
        made += [_declared(components, field.data_key or name, field) for name, field in asked]
    if method == "GET" and target.kind in ("list", "detail"):
        shown = target.required_resource
        if choice := field_choice.parameter(shown):
            made.append(_query(choice, shown) | {"description": choice.label})
    if takes_key(target, method):
        made.append(KEY)  # a name that the document leads to what is described once
    tables = TABLES if target.kind == "list" and method == "GET" else ()
    made.append({
        "name": "format", "in": "query", "allowEmptyValue": True,
        "description": "The format of the answer, in place of the Accept header."
        + (" Tables have all rows." if tables else ""),
        "schema": {"type": "string", "enum": ["json", "api", *tables]},
    })  # fmt: skip
    return made


def _option(name: str, field: Any) -> dict[str, Any]:
    """Return the parameter in which a deletion is told something."""
    return {"name": name, "in": "query", "schema": field.parameter, "description": field.help}


def _declared(components: Components, name: str, field: Any) -> dict[str, Any]:
    """Return the parameter of an action that a field describes."""
    schema = field.described(components, ANSWER)
    made: dict[str, Any] = {"name": name, "in": "query", "schema": schema}
    if field.takes_several:
        made |= {"style": "form", "explode": True}
    elif isinstance(field.load_default, str | int | float):
        schema["default"] = field.load_default
    about = [text for text in (field.help, schema.pop("description", "")) if text] or [field.label or ""]
    if field.ignores_others:
        made["schema"] = _or_anything(schema)
        about[-1] += f"; {_IGNORED}" if about[-1] else _IGNORED
    else:
        made |= {"required": True} if field.required else {"allowEmptyValue": True}
    return made | ({"description": ". ".join(about)} if any(about) else {})


def _query(parameter: Parameter, resource: Resource) -> dict[str, Any]:
    schema, words = dict(_QUERY.get(parameter.kind, {"type": "string"})), [parameter.help]
    if parameter.kind == "reference" and parameter.model is not None:
        schema = key_schema(parameter.model)
    if parameter.choices:
        schema = {"type": "string", "enum": [value for value, _ in parameter.choices]}
    if parameter.name == "limit":
        schema = {"type": "integer", "minimum": 1, "default": getattr(resource.pagination, "default", 20)}
    if parameter.kind == "boolean" or parameter in resource.pagination.describe():
        schema = _or_anything(schema)
        words.append(_IGNORED)
    made: dict[str, Any] = {"name": parameter.name, "in": "query", "schema": schema}
    if schema != {"type": "string"} and {} not in schema.get("anyOf", ()):  # as which nothing at all counts anyway
        made["allowEmptyValue"] = True
    if parameter.help == "comma-separated" or parameter.several:
        made |= {
            "schema": {"type": "array", "items": schema},
            "style": "form",
            "explode": parameter.help != "comma-separated",
        }
    if not parameter.help and parameter.label != parameter.name.replace("_", " "):
        words.insert(0, parameter.label)
    told = "; ".join(word for word in words if word)
    return made | ({"description": told} if told else {})


def _or_anything(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {}]}


def _takes_nothing(what: Any) -> bool:
    """Tell whether a schema has no field that a body could set: such a body is not read."""
    return isinstance(what, type) and issubclass(what, Schema) and not what().load_fields


def request_body(components: Components, target: Target, method: str) -> dict[str, Any] | None:
    """Return the body that a target's method is sent, None for none."""
    what = target.schema("request", method)
    if method in SAFE_METHODS or method == "DELETE" or what is None:
        return None
    if target.action is not None and _takes_nothing(what):
        return None
    role = PATCHED if method == "PATCH" else REQUEST
    is_upload = target.resource is not None and target.action is None and target.resource.takes_files
    kinds: tuple[str, ...] = (JSON, FORM, MULTIPART)
    if is_upload:
        kinds = (MULTIPART, JSON) if method == "PATCH" else (MULTIPART,)
    described = components.described(what, role)
    if takes_rows(target, method):
        several = {"type": "array", "items": described, "minItems": 1, "maxItems": MOST_ROWS}
        described = {"anyOf": [described, several]}
    return {
        "required": components.requires(what, role),
        "content": {kind: {"schema": described if kind == JSON else components.form(what, role)} for kind in kinds},
    }
