"""Write files that are there whole or not at all, whatever happens meanwhile."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MARGIN = 16 << 20
"""Bytes that are left free on a disk, beside what is written there."""


def has_room(folder: Path, size: int) -> bool:
    """Tell whether a file of ``size`` bytes may be written to a folder."""
    return shutil.disk_usage(folder).free >= size + MARGIN


def create(path: Path) -> None:
    """Make an empty file that only its owner may read or write; raises FileExistsError where the name is taken."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))


def flush(path: Path) -> None:
    """Have a file, or the names in a folder, written to the disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def replacing(path: Path, part: Path | None = None) -> Iterator[Path]:
    """Give a block the name of an empty file, which takes the place of ``path`` once the block has ended well.

    Until then it is called ``part``, by default ``.<name>.part`` beside ``path``; an exception takes it away, and what
    a process left there that was killed.  Only its owner may read it.  Raises OSError.
    """
    part = part or path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)  # of a process that was killed
    create(part)
    try:
        yield part
        flush(part)
        os.replace(part, path)
        flush(path.parent)
    finally:
        part.unlink(missing_ok=True)
