"""What stands behind the end of a picture or film.

Telephones append a second picture, a film of a second, a list of properties, a block of their own;
programs that crop leave the end of the old file; transfers add a line end.  No program shows any of it,
and none of it is stored.  But an archive, a document, a program or a page there was put there by
an attacker who wants it served, so such a file is refused, though nothing of it would be kept.
"""

from __future__ import annotations

import re

LOOKED_AT = 1 << 16
"""How much of what follows a film is looked at, from its beginning, in bytes."""

# Each is long enough not to turn up in 20 MB of compressed pixels by accident.  A list of properties,
# as Apple's programs write them, begins with a document type too.
ACTIVE = re.compile(rb"<(?:(?:script|html|iframe|\?php)[\s>/]|!doctype[\s>/]\s*+(?!plist[\s>]))", re.IGNORECASE)
_ARCHIVES = (
    b"PK\3\4", b"PK\5\6", b"Rar!\x1a\7", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b\x08", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd",
    b"MSCF", b"!<arch>\n",
)  # fmt: skip
_DOCUMENTS = (b"%PDF-", b"%!PS", b"{\\rtf", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"<svg")
_PROGRAMS = (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"asm\1\0\0\0", b"#!/")
_FOREIGN = (*_ARCHIVES, *_DOCUMENTS, *_PROGRAMS)
_BZIP2 = re.compile(rb"BZh[1-9]1AY&SY")
_EARLY = 1024  # within how much a reader of PDF looks for its beginning


def is_foreign(rest: bytes) -> bool:
    """Return whether what follows the end is something else altogether: an archive, document, program or page."""
    rest = rest.lstrip(b"\0\t\n\r\f ")
    # What follows a picture or film of a camera's is cut off with it.
    if rest.startswith(b"\xff\xd8\xff") or rest[4:8] == b"ftyp" or rest[1:5] == b"ftyp":
        return False
    if rest.startswith(_FOREIGN) or _BZIP2.match(rest) or rest[257:262] == b"ustar" or b"%PDF-" in rest[:_EARLY]:
        return True
    if rest.startswith(b"<?xml") and b"<plist" not in rest[:_EARLY]:
        return True
    return bool(ACTIVE.search(rest))
