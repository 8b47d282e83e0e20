"""Answer ``/metrics`` on an address of its own, apart from what users reach.

The address is taken before the workers begin and shared by them: whichever is free answers for all.  One thread of each
waits there, and looks every few seconds at what the process holds.
"""

from __future__ import annotations

import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from time import monotonic
from typing import Any

from flask import Flask

from . import metrics

SAMPLE_SECONDS = 2.0
_SLOWEST = 5.0  # seconds that a client may take

_listener: socket.socket | None = None


class CannotListen(Exception):
    """Say in one line why the address cannot be taken."""


def listen(bind: str) -> None:
    """Take the address ``bind``, as ``127.0.0.1:9100`` or ``[::1]:9100``; raises :class:`CannotListen`."""
    global _listener
    host, _, port = bind.rpartition(":")
    host = host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    taken = socket.socket(family, socket.SOCK_STREAM)
    try:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind((host, int(port)))
        taken.listen(16)
    except (OSError, OverflowError) as wrong:
        taken.close()
        raise CannotListen(f"WGER_METRICS_BIND: {bind} cannot be listened on: {wrong}") from None
    _listener = taken


def address() -> tuple[str, int] | None:
    """Return the host and the port that were taken."""
    return None if _listener is None else _listener.getsockname()[:2]


def close() -> None:
    """Give the address up."""
    global _listener
    if _listener is not None:
        _listener.close()
        _listener = None


def start(app: Flask) -> metrics.Measured:
    """Begin to answer in this process; returns ``app`` so wrapped that its answers are counted."""
    wrapped, kept = metrics.begin(app)
    kept.sample()
    assert _listener is not None
    threading.Thread(target=_Server(_listener, kept).serve_forever, name="metrics", daemon=True).start()
    return wrapped


class _Server(HTTPServer):
    def __init__(self, listener: socket.socket, kept: metrics.Metrics):
        super().__init__(listener.getsockname()[:2], _Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listener
        self._kept, self._next = kept, 0.0

    def service_actions(self) -> None:
        """Look at what this process holds; called twice a second, and after each request."""
        if (now := monotonic()) >= self._next:
            self._next = now + SAMPLE_SECONDS
            self._kept.sample()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: the client went away, or was too slow."""


class _Handler(BaseHTTPRequestHandler):
    timeout = _SLOWEST

    def do_GET(self) -> None:
        if self.path.partition("?")[0] != "/metrics":
            self.send_error(404)
            return
        body = metrics.exposition()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Log nothing of it: it comes every few seconds."""
