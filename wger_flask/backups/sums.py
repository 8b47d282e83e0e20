"""SHA-256 sums of what is read and written, without a second look at it."""

from __future__ import annotations

import hashlib
from typing import IO, Any

from .format import AT_ONCE


class SummedReader:
    """A stream whose sum is known once it was read; no more than :data:`.format.AT_ONCE` bytes come at a time."""

    def __init__(self, stream: IO[bytes]):
        self._stream, self.sum = stream, hashlib.sha256()

    def read(self, size: int = AT_ONCE) -> bytes:
        """Return the next bytes, ``size`` at most."""
        data = self._stream.read(min(size, AT_ONCE) if size >= 0 else AT_ONCE)
        self.sum.update(data)
        return data


class SummedWriter:
    """A file whose sum is known once it is written."""

    def __init__(self, file: IO[bytes]):
        self._file, self.sum = file, hashlib.sha256()

    def write(self, data: bytes) -> int:
        """Write bytes."""
        self.sum.update(data)
        return self._file.write(data)

    def flush(self) -> None:
        """Hand on what waits."""
        self._file.flush()


def sum_line(summed: SummedReader, name: str) -> bytes:
    """Return the line of a list of sums that tells that of the file ``name``, which was read."""
    return f"{summed.sum.hexdigest()}  {name}\n".encode()


def sum_of(stream: Any) -> str:
    """Return the sum of what a stream gives, in hex digits."""
    found = SummedReader(stream)
    while found.read():
        pass
    return found.sum.hexdigest()
