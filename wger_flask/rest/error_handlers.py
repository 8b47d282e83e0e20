"""Answer what no target answered: unknown paths, oversized bodies, our own mistakes.

Below ``/api/`` the answer is negotiated like any other, JSON where the client does not say;
elsewhere it is a page.  A mistake of ours is logged whole and told in one sentence; a database that
is away for a moment is none, nor is a disk that is full.
"""

from __future__ import annotations

import errno
import logging

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.wrappers import Response as BaseResponse

from ..media.errors import NotStored
from ..storage.database import is_unavailable
from .errors import ApiError
from .negotiation import HTML, JSON, Format, negotiate
from .permissions import METHODS
from .renderers import render
from .request_id import route_of, with_id

log = logging.getLogger("wger_flask")

_SENTENCES = {
    404: "Not found.",
    413: "The request body is too large.",
    500: "The server made a mistake. It was noted in the log.",
}
_DATABASE = "The database does not answer at the moment. Try again."
_DISK = "The server cannot read or write a file at the moment. Try again later."
# What a disk says that is full, fails, or belongs to another user, and a system that has nothing left.
_NOT_AT_THE_MOMENT = {
    errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO, errno.EACCES, errno.EPERM, errno.EMFILE,
    errno.ENFILE, errno.ENOMEM,
}  # fmt: skip
_SECONDS = "5"  # until it is worth trying again: about as long as a database takes to restart


def wanted_format() -> Format:
    """Return the format of an answer outside any target."""
    if not request.path.startswith("/api/"):
        return HTML if request.accept_mimetypes.best_match(("text/html", "application/json")) == "text/html" else JSON
    try:
        return negotiate(request.headers.get("Accept", ""))
    except ApiError:
        return JSON


def register(app: Flask) -> None:
    """Register the handlers with the application."""

    @app.errorhandler(ApiError)
    def refused(error: ApiError) -> Response:
        return render(None, wanted_format(), with_id(error.body, error.status), error.status, error.headers)

    @app.errorhandler(HTTPException)
    def failed(error: HTTPException) -> BaseResponse:
        if error.code is None or error.code < 400:
            return error.get_response()
        if isinstance(error, MethodNotAllowed) and error.valid_methods:
            error.valid_methods = sorted(error.valid_methods)  # they are a set, in another order in every process
        call = g.get("call")
        sentence = _SENTENCES.get(error.code) or error.description or error.name
        headers = {name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After")}
        if "Allow" in headers:  # which comes in the order of a set
            headers["Allow"] = ", ".join(name for name in METHODS if name in headers["Allow"].split(", "))
        told = with_id({"detail": sentence}, error.code)
        return render(call, call.format if call else wanted_format(), told, error.code, headers)

    @app.errorhandler(Exception)
    def broken(error: Exception) -> Response:
        status, sentence, headers = 500, _SENTENCES[500], {}
        if passing := _passing(error):
            what, told = passing
            status, sentence, headers = 503, told, {"Retry-After": _SECONDS}
            log.error("%s %s: %s: %s", request.method, route_of(), what, " ".join(str(error).split()))
            if told == _DATABASE:
                g.user = None  # a page asks who is logged in, and the database cannot be asked
        else:
            log.exception("%s %s failed", request.method, route_of())
        call = g.get("call")
        told = with_id({"detail": sentence}, status)
        return render(call, call.format if call else wanted_format(), told, status, headers)


def _passing(error: Exception) -> tuple[str, str] | None:
    """Return what the log and the client are told of an error outside of the program (a full disk), else None."""
    if is_unavailable(error):
        return "the database", _DATABASE
    if isinstance(error, NotStored):
        return "the media folder", error.message
    if isinstance(error, OSError) and error.errno in _NOT_AT_THE_MOMENT:
        return "the disk", _DISK
    return None
