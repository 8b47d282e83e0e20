"""Read lines, with their numbers, from a stream that only knows how to read some bytes."""

from __future__ import annotations

from collections.abc import Iterator

from ..archives import BROKEN
from .unpacking import Readable

_AT_ONCE = 1 << 20
LONGEST = 64 << 20  # bytes of a line; products have some kilobytes


def numbered_lines(stream: Readable) -> Iterator[tuple[int, bytes]]:
    """Yield the lines of ``stream`` that are not blank, without their ends, and their numbers from 1.

    Raises ValueError for a line of more than :data:`LONGEST` bytes, and where what is packed ends too early.
    """
    number, rest = 0, b""
    while True:
        try:
            some = stream.read(_AT_ONCE)
        except BROKEN as broken:
            raise ValueError(f"the file cannot be read beyond line {number}: {broken}") from None
        lines = (rest + some).split(b"\n")
        rest = lines.pop() if some else b""
        for line in lines:
            number += 1
            if line.strip():
                yield number, line
        if len(rest) > LONGEST:
            raise ValueError(f"line {number + 1} has more than {LONGEST >> 20} MB")
        if not some:
            return
