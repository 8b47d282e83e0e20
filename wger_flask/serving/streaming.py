"""Answers that go on for minutes, piece by piece, and hold nothing in between but their connection.

An application whose answer is such a one finds :class:`Streamed` in its environment, as ``wger_flask.stream_wrapper``,
and gives it a source: an object with

* ``advance()``: the next bytes, ``b""`` where there is nothing to send at the moment, None at the end;
* ``is_due``: whether a source that waits should be advanced now;
* ``on_wake``: set by the server, to be called, from any thread, when it has become due;
* ``stop()``: end soon;  ``close()``: give up what it holds, maybe twice.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn, Protocol

KEY = "wger_flask.stream_wrapper"


class Source(Protocol):
    """What an application streams."""

    on_wake: Callable[[], None]

    def advance(self) -> bytes | None:
        """Return the next bytes, none where there are none at the moment, None at the end."""

    @property
    def is_due(self) -> bool:
        """Whether to advance, where it waited."""

    def stop(self) -> None:
        """End soon."""

    def close(self) -> None:
        """Give up what it holds."""


class Streamed:
    """The answer of an application that is streamed from ``source``."""

    def __init__(self, source: Source):
        self.source = source

    def __iter__(self) -> NoReturn:
        raise TypeError("a streamed answer is driven by the server")


class Streaming:
    """A streamed answer on its way; ``response`` is gunicorn's, ``ended`` is called once at its end."""

    def __init__(self, source: Source, response: Any, ended: Callable[[], None]):
        self.source, self._response = source, response
        self._ended: Callable[[], None] | None = ended
        self.is_waiting, self.is_over = False, False

    def produce(self) -> None:
        """Write the next piece.  Raises OSError where the reader is gone, and whatever the source does."""
        piece = self.source.advance()
        if piece is None:
            self.source.close()
            self._response.close()
            self.is_over = True
            return
        self.is_waiting = not piece
        if piece:
            self._response.write(piece)

    def close(self) -> None:
        """Give up what it holds."""
        self.source.close()
        if self._ended is not None:
            ended, self._ended = self._ended, None
            ended()
