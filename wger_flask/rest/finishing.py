"""Finish answers: entity tags and 304, compression, and what may be given again without being made.

What may be kept nowhere (``no-store``) or hands out a cookie is left as it is, and so is what is streamed or is a file.

Compressed is what a client asks for with a token, what everybody is given, and pages for those who have shown neither a
token nor a cookie: no secret is in these.
"""

from __future__ import annotations

from functools import lru_cache

from flask import Flask, g, request

from . import answer_cache
from .answer_cache import AnswerCache
from .application import Response
from .caching import PUBLIC
from .representations import LEAST_BYTES, Representation, digest_of
from .request_id import HEADER

_JSON, _PAGE = "application/json", "text/html"
_OPENAPI = "application/vnd.oai.openapi"
_TEXTS = frozenset((_JSON, _OPENAPI, f"{_OPENAPI}+json", "text/csv", "application/x-ndjson"))
_OURS = ("Content-Length", "Expires", HEADER)  # what is said anew each time
_FINISHED = frozenset(("etag", "set-cookie", "content-encoding"))  # an answer that says one of these is


def register(app: Flask, cache: AnswerCache) -> None:
    """Finish the answers of ``app``, and keep in ``cache`` what may be kept; before all else that marks answers."""

    @app.after_request
    def finish(response: Response) -> Response:
        asked = request._get_current_object()  # type: ignore[attr-defined]  # once: what stands for it takes a moment
        if response.status_code != 200 or asked.method not in ("GET", "HEAD") or response.is_streamed:
            return response
        headers = response.headers
        told = {name.lower(): value for name, value in headers}  # to ask for what is not there takes a moment, too
        if response.direct_passthrough or not _FINISHED.isdisjoint(told) or "no-store" in told.get("cache-control", ""):
            return response
        body = response.whole if response.whole is not None else response.get_data()
        environ = asked.environ
        kind = told.get("content-type", "").partition(";")[0].strip()
        is_json = kind == _JSON
        compresses = len(body) >= LEAST_BYTES and (
            kind in _TEXTS
            and not _may_tell_secrets(environ.get("HTTP_COOKIE", ""))
            or kind == _PAGE
            and not ("HTTP_COOKIE" in environ or "HTTP_AUTHORIZATION" in environ)
        )
        if compresses:
            headers["Vary"] = f"{told['vary']}, Accept-Encoding" if "vary" in told else "Accept-Encoding"
        kept = [(name, value) for name, value in headers if name not in _OURS]
        if compresses and g.get("is_for_everybody"):
            answer = _kept(body, tuple(kept))
        else:
            answer = Representation(body, digest_of(body), kept, compresses)
        expires = told.get("expires")
        if is_json:
            answer_cache.keep(cache, answer, response.cache_control.max_age if expires else None)
        form, is_same = answer.meet(environ.get("HTTP_ACCEPT_ENCODING", ""), environ.get("HTTP_IF_NONE_MATCH"))
        anew = [(name, told[name.lower()]) for name in ("Expires", HEADER) if name.lower() in told]
        response.replace_headers([*(form.brief if is_same else form.headers), *anew])
        if is_same:
            response.status_code = 304
            response.set_data(b"")
            del response.headers["Content-Length"]
        elif form.body is not body:
            response.set_data(form.body)
        return response


def is_for_everybody() -> None:
    """Note that the answer that is being made is the same for everybody while the process lives, and holds no secret.

    Its body is to be the same object each time: it is compressed once.
    """
    g.is_for_everybody = True


@lru_cache(8)
def _kept(body: bytes, headers: tuple[tuple[str, str], ...]) -> Representation:
    """Return what is made of an answer that is the same each time; the hash of a body is known after the first."""
    return Representation(body, digest_of(body), [*headers], True)


def _may_tell_secrets(cookies: str) -> bool:
    """Tell whether a user's own rows are sent for a session's cookie: another site can make a browser ask for them."""
    if "sessionid=" not in cookies or g.get("is_for_everybody"):
        return False
    call = g.get("call")
    return call is None or call.target.cache != PUBLIC
