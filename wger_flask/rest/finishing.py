"""Finish answers: entity tags and 304, compression, and what may be given again without being made.

What may be kept nowhere (``no-store``) or hands out a cookie is left as it is, and so is what is streamed or is a file.
"""

from __future__ import annotations

from flask import Flask, Response, g, request

from . import answer_cache
from .answer_cache import AnswerCache
from .caching import PUBLIC
from .representations import LEAST_BYTES, Representation, digest_of
from .request_id import HEADER

_JSON = "application/json"
_OURS = ("Content-Length", "Expires", HEADER)  # what is said anew each time


def register(app: Flask, cache: AnswerCache) -> None:
    """Finish the answers of ``app``, and keep in ``cache`` what may be kept; before all else that marks answers."""

    @app.after_request
    def finish(response: Response) -> Response:
        if response.status_code != 200 or request.method not in ("GET", "HEAD") or not _is_plain(response):
            return response
        body = response.get_data()
        is_json = response.mimetype == _JSON
        compresses = is_json and len(body) >= LEAST_BYTES and not _may_tell_secrets()
        headers = response.headers
        if compresses:
            headers["Vary"] = f"{headers['Vary']}, Accept-Encoding" if "Vary" in headers else "Accept-Encoding"
        expires, request_id = headers.get("Expires"), headers.get(HEADER)
        kept = [(name, value) for name, value in headers if name not in _OURS]
        answer = Representation(body, digest_of(body), kept, compresses)
        if is_json:
            answer_cache.keep(cache, answer, response.cache_control.max_age if expires else None)
        form, is_same = answer.meet(request.headers.get("Accept-Encoding", ""), request.headers.get("If-None-Match"))
        headers.clear()
        headers.extend(form.brief if is_same else form.headers)
        for name, value in (("Expires", expires), (HEADER, request_id)):
            if value:
                headers[name] = value
        if is_same:
            response.status_code = 304
            response.set_data(b"")
            del headers["Content-Length"]
        elif form.body is not body:
            response.set_data(form.body)
        return response


def _is_plain(response: Response) -> bool:
    headers = response.headers
    return not (
        response.is_streamed
        or response.direct_passthrough
        or "ETag" in headers
        or "Set-Cookie" in headers
        or "Content-Encoding" in headers
        or "no-store" in headers.get("Cache-Control", "")
    )


def _may_tell_secrets() -> bool:
    """Tell whether a user's own rows are sent for a session's cookie: another site can make a browser ask for them."""
    call = g.get("call")
    is_for_all = call is not None and call.target.cache == PUBLIC
    return not is_for_all and "sessionid=" in request.headers.get("Cookie", "")
