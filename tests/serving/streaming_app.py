"""An application that streams what a test tells it to: each line of a POST to /say goes to all who listen."""

from __future__ import annotations

import os
import threading
import time

heard: list[Source] = []


class Source:
    """A stream that says what it was told, and ends after the word ``end``."""

    def __init__(self, size: int):
        self._said, self._stopped, self._lock = [b"x" * size + b"\n"], False, threading.Lock()
        self.on_wake = lambda: None
        self.is_closed = False

    def say(self, line: bytes) -> None:
        with self._lock:
            self._said.append(line)
        self.on_wake()

    @property
    def is_due(self) -> bool:
        return self._stopped or bool(self._said)

    def advance(self) -> bytes | None:
        with self._lock:
            if self._stopped:
                return None
            piece = self._said.pop(0) if self._said else b""
        if piece == b"fail\n":
            raise RuntimeError("it was told to")
        return None if piece == b"end\n" else piece

    def stop(self) -> None:
        self._stopped = True
        self.on_wake()

    def close(self) -> None:
        self.is_closed = True


def app(environ, start_response):
    """Stream below /stream, pass on below /say, and count open streams and threads below /count.

    Below /winter clocks on the wall are set back by an hour.
    """
    path = environ["PATH_INFO"]
    if path == "/stream":
        start_response("200 OK", [("Content-Type", "application/x-ndjson")])
        heard.append(Source(int(environ["QUERY_STRING"] or 0)))
        return environ["wger_flask.stream_wrapper"](heard[-1])
    if path == "/say":
        told = environ["wsgi.input"].read()
        for source in heard:
            source.say(told)
    if path == "/winter":
        os.environ["TZ"] = "WINTER1"  # an hour west of UTC
        time.tzset()
    answer = f"{sum(not source.is_closed for source in heard)} {threading.active_count()}".encode()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(answer)))])
    return [answer]
