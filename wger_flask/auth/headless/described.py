"""Describe the headless calls in the OpenAPI document: bodies by the names in them, one envelope for all answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from apispec import APISpec
from flask import Flask, Response
from flask_smorest import Api, Blueprint

JSON, HTML = "application/json", "text/html"
_NAMES = {"GET": "show", "POST": "post", "PUT": "put", "PATCH": "patch", "DELETE": "delete"}
_ERROR = {
    "type": "object",
    "required": ["message", "code"],
    "properties": {"message": {"type": "string"}, "code": {"type": "string"}, "param": {"type": "string"}},
}
_ENVELOPE = {
    "type": "object",
    "required": ["status"],
    "properties": {
        "status": {"type": "integer", "description": "That of the answer."},
        "data": {},
        "meta": {"type": "object", "description": "Whether a user is logged in, and tokens to go on with."},
        "errors": {"type": "array", "items": _ERROR},
    },
}
_TOLD = {
    "200": "It was done.", "400": "What was sent is wrong; empty where it is no JSON.", "401": "No user is logged in.",
    "403": "It is not allowed.", "404": "There is no such thing.", "405": "This is not done here.",
    "409": "A user is logged in.", "410": "The session has ended.", "413": "The body is too large.",
    "414": "The address is too long.", "429": "Too many requests; Retry-After says how long to wait.",
    "503": "The database is away; Retry-After says when to try again.",
}  # fmt: skip
_TOKEN = "The session token that logging in gives."
_SECURITY = {"sessionToken": {"type": "apiKey", "in": "header", "name": "X-Session-Token", "description": _TOKEN}}


@dataclass(frozen=True, slots=True)
class Call:
    """One path: its handlers by method, and what a body must (True) or may (False) hold.

    ``private`` ones need a session; ``header`` is a further one that a GET needs.
    """

    path: str
    handlers: dict[str, Callable[..., Response]]
    sends: dict[str, bool]
    private: bool
    header: str


class Headless(Blueprint):  # type: ignore[misc]  # flask-smorest declares no types
    """The blueprint of the calls, which describes them."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.calls: list[Call] = []

    def register_views_in_doc(
        self, api: Api, app: Flask, spec: APISpec, *, name: str, parameters: list[dict[str, Any]]
    ) -> None:
        """Describe every call; flask-smorest calls this for its document."""
        for scheme, about in _SECURITY.items():
            spec.components.security_scheme(scheme, about)
        spec.components.schema("Headless", _ENVELOPE)
        for call in self.calls:
            made = {method.lower(): _operation(call, method, handle, name) for method, handle in call.handlers.items()}
            if set(call.handlers) == {"POST"}:  # apps may rely on any other method doing the same
                made |= {
                    method.lower(): _operation(call, method, call.handlers["POST"], name) | {"deprecated": True}
                    for method in ("PUT", "PATCH", "DELETE")
                }
            spec.path(path=f"{self.url_prefix}/{call.path}", operations=made)


def _value(name: str, required: bool) -> dict[str, Any]:
    """Return what a value of a body may be: what is no text is read as if it had been written as text."""
    if name == "primary":
        return {"type": "boolean"}
    empty = {} if required else {"nullable": True}
    return {"anyOf": [{"type": kind, **empty} for kind in ("string", "number", "boolean")]}


def _operation(call: Call, method: str, handle: Callable[..., Response], tag: str) -> dict[str, Any]:
    about = (handle.__doc__ or "").strip()
    envelope = {JSON: {"schema": {"$ref": "#/components/schemas/Headless"}}, HTML: {"schema": {"type": "string"}}}
    made: dict[str, Any] = {
        "operationId": f"{call.path.replace('/', '_')}_{_NAMES[method]}",
        "tags": [tag],
        "description": about,
        "summary": about.split("\n")[0].split(";")[0].rstrip("."),
        "security": [{"sessionToken": []}, {"jwtAuth": []}, *([] if call.private else [{}])],
        "responses": {status: {"description": told, "content": envelope} for status, told in _TOLD.items()},
    }
    if method == "GET" and call.header:
        header = {"name": call.header, "in": "header", "required": True, "schema": {"type": "string"}}
        made["parameters"] = [header | {"description": "The key of a letter."}]
    if method != "GET" and call.sends:
        properties = {name: _value(name, required) for name, required in call.sends.items()}
        required = [name for name, needed in call.sends.items() if needed]
        schema = {"type": "object", "properties": properties, "required": required}
        made["requestBody"] = {"required": True, "content": {JSON: {"schema": schema}}}
    return made
