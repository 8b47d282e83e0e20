"""Read what clients send as it arrives: what breaks off, or breaks the protocol, is refused with 400.

A body in chunks is taken apart by the server in front (gunicorn), which finds a wrong chunk in
the middle of our reading.  One with a length ends early, without a word, where the connection
does: what came until then may well look whole, and must not be written.
"""

from __future__ import annotations

import io

import flask
from werkzeug.exceptions import ClientDisconnected, HTTPException
from werkzeug.utils import cached_property

TOLD = "The request body did not arrive whole."


class Request(flask.Request):
    """A request whose body is read to its end or not at all."""

    @cached_property
    def stream(self):
        """The body; reading raises :class:`~werkzeug.exceptions.ClientDisconnected` where it is not whole."""
        return _Whole(super().stream, self.content_length)


class _Whole(io.RawIOBase):
    def __init__(self, stream, length: int | None):
        self._stream, self._missing = stream, length

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        try:
            data = self._stream.read(size)
        except HTTPException:
            raise
        except Exception as wrong:  # each server has errors of its own for this
            raise ClientDisconnected(TOLD) from wrong
        if self._missing is not None:
            self._missing -= len(data)
            ended = size < 0 or (size > 0 and not data)
            if ended and self._missing > 0:
                raise ClientDisconnected(TOLD)
        return data

    def readinto(self, buffer) -> int:
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)
