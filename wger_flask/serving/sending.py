"""Send an answer as fast as its reader takes it, without a thread waiting for it.

gunicorn writes answers to what it takes for a socket.  What the system does not take at once is kept,
in memory while it is little, else in a temporary file, and sent when the reader is ready for more.
"""

from __future__ import annotations

import os
import socket
from collections import deque
from contextlib import suppress
from tempfile import TemporaryFile
from typing import IO

from .room import Room

MEMORY_BYTES = 2**16  # what is less is sent together, at the end: a head and a short body make one packet
STEP_BYTES = 2**20


class Sending:
    """What is sent to a socket that does not block; has those of its methods that gunicorn uses."""

    def __init__(self, sock: socket.socket, room: Room):
        self._sock, self._room = sock, room
        self._parts: deque[memoryview | _Range] = deque()
        self._held = 0  # bytes in memory
        self._spool: IO[bytes] | None = None
        self._aside = 0  # bytes in it
        self._files: list[int] = []

    def sendall(self, data: bytes) -> None:
        """Send bytes, now or later.  Raises OSError where the reader is gone or there is no room to keep them."""
        if data:
            self._parts.append(memoryview(bytes(data)))
            self._held += len(data)
            if self._held > MEMORY_BYTES and not self.flush() and self._held > MEMORY_BYTES:
                self._put_aside()

    def send(self, data: bytes) -> int:
        """Send bytes; but whether to go ahead with a body, the client has been told before."""
        if not data.startswith(b"HTTP/1.1 100 "):
            self.sendall(data)
        return len(data)

    def sendfile(self, file: IO[bytes], offset: int = 0, count: int | None = None) -> int:
        """Send a part of a file, which may be closed meanwhile."""
        descriptor = os.dup(file.fileno())
        self._files.append(descriptor)
        count = os.fstat(descriptor).st_size - offset if count is None else count
        self._parts.append(_Range(descriptor, offset, offset + count))
        return count

    def gettimeout(self) -> float:
        """Tell that it never waits."""
        return 0.0

    def flush(self) -> bool:
        """Send what the reader takes now; tell whether that was everything.  Raises OSError."""
        while self._parts:
            part = self._parts[0]
            try:
                if isinstance(part, _Range):
                    if self._send_range(part):
                        self._parts.popleft()
                    continue
                sent = self._sock.sendmsg(self._together())
            except (BlockingIOError, InterruptedError):
                return False
            self._drop(sent)
        return True

    def close(self) -> None:
        """Give back what it held."""
        self._parts.clear()
        for descriptor in self._files:
            with suppress(OSError):
                os.close(descriptor)
        self._files.clear()
        if self._spool is not None:
            self._spool.close()
            self._spool = None
        self._room.release_connection(self._aside)
        self._aside = 0

    def _together(self) -> list[memoryview]:
        parts: list[memoryview] = []
        for part in self._parts:
            if isinstance(part, _Range) or len(parts) == 16:
                break
            parts.append(part)
        return parts

    def _drop(self, sent: int) -> None:
        self._held -= sent
        while sent:
            part = self._parts[0]
            assert isinstance(part, memoryview)  # as _together() took them
            if sent < len(part):
                self._parts[0] = part[sent:]
                return
            sent -= len(part)
            self._parts.popleft()

    def _send_range(self, part: _Range) -> bool:
        sent = os.sendfile(self._sock.fileno(), part.descriptor, part.offset, min(STEP_BYTES, part.end - part.offset))
        if not sent and part.offset < part.end:
            raise ConnectionAbortedError("a file became shorter while it was sent")
        part.offset += sent
        return part.offset >= part.end

    def _put_aside(self) -> None:
        """Move what is in memory to a file: all of it is behind what is there already."""
        kept: list[memoryview] = []
        while self._parts and isinstance(part := self._parts[-1], memoryview):
            kept.append(part)
            self._parts.pop()
        size = sum(map(len, kept))
        self._held -= size
        self._room.take(size)
        if self._spool is None:
            self._spool = TemporaryFile()
        start, self._aside = self._aside, self._aside + size
        self._spool.writelines(reversed(kept))
        self._spool.flush()
        last = self._parts[-1] if self._parts else None
        if isinstance(last, _Range) and last.descriptor == self._spool.fileno():
            last.end += size
        else:
            self._parts.append(_Range(self._spool.fileno(), start, start + size))


class _Range:
    """A part of an open file."""

    __slots__ = ("descriptor", "end", "offset")

    def __init__(self, descriptor: int, offset: int, end: int):
        self.descriptor, self.offset, self.end = descriptor, offset, end
