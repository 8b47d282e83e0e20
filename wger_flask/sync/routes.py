"""The routes below ``/ps/``, which phones find by the address in their token.

They take sync tokens and nothing else, and answer whatever is wrong with one with a 401: on that alone a phone gets
a new one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import Blueprint, Flask, Response, jsonify, request

from ..auth.tokens import BadToken
from ..rest.errors import Detailed
from . import log
from .open_streams import Full, OpenStreams, ThreadedStream
from .source import Pace, Source
from .stream import Stream
from .stream_requests import client_of, read_checkpoint_request, read_stream_request
from .tokens import SyncToken, read_token

PREFIX = "/ps"
WRAPPER = "wger_flask.stream_wrapper"  # by which a server says that it drives streams itself
EXTENSION = "wger_flask.sync"
RETRY_SECONDS = 10

_is_stopping: Callable[[], bool] = bool


def stop_when(is_stopping: Callable[[], bool]) -> None:
    """Let streams that hold a thread each end once ``is_stopping()``: gunicorn's own workers wait for them."""
    global _is_stopping
    _is_stopping = is_stopping


class NoToken(Detailed):
    """401: there is no sync token, or it does not hold."""

    status = 401
    message = "A valid sync token is needed."

    def __init__(self) -> None:
        super().__init__(headers={"WWW-Authenticate": "Bearer"})


class TooMany(Detailed):
    """503: as many phones are connected as may be."""

    status = 503
    message = "Too many phones are connected. Try again later."

    def __init__(self) -> None:
        super().__init__(headers={"Retry-After": str(RETRY_SECONDS)})


def register(app: Flask, settings: Any) -> None:
    """Register the routes with the application."""
    connected = OpenStreams(
        settings.WGER_SYNC_STREAMS, settings.WGER_SYNC_STREAMS_PER_USER, settings.WGER_SYNC_POLL_INTERVAL / 1000
    )
    pace = Pace(
        settings.WGER_SYNC_KEEPALIVE, settings.WGER_SYNC_STREAM_LIFETIME * 60, settings.WGER_SYNC_ONE_CHECKPOINT
    )
    routes = Blueprint("sync", __name__, url_prefix=PREFIX)
    app.extensions[EXTENSION] = connected

    @routes.get("/")  # the address that phones are told, opened by a person
    @routes.get("/probes/liveness")
    def liveness() -> Response:
        return Response("alive\n", mimetype="text/plain", headers={"Cache-Control": "no-store"})

    @routes.post("/sync/stream")
    def stream() -> Response:
        token = _token()
        wanted = read_stream_request(request.get_data())
        packed = settings.WGER_SYNC_GZIP and request.accept_encodings["gzip"] > 0
        short = pace.one_checkpoint or not may_last(app)
        made = Stream(wanted, token, replace(pace, one_checkpoint=short, gzip=packed))
        pieces = pieces_of(app, made)
        try:
            made.number = log.begin_stream(made.user_id, made.client_id, made.position)
        except BaseException:
            made.close()
            raise
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        if packed:
            headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        return Response(pieces, mimetype="application/x-ndjson", headers=headers, direct_passthrough=True)

    @routes.get("/write-checkpoint2.json")
    def write_checkpoint() -> Response:
        token = _token()
        number = log.raise_number(token.user_id, client_of(request.args.get("client_id")))
        return _told(write_checkpoint=number)

    @routes.post("/sync/checkpoint-request")
    def checkpoint_request() -> Response:
        token = _token()
        client, number = read_checkpoint_request(request.get_data())
        return _told(checkpoint_request_id=log.keep_number(token.user_id, client, number))

    app.register_blueprint(routes)


def pieces_of(app: Flask, source: Source) -> Any:
    """Return the body of an answer that goes on for minutes, driven by the server or in a thread of its own.

    Raises :class:`TooMany`.
    """
    try:
        app.extensions[EXTENSION].add(source)
    except Full:
        raise TooMany() from None
    wrapper = request.environ.get(WRAPPER)
    return ThreadedStream(source, _is_stopping) if wrapper is None else wrapper(source)


def may_last(app: Flask) -> bool:
    """Tell whether the answer to this request may go on for minutes: the server drives it, or there is a thread."""
    connected = app.extensions[EXTENSION]
    threads = app.extensions["wger_flask"].settings.WGER_THREADS
    return request.environ.get(WRAPPER) is not None or _has_thread(connected, threads)


def _token() -> SyncToken:
    """Return the sync token of the request; raises :class:`NoToken`."""
    scheme, _, text = request.headers.get("Authorization", "").strip().partition(" ")
    if scheme.lower() not in ("token", "bearer"):
        raise NoToken()
    try:
        token = read_token(text.strip())
    except BadToken:
        raise NoToken() from None
    if token.caller() is None:
        raise NoToken()
    return token


def _has_thread(connected: OpenStreams, threads: int) -> bool:
    """Tell whether a stream may hold a thread for minutes: where there are none to spare it ends once it is whole.

    Half of a server's threads are kept for requests; Flask's own server makes one for each.
    """
    if not request.environ.get("wsgi.multithread"):
        return False
    return request.environ.get("SERVER_SOFTWARE", "").startswith("Werkzeug") or len(connected) < max(1, threads // 2)


def _told(**number: int) -> Response:
    return jsonify(data={name: str(value) for name, value in number.items()})
