"""Where the picture in a file ends, and what else the file carries.

A decoder stops at the end of the picture and never looks at what follows, so a file can be a valid
picture and a valid archive or page at once. Therefore the container of each format is walked here,
without decoding: the bytes up to the end are the picture, and only those are ever stored.

What follows the end is cut off, unless it is recognised as something that was put there to be served
(`tails`): such a file is refused. So are pictures that hold the beginnings of a page or a program in
their metadata, or the directory of an archive at their end, where such a thing has to be to work.

Cameras, programs and transfers are careless in ways that no decoder minds: bytes between segments, a
missing end, a length in the header that is wrong. Whatever can be decoded is taken, its container made
whole where the end is missing.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from wger_flask.media.tails import ACTIVE, is_foreign

MAX_SCANS = 100  # of a progressive JPEG; cameras write about 10, each costs a pass over the picture
MAX_PARTS = 100_000  # chunks or boxes

_PNG = b"\x89PNG\r\n\x1a\n"
_BOXES = {b"ftyp", b"meta", b"mdat", b"moov", b"free", b"skip", b"uuid", b"mdft", b"grpl"}
_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_BITMAP_HEADERS = (12, 40, 52, 56, 64, 108, 124)

_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
JPEG_END = b"\xff\xd9"


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


@dataclass(frozen=True, slots=True)
class Picture:
    """The bytes of a picture; `whole` is whether its end was there, or had to be put there."""

    content: bytes
    whole: bool = True


def picture_in(data: bytes, kind: str) -> Picture:
    """Return what of a file is the picture, all that follows its end cut off.

    `kind` is what `format_of` returned. Raises `Broken` and `Doctored`.
    """
    found, end = _WALKS[kind](data)
    if is_foreign(data[end:]):
        raise Doctored("something else follows the picture")
    if ACTIVE.search(found.content) or b"%PDF-" in found.content[:1024]:
        raise Doctored("a page or a program is in the metadata")
    if zipfile.is_zipfile(io.BytesIO(found.content)) or zipfile.is_zipfile(io.BytesIO(data)):
        raise Doctored("an archive is in the file")
    return found


def jpeg_segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield marker, beginning of the content and end of each segment of a JPEG; a scan's has its pixels with it.

    The last is the end of the image. Without one, the segments end with those that are whole. Raises
    `Broken`.
    """
    at, scans = 2, 0
    while True:
        at = data.find(b"\xff", at)  # decoders pass over what stands between segments
        if at < 0:
            return
        while data[at : at + 1] == b"\xff":
            at += 1
        marker = data[at] if at < len(data) else None
        at += 1
        if marker == 0xD9:
            yield marker, at, at
            return
        if marker in (0x00, 0x01) or marker is not None and 0xD0 <= marker <= 0xD7:  # without a segment
            continue
        if marker is None or at + 2 > len(data):
            return
        end = at + (data[at] << 8 | data[at + 1])
        if end < at + 2 or marker == 0xD8:
            raise Broken("a segment is impossible")
        if end > len(data):
            return
        start = at + 2
        if marker == 0xDA:  # a scan: coded pixels follow, up to the next marker that is not one of theirs
            scans += 1
            if scans > MAX_SCANS:
                raise Broken("the scans do not end")
            following = _MARKER.search(data, end)
            end = following.start() if following else len(data)
        yield marker, start, end
        at = end


def png_chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield kind, beginning and end of each chunk of a PNG; one that goes on behind the end of the file is the last."""
    at = len(_PNG)
    for _ in range(MAX_PARTS):
        if at + 8 > len(data):
            return
        kind, end = data[at + 4 : at + 8], at + 12 + int.from_bytes(data[at : at + 4], "big")
        yield kind, at, end
        if kind == b"IEND":
            return
        at = end
    raise Broken("the chunks do not end")


def png_chunk(kind: bytes, content: bytes) -> bytes:
    """Return a chunk of a PNG."""
    checked = zlib.crc32(kind + content).to_bytes(4, "big")
    return len(content).to_bytes(4, "big") + kind + content + checked


def webp_chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield kind, beginning and end of each chunk of a WebP that is whole; the last may lack its filling byte."""
    at = 12
    for _ in range(MAX_PARTS):
        if at + 8 > len(data):
            return
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        if at + 8 + size > len(data):
            return
        end = at + 8 + size + size % 2
        yield data[at : at + 4], at, end
        at = end
    raise Broken("the chunks do not end")


def _jpeg(data: bytes) -> tuple[Picture, int]:
    segments = list(jpeg_segments(data))
    if segments and segments[-1][0] == 0xD9:
        end = segments[-1][2]
        return Picture(data[:end]), end
    if all(marker != 0xDA for marker, _, _ in segments):
        raise Broken("the file stops before the picture")
    end = segments[-1][2]
    return Picture(data[:end].removesuffix(b"\xff") + JPEG_END, whole=False), len(data)


def _png(data: bytes) -> tuple[Picture, int]:
    whole, pixels = 0, False
    for kind, _, end in png_chunks(data):
        if end > len(data):
            if kind == b"IDAT":
                raise Broken("the file stops in the middle of the picture")
            break
        if kind == b"IEND":
            return Picture(data[:end]), end
        whole, pixels = end, pixels or kind == b"IDAT"
    if not pixels:
        raise Broken("the file stops before the picture")
    return Picture(data[:whole] + png_chunk(b"IEND", b""), whole=False), len(data)


def _webp(data: bytes) -> tuple[Picture, int]:
    size = int.from_bytes(data[4:8], "little")
    end = 8 + size + size % 2
    if end <= len(data) + size % 2:
        return Picture(data[:end]), end
    end = max((end for _, _, end in webp_chunks(data)), default=0)
    if not end:
        raise Broken("the file stops before the picture")
    content = data[12:end].ljust(end - 12, b"\0")
    return Picture(data[:4] + (end - 8).to_bytes(4, "little") + data[8:12] + content, whole=False), len(data)


def _avif(data: bytes) -> tuple[Picture, int]:
    at, kinds = 0, set()
    for _ in range(MAX_PARTS):
        kind = data[at + 4 : at + 8]
        size = int.from_bytes(data[at : at + 4], "big")
        if size == 1:
            size = int.from_bytes(data[at + 8 : at + 16], "big")
        if kind in _BOXES and size == 0 and data[at : at + 4] == bytes(4):
            return Picture(data), len(data)
        if kind not in _BOXES or size < 8 or at + size > len(data):
            # The decoder tells whether what there is will do.
            if b"meta" not in kinds or kind == b"mdat":
                raise Broken("the boxes do not end")
            return Picture(data[:at]), at
        kinds.add(kind)
        at += size
    raise Broken("the boxes do not end")


_WALKS = {"JPEG": _jpeg, "PNG": _png, "WEBP": _webp, "AVIF": _avif}
