"""Know what may be wrong with a packed file that a client sends."""

from __future__ import annotations

import lzma
import zipfile
import zlib

BROKEN = (OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, NotImplementedError)
"""What reading a packed file that is damaged, or packed in an unknown way, raises."""

BROKEN_ZIP = (*BROKEN, RuntimeError, ValueError)
"""What opening a zip archive or a file in it raises, too: for a password; for places and names that cannot be."""

USUAL_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""How programs pack what they export.  Unpacking the others may take gigabytes of memory for a few bytes."""


def leads_elsewhere(name: str) -> bool:
    """Tell whether a file's name in an archive, as the archive spells it, leads out of the folder it is unpacked in."""
    parts = name.replace("\\", "/").split("/")
    return ".." in parts or not parts[0] or ":" in parts[0] or "\x00" in name
