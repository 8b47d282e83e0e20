"""Ask a server over HTTP what the phone app asks it, and note when each line of a stream arrives.

This knows no Flask and no database: the server may be behind proxies, or be another one.
"""

from __future__ import annotations

import http.client
import json
import queue
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

PROBE_SECONDS = 5.0  # the app waits no longer for the liveness route
ANSWER_SECONDS = 20.0
_LARGEST_ANSWER = 1 << 20  # bytes
_LONGEST_LINE = 8 << 20  # bytes; a line of a stream has one MiB at most


class Unreachable(Exception):
    """Say in a few words why a server gave no answer at all."""


class Answer(NamedTuple):
    """What came back; the names of ``headers`` are in lower case, ``text`` is the body as far as it can be read."""

    status: int
    headers: dict[str, str]
    text: str

    def json(self) -> Any:
        """Return the body as JSON, None where it is none."""
        try:
            return json.loads(self.text)
        except ValueError:
            return None


def connect(url: str, seconds: float) -> tuple[http.client.HTTPConnection, str]:
    """Return a connection for an address, not open yet, and the path to ask it for.

    The certificate of an https address is checked as any program would.
    """
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return kind(parts.hostname or "", parts.port, timeout=seconds), path


def explained(trouble: Exception) -> str:
    """Return in a few words why no answer came."""
    if isinstance(trouble, ssl.SSLCertVerificationError):
        return f"its certificate is not accepted ({trouble.verify_message})"
    if isinstance(trouble, ssl.SSLError):
        return "it does not speak https there"
    if isinstance(trouble, socket.gaierror):
        return "its name is not known"
    if isinstance(trouble, TimeoutError):
        return "it does not answer in time"
    if isinstance(trouble, ConnectionRefusedError):
        return "nothing listens there"
    return " ".join(str(trouble).split()) or type(trouble).__name__


def ask(
    method: str,
    url: str,
    body: object = None,
    headers: Mapping[str, str] | None = None,
    seconds: float = ANSWER_SECONDS,
) -> Answer:
    """Send one request, ``body`` as JSON; redirects are not followed.  Raises :class:`Unreachable`."""
    connection, path = connect(url, seconds)
    sent = dict(headers or {})
    data = None if body is None else json.dumps(body).encode()
    if data is not None:
        sent["Content-Type"] = "application/json"
    try:
        connection.request(method, path, data, sent)
        answer = connection.getresponse()
        text = answer.read(_LARGEST_ANSWER).decode("utf-8", "replace")
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, text)
    except (OSError, http.client.HTTPException, ValueError) as trouble:
        raise Unreachable(explained(trouble)) from None
    finally:
        connection.close()


class Line(NamedTuple):
    """A line of a stream: its one key, the value, and when it came (``time.monotonic``)."""

    kind: str
    value: Any
    moment: float


class Lines:
    """A stream, read by a thread of its own.

    ``opened`` is when the head of the answer came, None while it has not.
    """

    def __init__(self, url: str, token: str, body: object):
        self.status: int | None = None
        self.headers: dict[str, str] = {}
        self.opened: float | None = None
        self.trouble = ""
        self._lines: queue.Queue[Line | None] = queue.Queue()
        self._connection, self._path = connect(url, ANSWER_SECONDS * 3)
        self._socket: socket.socket | None = None
        self._head = threading.Event()
        threading.Thread(target=self._read, args=(token, json.dumps(body)), daemon=True).start()

    def _read(self, token: str, body: str) -> None:
        headers = {
            "Authorization": f"Token {token}",
            "Content-Type": "application/json",
            "Accept-Encoding": "identity",
            "Accept": "application/vnd.powersync.bson-stream;q=0.9,application/x-ndjson;q=0.8",
        }
        try:
            self._connection.request("POST", self._path, body, headers)
            self._socket = self._connection.sock
            answer = self._connection.getresponse()
            self.headers = {name.lower(): value for name, value in answer.getheaders()}
            self.status, self.opened = answer.status, time.monotonic()
            self._head.set()
            while raw := answer.readline(_LONGEST_LINE):
                self._lines.put(_parsed(raw))
        except (OSError, http.client.HTTPException, ValueError, AttributeError) as trouble:
            self.trouble = explained(trouble)
        finally:
            self._head.set()
            self._lines.put(None)

    def wait_for_head(self, seconds: float) -> bool:
        """Wait for status and headers; tells whether they came."""
        return self._head.wait(seconds) and self.status is not None

    def next(self, seconds: float) -> Line | None:
        """Return the next line, None where none comes in time or the stream has ended."""
        try:
            line = self._lines.get(timeout=max(seconds, 0.001))
        except queue.Empty:
            return None
        if line is None:
            self._lines.put(None)
        return line

    def close(self) -> None:
        """End the stream, as a phone that is switched off does."""
        try:
            if self._socket is not None:
                self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._connection.close()


def _parsed(raw: bytes) -> Line:
    found = json.loads(raw)
    if not isinstance(found, dict) or len(found) != 1:
        raise ValueError("a line of the stream is no object with one key")
    [(kind, value)] = found.items()
    return Line(kind, value, time.monotonic())
