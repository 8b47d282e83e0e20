"""Pictures and films for the tests, made on the spot, and the tricks that are played with them."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import zipfile
import zlib

from PIL import Image

EXTENSION = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "AVIF": "avif"}


def picture(kind: str = "PNG", size: tuple[int, int] = (64, 48), mode: str = "RGB", color="red", **options) -> bytes:
    """Return a picture of one colour, with a few pixels that are not."""
    image = Image.new(mode, size, color)
    if mode == "RGB":
        for x in range(min(size)):
            image.putpixel((x, x), (x * 5 % 256, 255 - x % 256, 90))
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def animation(kind: str) -> bytes:
    """Return a picture of two frames."""
    frames = [Image.new("RGB", (20, 20), color) for color in ("red", "blue")]
    buffer = io.BytesIO()
    frames[0].save(buffer, kind, save_all=True, append_images=frames[1:], duration=100)
    return buffer.getvalue()


def png_chunk(kind: bytes, content: bytes) -> bytes:
    """Return a chunk of a PNG."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png_header(width: int, height: int) -> bytes:
    """Return a PNG that claims a size and holds a few pixels only."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 1000)
    chunks = ((b"IHDR", header), (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(kind, content) for kind, content in chunks)


def jpeg_with(segment: bytes, content: bytes, picture_: bytes | None = None) -> bytes:
    """Return a JPEG with one more segment at its beginning."""
    data = picture_ or picture("JPEG")
    return data[:2] + segment + struct.pack(">H", len(content) + 2) + content + data[2:]


def archive() -> bytes:
    """Return a zip file."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr(zipfile.ZipInfo("index.html"), "<script>alert(1)</script>")  # of a fixed date
    return buffer.getvalue()


PAGE = b"<html><script>alert(1)</script></html>"
PACKED_PAGE = gzip.compress(PAGE, mtime=0)  # not of now: tests are named after it
PROPERTIES = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" '
    b'"http://www.apple.com/DTDs/PropertyList-1.0.dtd">\n<plist version="1.0"><dict/></plist>\n'
)


def tar() -> bytes:
    """Return an archive of nothing, as tar makes it."""
    return b"index.html".ljust(257, b"\0") + b"ustar\x0000".ljust(255, b"\0")


FOREIGN = (
    PAGE, archive(), PACKED_PAGE, bz2.compress(PAGE), lzma.compress(PAGE), tar(), b"7z\xbc\xaf\x27\x1c\0\4",
    b"Rar!\x1a\7\1\0", b"%PDF-1.4", b"\n\n%PDF-1.7", b"{\\rtf1", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"MZ\x90",
    b"\x7fELF\2", b"#!/bin/sh\n", b"<?php system(1);", b"x<script>alert(1)</script>", b"<!DOCTYPE html><body>",
    b"<IFRAME src=x>",
    b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"<?xml version='1.0'?><svg/>", b"<!doctype  svg>",
)  # fmt: skip
"""What makes a file two things at once, behind a picture or film."""

TAILS = {
    "a byte": b"x",
    "a line end": b"\n",
    "a line end of Windows": b"\r\n",
    "zeros and a byte": b"\0" * 9 + b"x",
    "a second picture": b"GIF89a....",
    "a list of properties": PROPERTIES,
    "packed properties": b"bplist00\xd1\1\2",
    "two makers": b"\0\0\1\x0aName\5\0value" + b"SEFH...SEFT" + b'vivo{"model":"x"}',
    "XMP": b"<x:xmpmeta><rdf:RDF/>",
    "text": b"HwMnote\0\0MM\0*",
    "JSON": b'{"a": 1}',
    "noise": bytes(range(7, 256)) * 40,
    "an end": b"\xff\xd9",
}
"""What cameras, transfers and programs that crop leave behind a picture or film."""


def box(kind: bytes, content: bytes = b"") -> bytes:
    """Return a box of an MP4."""
    return struct.pack(">I", len(content) + 8) + kind + content


def mp4(brand: bytes = b"isom") -> bytes:
    """Return the skeleton of an MP4."""
    return (
        box(b"ftyp", brand + b"\0\0\2\0" + brand) + box(b"moov", box(b"mvhd", b"\0" * 100)) + box(b"mdat", b"\1" * 50)
    )


def ebml(kind: bytes, content: bytes) -> bytes:
    """Return an element of a WebM."""
    return kind + struct.pack(">B", 0x80 | len(content)) + content


def webm(doctype: bytes = b"webm") -> bytes:
    """Return the skeleton of a WebM."""
    header = ebml(b"\x1a\x45\xdf\xa3", ebml(b"\x42\x86", b"\1") + ebml(b"\x42\x82", doctype))
    return header + ebml(b"\x18\x53\x80\x67", b"\xec\x84\0\0\0\0" * 5)


def ogg() -> bytes:
    """Return two pages of an Ogg."""
    page = b"OggS\0\2" + b"\0" * 20 + b"\2" + bytes((100, 7)) + b"\3" * 107
    return page * 2
