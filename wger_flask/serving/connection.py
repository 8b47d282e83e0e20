"""A client's connection: what arrives on it, what is sent, and until when."""

from __future__ import annotations

import errno
import json
import math
import secrets
import socket
from contextlib import suppress
from time import monotonic

from .receiving import Limits, Receiving
from .room import Room
from .sending import Sending
from .streaming import Streaming

GONE = {errno.EPIPE, errno.ECONNRESET, errno.ENOTCONN, errno.ECONNABORTED}
SENDING_SECONDS = 60  # without the reader taking anything


class Connection:
    """One connection; ``request`` is the one that arrives or is answered, ``answer`` what is sent."""

    def __init__(self, sock: socket.socket, client: object, server: object, limits: Limits, room: Room):
        self.sock, self.client, self.server, self._limits, self._room = sock, client, server, limits, room
        self.request, self.answer = Receiving(limits, room), Sending(sock, room)
        self.requests = 0  # answered before this one
        self.keep = False  # whether another may follow
        self.stream: Streaming | None = None  # where the answer is one that goes on
        self.is_broken = False  # whether it cannot go on
        self.events = 0  # what the loop waits for
        self.is_receiving, self.is_working, self.is_lingering = True, False, False
        self._deadline = math.inf  # while it is not receiving

    @property
    def is_idle(self) -> bool:
        """Whether nothing of a request is there."""
        return self.is_receiving and not self.request

    @property
    def deadline(self) -> float:
        """The moment by which something must have happened."""
        return self.request.deadline if self.is_receiving else self._deadline

    def deadline_at_most(self, moment: float) -> None:
        """Give a client that has not sent a head no longer than until ``moment``."""
        self.request.deadline_at_most(moment)

    def work(self) -> None:
        """The request is whole: answering takes as long as it takes."""
        self._deadline, self.is_receiving, self.is_working = math.inf, False, True

    def send(self) -> None:
        """The reader may take its time, as long as it takes something."""
        self._deadline, self.is_working = monotonic() + SENDING_SECONDS, False

    def wait(self) -> None:
        """A stream has nothing to say: it waits for as long as its source does."""
        self._deadline, self.is_working = math.inf, False

    def linger(self, seconds: float) -> None:
        """All is sent: what still arrives is thrown away."""
        self._deadline, self.is_lingering = monotonic() + seconds, True
        self.is_receiving = self.is_working = False

    def next_request(self) -> bytes:
        """Begin with the next request; returns what has arrived of it."""
        rest = self.request.rest
        self.request.close()
        self.answer.close()
        self.request = Receiving(self._limits, self._room, monotonic() + self._limits.idle)
        self.requests += 1
        self.is_receiving, self.is_working = True, False
        return rest

    def close(self) -> None:
        """Close it, and give back all it held."""
        if self.stream is not None:
            self.stream.close()
        self.request.close()
        self.answer.close()
        with suppress(OSError):
            self.sock.close()


def short_answer(status: int, reason: str, told: str, request_id: str = "") -> bytes:
    """Return an answer that is given without asking the application; ``request_id``: "" for one that is made here."""
    name = request_id or secrets.token_hex(16)
    said = {"detail": told} | ({"request_id": name} if status >= 500 else {})
    body = json.dumps(said, separators=(",", ":"))
    retry = "Retry-After: 5\r\n" if status == 503 else ""
    return (
        f"HTTP/1.1 {status} {reason}\r\nConnection: close\r\nContent-Type: application/json\r\n"
        f"X-Content-Type-Options: nosniff\r\nX-Request-ID: {name}\r\n{retry}Content-Length: {len(body)}\r\n\r\n{body}"
    ).encode()
