"""Write a file whole or not at all, packed as its name says; :mod:`.unpacking` reads it."""

from __future__ import annotations

import bz2
import gzip
import lzma
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from ..storage.whole_files import replacing

_PACKERS: dict[str, Callable[[IO[bytes]], Any]] = {
    ".gz": lambda file: gzip.GzipFile("", "wb", 6, file, mtime=0),  # the same rows give the same bytes
    ".bz2": lambda file: bz2.BZ2File(file, "wb"),
    ".xz": lambda file: lzma.LZMAFile(file, "wb", preset=3),
}
ENDINGS = (".json", *(f".json{packed}" for packed in _PACKERS))
"""How names of documents end that ``loaddata`` takes."""


@contextmanager
def written(path: Path) -> Iterator[IO[bytes]]:
    """Open a stream whose bytes become the file ``path`` when the block ends, in place of one that is there.

    Only its owner may read the file: rows of accounts hold what logs people in.  Raises OSError.
    """
    packer = _PACKERS.get(path.suffix)
    with replacing(path) as part, part.open("wb") as file:
        if packer is None:
            yield file
        else:
            with packer(file) as packed:
                yield packed
