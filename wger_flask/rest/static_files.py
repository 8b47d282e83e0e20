"""Compress files that ship with the server, or with what it hosts: once, when they are first asked for.

They hold nothing of a user, so there is no secret whose length could tell.  Each form has an entity tag of its own.
"""

from __future__ import annotations

import threading
from collections import OrderedDict

from flask import Response, request

from .representations import GZIP, LEAST_BYTES, ZSTD, best_coding, compressed

KINDS = frozenset((
    "text/css", "text/javascript", "application/javascript", "text/html", "text/plain", "application/json",
    "image/svg+xml",
))  # fmt: skip
MOST_BYTES = 16 << 20
"""What is larger is sent as it is."""
MOST_KEPT = 4 << 20
"""Of compressed bytes that each process keeps."""

_kept: OrderedDict[tuple[str, str], bytes] = OrderedDict()
_lock = threading.Lock()


def compressing(response: Response) -> Response:
    """Return the answer with a file in the form that suits who asks; parts of files stay as they are."""
    if response.mimetype not in KINDS:
        return response
    response.vary.add("Accept-Encoding")
    tag, is_weak = response.get_etag()
    coding = best_coding(request.headers.get("Accept-Encoding", ""))
    size = response.content_length or 0
    if (
        response.status_code != 200
        or "Range" in request.headers
        or tag is None
        or is_weak
        or not coding
        or not LEAST_BYTES <= size <= MOST_BYTES
    ):
        return response
    name = request.path, f"{tag}-{coding}"
    if any(request.if_none_match.contains(f"{tag}-{other}") for other in (GZIP, ZSTD)):
        _let_go(response)
        response.status_code = 304
        response.set_data(b"")
        del response.headers["Content-Length"]
    else:
        with _lock:
            body = _kept.get(name)
            if body is not None:
                _kept.move_to_end(name)
        if body is None:
            response.direct_passthrough = False
            body = compressed(response.get_data(), coding)
            _keep(name, body)
        if len(body) >= size:
            return response
        _let_go(response)
        response.set_data(body)
        response.headers["Content-Encoding"] = coding
    response.set_etag(name[1])
    response.headers.pop("Accept-Ranges", None)
    return response


def _keep(name: tuple[str, str], body: bytes) -> None:
    with _lock:
        _kept[name] = body
        while sum(map(len, _kept.values())) > MOST_KEPT:
            _kept.popitem(last=False)


def _let_go(response: Response) -> None:
    """Close the file that was to be sent."""
    if response.direct_passthrough:
        response.direct_passthrough = False
        close = getattr(response.response, "close", None)
        if close is not None:
            close()
