"""Take out of a photograph where it was taken, and leave everything else as it is.

Cameras write the position into the metadata: as the GPS part of Exif, and in words of their own or
Adobe's into XMP. A user who shows a picture of their body or of their exercise means to show that, and
not where they live. Nothing is encoded anew: what tells the position is overwritten where it stands
(Exif: with zeros, its entry gone; XMP: with blanks), so that no length and no offset in the file
changes; only checksums of a PNG are computed again, and what it holds packed is unpacked for that.
Orientation, colour profile and all else stay.

Exif 2.32 (CIPA DC-008), TIFF 6.0, XMP (ISO 16684-1).
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable

from wger_flask.media.containers import jpeg_segments, png_chunk, png_chunks, webp_chunks

_GPS, _EXIF = 0x8825, 0x8769
_HEADERS = (b"II*\0", b"MM\0*")
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
# Cameras write one position; what is made to keep us busy ends somewhere.
_MOST_ENTRIES, _MOST_PARTS, _MOST_HEADERS, _MOST_POSITIONS, _MOST_VALUE = 1000, 10, 20, 8, 4096

# exif:GPSLatitude, drone-dji:AbsoluteAltitude, geo:lat …: attributes, and elements that hold a text.
_NAME = (
    rb"(?!xmlns:)[A-Za-z_][\w.-]{0,63}:"
    rb"(?i:gps\w{0,40}|\w{0,20}(?:latitude|longt?itude|altitude)|lat|lon|long)"
)
_ATTRIBUTE = re.compile(rb"(?<=[\s\"'])" + _NAME + rb"\s{0,20}=\s{0,20}(?:\"[^\"<]{0,1000}\"|'[^'<]{0,1000}')")
_ELEMENT = re.compile(rb"<(" + _NAME + rb")(?:\s[^<>]{0,1000})?(?:/>|>[^<]{0,1000}</\1\s{0,20}>)")
_PROFILE = re.compile(rb"(\s*\w+\s+\d+\s)([\s0-9a-fA-F]*)\Z")
_MOST_UNPACKED = 1 << 20  # as the decoder


def without_position(data: bytes, kind: str) -> bytes:
    """Return a picture without what tells where it was taken; `kind` is what `format_of` returned."""
    return _FORMATS[kind](data)


def _cleared(block: bytes) -> bytes:
    """Return a part of a file, of the same length, without the positions of all Exif and XMP in it."""
    is_xmp = b"rdf:" in block or b"ns.adobe.com" in block
    if not is_xmp and not any(header in block for header in _HEADERS):
        return block  # a large file is copied only where there is something to look at
    cleared = bytearray(block)
    for header in _HEADERS:
        at = block.find(header)
        for _ in range(_MOST_HEADERS):
            if at < 0:
                break
            _clear_tiff(memoryview(cleared)[at:])
            at = block.find(header, at + 1)
    if is_xmp:
        for pattern in (_ATTRIBUTE, _ELEMENT):
            for place in pattern.finditer(bytes(cleared)):
                cleared[place.start() : place.end()] = b" " * (place.end() - place.start())
    return bytes(cleared)


def _clear_tiff(tiff: memoryview) -> None:
    """Take the position out of a TIFF structure, in place."""
    order = "<" if bytes(tiff[:2]) == b"II" else ">"
    waiting = [_number(tiff, 4, order, "I")]
    seen: set[int] = set()
    positions: set[int] = set()
    while waiting and len(seen) < _MOST_PARTS:
        at = waiting.pop(0)
        if at in seen or not 8 <= at <= len(tiff) - 2:
            continue
        seen.add(at)
        count = _number(tiff, at, order, "H")
        end = at + 2 + 12 * count
        if count > _MOST_ENTRIES or end > len(tiff):
            continue
        entry = at + 2
        while entry < end:
            tag = _number(tiff, entry, order, "H")
            if tag == _EXIF:
                waiting.append(_number(tiff, entry + 8, order, "I"))
            if tag != _GPS:
                entry += 12
                continue
            position = _number(tiff, entry + 8, order, "I")
            if position not in positions and len(positions) < _MOST_POSITIONS:
                positions.add(position)
                _erase(tiff, position, order)
            # The entries behind it move up, with the address of the next part, which follows them.
            last = min(end + 4, len(tiff))
            tiff[entry : last - 12] = bytes(tiff[entry + 12 : last])
            tiff[last - 12 : last] = bytes(12)
            count, end = count - 1, end - 12
            tiff[at : at + 2] = struct.pack(f"{order}H", count)
        if end + 4 <= len(tiff):
            waiting.append(_number(tiff, end, order, "I"))


def _erase(tiff: memoryview, at: int, order: str) -> None:
    """Overwrite a part of a TIFF structure and the values that it points to."""
    if not 8 <= at <= len(tiff) - 2:
        return
    count = _number(tiff, at, order, "H")
    end = at + 2 + 12 * count
    if count > _MOST_ENTRIES or end > len(tiff):
        return
    for entry in range(at + 2, end, 12):
        size = _SIZES.get(_number(tiff, entry + 2, order, "H"), 1) * _number(tiff, entry + 4, order, "I")
        value = _number(tiff, entry + 8, order, "I")
        size = min(size, _MOST_VALUE)
        if size > 4 and value >= 8 and value + size <= len(tiff):
            tiff[value : value + size] = bytes(size)
    tiff[at:end] = bytes(end - at)


def _number(tiff: memoryview, at: int, order: str, form: str) -> int:
    """Return the whole number at a place, 0 where there is none."""
    return struct.unpack_from(order + form, tiff, at)[0] if at + struct.calcsize(form) <= len(tiff) else 0


def _in_jpeg(data: bytes) -> bytes:
    return _replaced(data, [(start, end) for marker, start, end in jpeg_segments(data) if marker == 0xE1])


def _in_webp(data: bytes) -> bytes:
    parts = [(at + 8, end) for kind, at, end in webp_chunks(data) if kind in (b"EXIF", b"XMP ")]
    return _replaced(data, parts)


def _replaced(data: bytes, parts: list[tuple[int, int]]) -> bytes:
    made = None
    for start, end in parts:
        cleared = _cleared(part := data[start:end])
        if cleared != part:
            made = made or bytearray(data)
            made[start:end] = cleared
    return data if made is None else bytes(made)


def _in_png(data: bytes) -> bytes:
    made, kept = [], 0
    for kind, at, end in png_chunks(data):
        clear = _PNG_CHUNKS.get(kind)
        if clear is None:
            continue
        content = data[at + 8 : end - 4]
        cleared = clear(content)
        if cleared != content:
            made += [data[kept:at], png_chunk(kind, cleared)]
            kept = end
    return b"".join([*made, data[kept:]])


def _international_text(content: bytes) -> bytes:
    """Clear an iTXt chunk: keyword, 0, packed or not, how, language, 0, keyword again, 0, the text."""
    keyword, _, rest = content.partition(b"\0")
    packed, (language, _, more) = rest[:1] == b"\1", rest[2:].partition(b"\0")
    translated, _, text = more.partition(b"\0")
    plain = _unpacked(text) if packed else text
    cleared = _cleared_text(keyword, plain)
    if cleared == plain:
        return content
    return keyword + b"\0\0\0" + language + b"\0" + translated + b"\0" + cleared


def _text(content: bytes) -> bytes:
    keyword, _, text = content.partition(b"\0")
    return keyword + b"\0" + _cleared_text(keyword, text)


def _packed_text(content: bytes) -> bytes:
    keyword, _, rest = content.partition(b"\0")
    plain = _unpacked(rest[1:])
    cleared = _cleared_text(keyword, plain)
    return content if cleared == plain else keyword + b"\0\0" + zlib.compress(cleared)


def _unpacked(packed: bytes) -> bytes:
    """Return the unpacked bytes; nothing of what grows beyond measure or cannot be unpacked, as readers do."""
    try:
        unpacker = zlib.decompressobj()
        text = unpacker.decompress(packed, _MOST_UNPACKED)
        return text if unpacker.eof else b""
    except zlib.error:
        return b""


def _cleared_text(keyword: bytes, text: bytes) -> bytes:
    """Clear XMP, or Exif and XMP written as digits, which is how ImageMagick keeps them."""
    profile = _PROFILE.match(text) if keyword.startswith(b"Raw profile type ") else None
    if profile is None:
        return _cleared(text)
    try:
        block = bytes.fromhex(profile[2].decode())
    except ValueError:
        return text
    cleared = _cleared(block)
    if cleared == block:
        return text
    digits = cleared.hex()
    lines = [digits[at : at + 72] for at in range(0, len(digits), 72)]
    return profile[1] + "\n".join(lines).encode() + b"\n"


_PNG_CHUNKS: dict[bytes, Callable[[bytes], bytes]] = {
    b"eXIf": _cleared,
    b"iTXt": _international_text,
    b"zTXt": _packed_text,
    b"tEXt": _text,
}
# Where the items of an AVIF lie, several tables tell; what is looked for is found without them.
_FORMATS: dict[str, Callable[[bytes], bytes]] = {"JPEG": _in_jpeg, "PNG": _in_png, "WEBP": _in_webp, "AVIF": _cleared}
