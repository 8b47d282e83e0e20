"""Give each request a name, by which its answer, its lines in the log and what stands in front of the server meet.

It is the client's or the proxy's ``X-Request-ID`` where that is well-formed, else made here when it is first asked for:
most requests never ask.  Every answer of 400 and above carries it, every answer to a request that brought one, and
every answer at all where each request is logged by it.
"""

from __future__ import annotations

import re
import secrets
from typing import Any
from wsgiref.types import WSGIEnvironment

from flask import Flask, Response, has_request_context, request

HEADER, SENT = "X-Request-ID", "HTTP_X_REQUEST_ID"
KEY, ROUTE = "wger_flask.request_id", "wger_flask.route"
"""The keys in the environment under which the server's list of requests finds the id, and where the request led."""
_WELL_FORMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:=+/-]{0,127}")


def id_of(environ: WSGIEnvironment) -> str:
    """Return the id of a request: what it brought, if that is 1 to 128 plain characters, else 32 hex digits."""
    known: str | None = environ.get(KEY)
    if known is None:
        sent = environ.get(SENT, "")
        known = environ[KEY] = sent if _WELL_FORMED.fullmatch(sent) else secrets.token_hex(16)
    return known


def current() -> str:
    """Return the id of the request that is being answered, "" outside of one."""
    return id_of(request.environ) if has_request_context() else ""


def with_id(body: Any, status: int) -> Any:
    """Return the body of an answer, with ``request_id`` where it tells of a mistake or a trouble of the server's."""
    if status >= 500 and isinstance(body, dict):
        return body | {"request_id": current()}
    return body


def route_of() -> str:
    """Return where the current request led, without what only its sender should see.

    Below ``/api/`` that is the path; elsewhere, where addresses hold keys of letters and names of pictures, the rule.
    """
    if request.path.startswith("/api/"):
        return request.path
    return request.url_rule.rule if request.url_rule is not None else "-"


def register(app: Flask, always: bool) -> None:
    """Have answers carry the id; ``always``: all of them, and their route is noted for the list of requests."""

    @app.after_request
    def tell(response: Response) -> Response:
        environ = request.environ
        if always:
            environ[ROUTE] = route_of()
        if always or response.status_code >= 400 or SENT in environ:
            response.headers[HEADER] = id_of(environ)
        return response
