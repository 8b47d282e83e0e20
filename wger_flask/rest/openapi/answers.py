"""Describe what operations answer: rows, and every way of refusing.

Every answer can be had as a page, and any may be refused for what surrounds the question: its
format, its length, the state of the database.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from apispec import APISpec

from ..fields import ANSWER
from ..lists_of_rows import takes_rows
from ..negotiation import TABLES
from ..permissions import SAFE_METHODS
from ..repeated_writes import takes_key
from ..target import Target
from ..throttling import Limit
from .schemas import Components

JSON, HTML = "application/json", "text/html"
PAGE = {"schema": {"type": "string"}}
_WHOLE = {"xlsx": {"type": "string", "format": "binary"}}  # tables that are no text
_REFUSAL = {"type": "object", "required": ["detail"], "properties": {"detail": {"type": "string"}}}
_TROUBLE = {
    **_REFUSAL,
    "properties": {
        "detail": {"type": "string"},
        "request_id": {"type": "string", "description": "By which the server's log names the request."},
    },
}
# No choice of types: ReDoc, which makes up an example of each, fails at those that are lists.
_INVALID = {
    "description": "A list of messages by the name of each field that they are about; a list or a text alone where "
    "they are about no field.",
    "example": {"name": ["This field is required."]},
}
_REFUSALS = {
    "400": ("BadRequest", "The input is wrong.", "Invalid"),
    "401": ("Unauthorized", "The token is not valid.", "Refusal"),
    "403": ("Forbidden", "The user is not allowed to, or no user is logged in.", "Refusal"),
    "404": ("NotFound", "There is no such row, or not for this user; or no such format.", "Refusal"),
    "406": ("NotAcceptable", "That format cannot be given.", "Refusal"),
    "410": ("Gone", "Earlier releases answered here; the message names what to use.", "Refusal"),
    "412": ("PreconditionFailed", "It is not as it was when the client read it (If-Match).", "Refusal"),
    "413": ("TooLarge", "The body is too large.", "Refusal"),
    "414": ("AddressTooLong", "The address is too long.", "Refusal"),
    "415": ("UnsupportedMediaType", "Bodies of that type are not read here.", "Refusal"),
    "409": ("Repeated", "It was done already, and its answer was too large to be kept (Idempotency-Key).", "Refusal"),
    "422": ("OtherRequest", "The Idempotency-Key was sent with another request.", "Refusal"),
    "429": ("TooManyRequests", "Too many requests; Retry-After says how long to wait.", "Refusal"),
    "503": ("Unavailable", "The database, or where files lie, is away; Retry-After says when to try again.", "Trouble"),
}
_NAMES = {
    "list": {"GET": "list", "POST": "create"},
    "detail": {"GET": "retrieve", "PUT": "update", "PATCH": "partial_update", "DELETE": "destroy"},
}
OTHER_NAMES = {"GET": "retrieve", "POST": "create", "PUT": "update", "PATCH": "partial_update", "DELETE": "destroy"}
_ALWAYS = ("400", "404", "406", "414", "503")


def operation_id(target: Target, method: str) -> str:
    """Return the name of a target's method, which generators of clients turn into one of their own."""
    name = target.name.replace("-", "_")
    if target.kind in _NAMES:
        return f"{name}_{_NAMES[target.kind][method]}"
    path = f"_{target.action.path.strip('/').replace('/', '_').replace('-', '_')}" if target.action else ""
    return f"{name}{path}_{OTHER_NAMES[method]}"


def responses(components: Components, target: Target, method: str) -> dict[str, Any]:
    """Return the responses of a target's method by status."""
    made: dict[str, Any] = {}
    if target.kind == "gone":
        made["410"] = {"$ref": "#/components/responses/Gone"}
    elif method == "DELETE" and target.kind == "detail":
        made["204"] = {"description": "It is deleted."}
    else:
        content = {JSON: {"schema": _answer(components, target, method)}, HTML: PAGE}
        if target.kind == "list" and method == "GET":
            content |= {kind: {"schema": _WHOLE.get(name, PAGE["schema"])} for name, kind in TABLES.items()}
        if target.gives and method == "GET":
            content = {target.gives: {"schema": {"type": "string", "format": "binary"}}}
        for status in _done(target, method):
            made[status] = {"description": "The new row." if status == "201" else "The answer.", "content": content}
            if links := _links(target) if status == "201" else {}:
                made[status]["links"] = links
    refusals = {*_ALWAYS, "403" if target.authenticates else "401"}
    if method not in SAFE_METHODS:
        refusals |= {"412", "413", "415"} | ({"409", "422"} if takes_key(target, method) else set())
    elif not target.secret:
        made["304"] = {"description": "It is as the client has it (If-None-Match)."}
    limits = target.throttle
    if not target.authenticates or isinstance(limits.get(method) or limits.get(target.kind), str | Limit):
        refusals.add("429")
    if target.counts:
        refusals.add("429")
    return made | {status: {"$ref": f"#/components/responses/{_REFUSALS[status][0]}"} for status in sorted(refusals)}


def _links(target: Target) -> dict[str, Any]:
    """Return what can be done to the row that was made."""
    resource = target.resource
    if target.kind != "list" or resource is None or "id" not in resource.schema().dump_fields:
        return {}
    made = {}
    for method in resource.detail_methods:
        name = operation_id(replace(target, kind="detail"), method)
        made[name] = {"operationId": name, "parameters": {"id": "$response.body#/id"}}
    return made


def _done(target: Target, method: str) -> tuple[str, ...]:
    """Return the statuses of what was done."""
    if method != "POST":
        return ("200",)
    if takes_rows(target, method) and "PUT" in target.required_resource.methods:
        return ("200", "201")  # of several rows, all may have been there
    if target.kind == "list" or target.makes or target.action and target.action.creates:
        return ("201",)
    return ("200", "201") if target.creates else ("200",)


def _answer(components: Components, target: Target, method: str) -> dict[str, Any]:
    what = target.schema("response", method)
    if target.kind == "list" and method == "GET":
        return components.page(what, target.required_resource.pagination.counts)
    if target.action is not None and target.action.many and what is not None:
        return {"type": "array", "items": components.described(what)}
    if target.kind == "root":
        return {"type": "object", "additionalProperties": {"type": "string", "format": "uri"}}
    described = components.described(what, ANSWER)
    if takes_rows(target, method):
        return {"anyOf": [described, {"type": "array", "items": described}]}
    return described


def register_refusals(spec: APISpec) -> None:
    """Add the refusals to a document, once."""
    spec.components.schema("Refusal", _REFUSAL)
    spec.components.schema("Trouble", _TROUBLE)
    spec.components.schema("Invalid", _INVALID)
    # flask-smorest registers answers of its own under names of HTTP statuses: ours are the documented ones.
    for name, about, schema in _REFUSALS.values():
        content = {JSON: {"schema": {"$ref": f"#/components/schemas/{schema}"}}, HTML: PAGE}
        spec.components.response(name, {"description": about, "content": content})
