"""Where the picture in a file ends, and what else the file carries.

A decoder stops at the end of the picture and never looks at what follows, so a file can be a valid
picture and a valid archive or page at once. Therefore the container of each format is walked here,
without decoding: the bytes up to the end are the picture, and only those are ever stored.

What follows the end decides between two answers. Telephones append things to a JPEG: a second
picture for high dynamic range or depth, a film of a second, a block of Samsung's own. Refusing
those would refuse half of all photographs, so they are cut off. Anything else that follows a
picture was put there by somebody who wants it served: the file is refused. So are pictures that
hold the beginnings of a page or a program in their metadata, or the directory of an archive at
their end, where such a thing has to be to work.
"""

from __future__ import annotations

import io
import re
import zipfile

MAX_SCANS = 100  # of a progressive JPEG; cameras write about 10, each costs a pass over the picture
MAX_PARTS = 100_000  # chunks or boxes

_PNG = b"\x89PNG\r\n\x1a\n"
_BOXES = {b"ftyp", b"meta", b"mdat", b"moov", b"free", b"skip", b"uuid", b"mdft", b"grpl"}
_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_BITMAP_HEADERS = (12, 40, 52, 56, 64, 108, 124)

_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
# Each is long enough not to turn up in 20 MB of compressed pixels by accident.
_ACTIVE = re.compile(rb"<(?:script|html|iframe|!doctype|\?php)[\s>/]", re.IGNORECASE)


class Broken(ValueError):
    """The bytes do not follow the rules of their container, or stop before its end."""


class Doctored(ValueError):
    """The file carries something besides the picture."""


def format_of(data: bytes) -> str | None:
    """Return the format of a picture by its first bytes, as Pillow names it, "other" if not taken, None if unknown."""
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(_PNG):
        return "PNG"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data[4:8] == b"ftyp":
        end = min(int.from_bytes(data[:4], "big"), len(data), 1024)
        brands = {data[at : at + 4] for at in (8, *range(16, end, 4))}
        if brands & {b"avif", b"avis"}:
            return "AVIF"
        return "other" if brands & _HEIF_BRANDS else None
    bitmap = data.startswith(b"BM") and int.from_bytes(data[14:18], "little") in _BITMAP_HEADERS
    known = data.startswith(
        (b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*", b"\0\0\1\0", b"\0\0\0\x0cjP  ", b"\0\0\0\x0cJXL ")
    )
    return "other" if bitmap or known else None


def picture_in(data: bytes, kind: str) -> bytes:
    """Return the bytes of a file that are the picture, those that a camera appended cut off.

    `kind` is what `format_of` returned. Raises `Broken` and `Doctored`.
    """
    try:
        end = _ENDS[kind](data)
    except IndexError:
        raise Broken("the file stops in the middle of the picture") from None
    picture, rest = data[:end], data[end:].strip(b"\0")
    if rest and not (kind == "JPEG" and _by_a_camera(rest)):
        raise Doctored("something follows the picture")
    if _ACTIVE.search(picture) or b"%PDF-" in picture[:1024]:
        raise Doctored("a page or a program is in the metadata")
    if zipfile.is_zipfile(io.BytesIO(picture)):
        raise Doctored("an archive is in the picture")
    return picture


def _by_a_camera(rest: bytes) -> bool:
    # A picture, a film (the zeros before its first box are gone already), or Samsung's block.
    return rest.startswith(b"\xff\xd8\xff") or rest[1:5] == b"ftyp" or rest.endswith(b"SEFT")


def _jpeg_end(data: bytes) -> int:
    at, scans = 2, 0
    while True:
        if data[at] != 0xFF:
            raise Broken("a marker is missing")
        while data[at] == 0xFF:
            at += 1
        marker = data[at]
        at += 1
        if marker == 0xD9:  # end of image
            return at
        if marker == 0x01 or 0xD0 <= marker <= 0xD7:  # markers without a segment
            continue
        length = data[at] << 8 | data[at + 1]
        if length < 2 or marker in (0x00, 0xD8):
            raise Broken("a segment is impossible")
        at += length
        if marker == 0xDA:  # a scan: coded pixels follow, up to the next marker that is not one of theirs
            scans += 1
            following = _MARKER.search(data, at)
            if following is None or scans > MAX_SCANS:
                raise Broken("the scans do not end")
            at = following.start()


def _png_end(data: bytes) -> int:
    at = len(_PNG)
    for _ in range(MAX_PARTS):
        end = at + 12 + int.from_bytes(data[at : at + 4], "big")
        if end > len(data):
            break
        if data[at + 4 : at + 8] == b"IEND":
            return end
        at = end
    raise Broken("the chunks do not end")


def _webp_end(data: bytes) -> int:
    size = int.from_bytes(data[4:8], "little")
    end = 8 + size + size % 2
    if end > len(data) + size % 2:
        raise Broken("the file is shorter than it says")
    return end


def _avif_end(data: bytes) -> int:
    at = 0
    for _ in range(MAX_PARTS):
        if data[at + 4 : at + 8] not in _BOXES:
            return at
        size = int.from_bytes(data[at : at + 4], "big")
        if size == 0:
            return len(data)
        if size == 1:
            size = int.from_bytes(data[at + 8 : at + 16], "big")
        if size < 8 or at + size > len(data):
            break
        at += size
    raise Broken("the boxes do not end")


_ENDS = {"JPEG": _jpeg_end, "PNG": _png_end, "WEBP": _webp_end, "AVIF": _avif_end}
