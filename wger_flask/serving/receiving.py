"""Gather one request as it arrives: its head, its body, and when it is whole.

This looks only for where a request ends.  Whether it is a proper one, gunicorn's parser decides, which
reads it from here as if from a socket; what is certainly none is handed to it at once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from time import monotonic

from .room import Room

HEAD_BYTES = 2**16  # of a head: several times what browsers and proxies take
MEMORY_BYTES = 2**16  # of a body: more lies in a temporary file

_BARE_LINE_END = re.compile(rb"(?<!\r)\n")
_LENGTH = re.compile(rb"\r\ncontent-length[ \t]*:[ \t]*([^\r\n]*?)[ \t]*(?=\r\n)", re.IGNORECASE)
_CODING = re.compile(rb"\r\ntransfer-encoding[ \t]*:[ \t]*([^\r\n]*?)[ \t]*(?=\r\n)", re.IGNORECASE)
_IN_PARTS = re.compile(rb"\r\ncontent-type[ \t]*:[ \t]*multipart/", re.IGNORECASE)
_EXPECTS = re.compile(rb"\r\nexpect[ \t]*:[ \t]*100-continue[ \t]*(?=\r\n)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Limits:
    """What clients are given: ``head`` and ``idle`` in seconds, ``rate`` in bytes a second.

    ``body`` is the largest one in bytes, ``text`` the largest one that is not in parts, as files are.
    """

    head: float = 10
    idle: float = 15
    rate: int = 4000
    body: int = 110 * 2**20
    text: int = 5 * 2**20


class Receiving:
    """A request that arrives.

    ``is_whole`` tells whether to wait for more.  ``must_close`` tells that what comes after it is not
    known to be another request.
    """

    def __init__(self, limits: Limits, room: Room, deadline: float | None = None):
        self._limits, self._room = limits, room
        self._aside = 0  # bytes that lie in a file
        self._deadline = monotonic() + limits.head if deadline is None else deadline
        self._head = bytearray()
        self._body: SpooledTemporaryFile[bytes] | None = None
        self._began = 0.0  # when the body did
        self._most = 0  # bytes that its body may have
        self._missing = 0  # bytes of a body with a length
        self._chunks: Chunks | None = None
        self._is_read = 0  # bytes of the head
        self.size = 0  # bytes of the body that came
        self.rest = b""  # what came after it
        self.is_whole = self.must_close = self.head_too_long = self.wants_go_ahead = False

    def __bool__(self) -> bool:
        """Tell whether anything of it is there."""
        return bool(self._head)

    @property
    def deadline(self) -> float:
        """The moment by which more must have come, by the clock that never jumps."""
        if self._body is None:
            return self._deadline
        return self._began + self._limits.head + self.size / self._limits.rate

    def deadline_at_most(self, moment: float) -> None:
        """Let its head come by ``moment``, or earlier."""
        self._deadline = min(self._deadline, moment)

    def add(self, data: bytes) -> None:
        """Take what has arrived.  Raises OSError where a large body finds no room on the disk."""
        if self._body is None:
            if not self._head:
                self._deadline = monotonic() + self._limits.head
            data = self._add_to_head(data)
        if self._body is not None and data:
            self._add_to_body(self._body, data)

    def end(self) -> None:
        """Take note that nothing more will come."""
        self.is_whole = self.must_close = True

    # -- what has arrived --------------------------------------------------------------------
    def _add_to_head(self, data: bytes) -> bytes:
        """Add to the head, and return what is behind its end."""
        start = max(0, len(self._head) - 3)
        self._head += data
        end = self._head.find(b"\r\n\r\n", start)
        if end < 0:
            if len(self._head) > HEAD_BYTES:
                self.head_too_long = True
                self.end()
            elif _BARE_LINE_END.search(self._head, start):
                self.end()
            return b""
        behind = bytes(self._head[end + 4 :])
        del self._head[end + 4 :]
        self._read_head()
        if self.is_whole:
            self.rest = behind
            return b""
        self._body, self._began = SpooledTemporaryFile(MEMORY_BYTES), monotonic()
        self.wants_go_ahead = not behind and _EXPECTS.search(self._head) is not None
        return behind

    def _read_head(self) -> None:
        """Find out how the body ends."""
        coding, lengths = _CODING.findall(self._head), _LENGTH.findall(self._head)
        if coding or lengths:
            self._most = self._limits.body if _IN_PARTS.search(self._head) else self._limits.text
        if coding:
            if coding[-1].lower().rpartition(b",")[2].strip() != b"chunked" or lengths:
                self.end()
            self._chunks = Chunks()
        elif lengths and not (len(lengths) == 1 and re.fullmatch(rb"[0-9]{1,18}", lengths[0])):
            self.end()
        elif lengths:
            self._missing = int(lengths[0])
            if self._missing > self._most:  # the answer is known: it will not be read
                self.end()
            self.is_whole = self.is_whole or not self._missing
        else:
            self.is_whole = True

    def _add_to_body(self, body: SpooledTemporaryFile[bytes], data: bytes) -> None:
        if self._chunks is not None:
            taken = self._chunks.add(data)
            self.is_whole = self._chunks.is_whole
            if self._chunks.is_broken or self._chunks.size > self._most or self.size > 2 * self._most:
                self.end()
        else:
            taken = min(len(data), self._missing)
            self._missing -= taken
            self.is_whole = not self._missing
        self.rest = data[taken:] if self.is_whole else b""
        self.size += taken
        if self.size > MEMORY_BYTES:
            self._room.take(self.size - self._aside)
            self._aside = self.size
        body.write(data[:taken])

    # -- reading it, as from a socket ----------------------------------------------------------
    def recv(self, size: int) -> bytes:
        """Return up to ``size`` of its bytes; none at its end."""
        if self._is_read < len(self._head):
            part = bytes(self._head[self._is_read : self._is_read + size])
            self._is_read += len(part)
            if self._is_read == len(self._head) and self._body is not None:
                self._body.seek(0)
            return part
        return self._body.read(size) if self._body is not None else b""

    def close(self) -> None:
        """Give back the room that it took."""
        if self._body is not None:
            self._body.close()
        self._room.release_connection(self._aside)
        self._aside = 0


class Chunks:
    """Find the end of a body in chunks, whose bytes come in any pieces.

    ``size`` is the number of bytes in the chunks; ``is_broken`` tells that it is no such body.
    """

    LINE_BYTES = 2**13  # of a size with its extensions, or of a trailer

    def __init__(self) -> None:
        self._line = bytearray()
        self._missing = 0  # bytes of the open chunk, with the line end behind it
        self._in_trailers = False
        self._trailers = 0
        self.size = 0
        self.is_whole = self.is_broken = False

    def add(self, data: bytes) -> int:
        """Look at more bytes, and return how many of them belong to the body."""
        place = 0
        while place < len(data) and not (self.is_whole or self.is_broken):
            if self._missing:
                step = min(self._missing, len(data) - place)
                self._missing -= step
                place += step
                continue
            end = data.find(b"\n", place)
            stop = len(data) if end < 0 else end + 1
            self._line += data[place:stop]
            place = stop
            if len(self._line) > self.LINE_BYTES:
                self.is_broken = True
            elif end >= 0:
                self._take_line(bytes(self._line))
                self._line.clear()
        return len(data) if self.is_broken else place

    def _take_line(self, line: bytes) -> None:
        if self._in_trailers:
            self._trailers += len(line)
            self.is_whole = line == b"\r\n"
            self.is_broken = self._trailers > 4 * self.LINE_BYTES
            return
        digits = line.partition(b";")[0].strip()
        if not re.fullmatch(rb"[0-9a-fA-F]{1,15}", digits):
            self.is_broken = True
            return
        length = int(digits, 16)
        self.size += length
        self._in_trailers = not length
        self._missing = length + 2 if length else 0
