"""Names of files: the path below the folder with forward slashes, as the database has it."""

from __future__ import annotations

import os
import re
import uuid
from pathlib import PurePosixPath

_THUMBNAIL = re.compile(r"\.\d+x\d+_q\d+\.jpg")
_LONGEST = 1024  # of a name, in bytes: more than any column holds, less than any system takes
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f\\:*?"<>|]')


class UnsafeName(ValueError):
    """A name would lead out of the folder, or is none."""


def new_name(folder: str, extension: str) -> str:
    """Return a fresh name in a folder, like ``gallery/3/6f0e….png``; the extension comes with its dot."""
    return f"{folder}/{uuid.uuid4()}{extension}"


def parts_of(name: str) -> list[str]:
    """Return the folders of a name and the file's own. Raises `UnsafeName`."""
    parts = name.split("/")
    if any(not part or part.startswith(".") or len(os.fsencode(part)) > 255 for part in parts):
        raise UnsafeName(name)
    if _FORBIDDEN.search(name) or len(os.fsencode(name)) > _LONGEST:
        raise UnsafeName(name)
    return parts


def is_thumbnail(other: str, name: str) -> bool:
    """Tell whether ``other`` is the name of a thumbnail of the picture ``name``."""
    return other.startswith(name) and bool(_THUMBNAIL.fullmatch(other.removeprefix(name)))


def another_name(name: str) -> str:
    """Return a name beside ``name``, which is taken."""
    path = PurePosixPath(name)
    return str(path.with_name(f"{path.stem}_{uuid.uuid4().hex[:8]}{path.suffix}"))
