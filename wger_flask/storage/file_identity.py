"""Tell which file has a name: one that was put in another's place has the same name and is another."""

from __future__ import annotations

import os

FileIdentity = tuple[int, int]
"""The device and the number of a file."""


def identity_of(path: str | os.PathLike[str]) -> FileIdentity | None:
    """Return the device and the number of the file that ``path`` names now, None where there is none."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_dev, status.st_ino
