"""Decide whether an uploaded film is taken, and read its data where ffprobe is installed.

A film may be 100 MB, so it is never read whole: its container is walked by the sizes it states,
from the first byte to the last. That tells the format, that nothing is missing and where the film
ends. What follows is not part of it (`tails`). Decoding is left to those who watch it.

Length, size of the picture and codec are for information only. They come from ffprobe, if the
server has it; without, they are zero and empty, and the film is taken all the same.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import zipfile
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path, PurePath
from typing import BinaryIO

from wger_flask.media.errors import (
    EmptyFile,
    ExtensionNotAllowed,
    InvalidVideo,
    NotAFile,
    NotSubmitted,
    TooLarge,
    UnsupportedFormat,
)
from wger_flask.media.tails import LOOKED_AT, is_foreign

MAX_MEGABYTES = 100
MAX_PARTS = 200_000  # boxes or pages
PROBE_SECONDS = 10

EXTENSIONS = {"mp4": ("mp4", "m4v"), "webm": ("webm",), "ogg": ("ogg", "ogv")}

_EBML, _SEGMENT = b"\x1a\x45\xdf\xa3", b"\x18\x53\x80\x67"
_MP4_BRANDS = {
    b"isom", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6", b"iso7", b"iso8", b"iso9", b"mp41", b"mp42", b"avc1", b"av01",
    b"M4V ", b"MSNV", b"dash", b"f4v ", b"mmp4",
}  # fmt: skip
# Of which films are made, by the file format (ISO 14496-12) and QuickTime; others may stand between them.
_BOXES = {
    b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"uuid", b"meta", b"moof", b"mfra", b"sidx", b"styp", b"emsg",
    b"pdin", b"udta", b"ssix", b"prft", b"pnot",
}  # fmt: skip
_KIND = re.compile(rb"[A-Za-z0-9 _.\-\xa9]{4}")
_DEMUXERS = {"mp4": "mov", "webm": "matroska", "ogg": "ogg"}


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """A film that may be stored.

    `size` are the bytes that are the film, without what follows its end. `format` is "mp4", "webm" or
    "ogg", `extension` that of the original name with its dot.
    """

    size: int
    format: str
    extension: str


@dataclass(frozen=True, slots=True)
class Metadata:
    """What ffprobe tells: duration in seconds, width and height in pixels, and the codec's short and long name."""

    duration: Decimal = Decimal("0.00")
    width: int = 0
    height: int = 0
    codec: str = ""
    codec_long: str = ""


def inspect(stream: BinaryIO | None, filename: str | None) -> VideoInfo:
    """Return what a film is, or raise a `RefusedFile` that says why it is not taken.

    `stream` is the uploaded file, which can be sought in; it is left at its beginning. See
    `images.inspect` for what else it may be.
    """
    if stream is None:
        raise NotSubmitted
    if not hasattr(stream, "read"):
        raise NotAFile
    size = stream.seek(0, os.SEEK_END)
    if not size:
        raise EmptyFile
    if size > MAX_MEGABYTES * 1024 * 1024:
        raise TooLarge(f"video file size is {MAX_MEGABYTES}MB")
    kind = _format_of(_at(stream, 0, 1024))
    if kind is None:
        raise UnsupportedFormat(EXTENSIONS)
    end = _ENDS[kind](stream, size)
    if end is None or zipfile.is_zipfile(stream) or is_foreign(_at(stream, end, LOOKED_AT)):
        raise InvalidVideo
    stream.seek(0)
    suffix = PurePath(filename or "").suffix
    if suffix[1:].lower() not in EXTENSIONS[kind]:
        raise ExtensionNotAllowed(suffix[1:].lower(), EXTENSIONS[kind])
    return VideoInfo(end, kind, suffix)


def probe(path: Path, kind: str) -> Metadata:
    """Return what ffprobe tells of a stored film, and the empty `Metadata` without it, in doubt or after 10 seconds.

    `kind` is the format that `inspect` returned. The demuxer is named and nothing but the file may be
    opened, so that a crafted film cannot make the server read other files or addresses.
    """
    program = shutil.which("ffprobe")
    if program is None:
        return Metadata()
    command = [program, "-v", "error", "-protocol_whitelist", "file", "-f", _DEMUXERS[kind], "-of", "json"]
    command += [
        "-select_streams",
        "v:0",
        "-show_entries",
        "format=duration:stream=width,height,codec_name,codec_long_name",
    ]
    try:
        done = subprocess.run(
            [*command, f"file:{path.absolute()}"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PROBE_SECONDS,
            check=True,
        )
        answer = json.loads(done.stdout)
        video = (answer.get("streams") or [{}])[0]
        return Metadata(
            Decimal(answer.get("format", {}).get("duration") or 0).quantize(Decimal("0.01")),
            int(video.get("width") or 0),
            int(video.get("height") or 0),
            str(video.get("codec_name") or "")[:30],
            str(video.get("codec_long_name") or "")[:100],
        )
    except (OSError, subprocess.SubprocessError, ValueError, TypeError, AttributeError, InvalidOperation):
        return Metadata()


def _at(stream: BinaryIO, offset: int, size: int) -> bytes:
    stream.seek(offset)
    return stream.read(size)


def _format_of(head: bytes) -> str | None:
    if head[4:8] == b"ftyp":
        end = min(int.from_bytes(head[:4], "big"), len(head))
        if head[8:12] in _MP4_BRANDS or head[8:12] != b"qt  " and _MP4_BRANDS & _brands(head, end):
            return "mp4"
    if head.startswith(_EBML) and b"\x42\x82\x84webm" in head[:64]:
        return "webm"
    return "ogg" if head.startswith(b"OggS\0") else None


def _brands(head: bytes, end: int) -> set[bytes]:
    return {head[at : at + 4] for at in range(16, end, 4)}


def _mp4_end(stream: BinaryIO, size: int) -> int | None:
    """Return where a film ends: at the end of the last of its boxes."""
    at, kinds = 0, set()
    for _ in range(MAX_PARTS):
        head = _at(stream, at, 16)
        length, kind = int.from_bytes(head[:4], "big"), head[4:8]
        if length == 1:
            length = int.from_bytes(head[8:16], "big")
        elif length == 0 and kind in _BOXES:
            length = size - at
        if len(kind) < 4 or not _KIND.fullmatch(kind) or length < 8 or at + length > size:
            # A box of films that goes on after the end of the file was cut off, anything else is none.
            return at if b"moov" in kinds and not (length > 8 and kind in _BOXES) else None
        kinds.add(kind)
        at += length
    return None


def _webm_end(stream: BinaryIO, size: int) -> int | None:
    """Return where the one segment after the header of a film ends: with the file in a live one, which does not say."""
    header = _vint(stream, 4)
    if header is None:
        return None
    at = header[0] + header[1]
    segment = _vint(stream, at + 4)
    if _at(stream, at, 4) != _SEGMENT or segment is None:
        return None
    start, length, width = segment[0], segment[1], segment[0] - at - 4
    if length == (1 << 7 * width) - 1:
        return size
    return start + length if start + length <= size else None


def _vint(stream: BinaryIO, offset: int) -> tuple[int, int] | None:
    """Return where a variable-length number of EBML ends, and the number."""
    data = _at(stream, offset, 8)
    if not data or not data[0]:
        return None
    width = 9 - data[0].bit_length()
    number = int.from_bytes(data[:width], "big") & ((1 << 7 * width) - 1)
    return (offset + width, number) if len(data) >= width else None


def _ogg_end(stream: BinaryIO, size: int) -> int | None:
    """Return where a film ends: at the end of the last of its pages."""
    at = 0
    for _ in range(MAX_PARTS):
        head = _at(stream, at, 27 + 255)
        if not head.startswith(b"OggS\0"):
            return at or None
        segments = head[26] if len(head) > 26 else 0
        at += 27 + segments + sum(head[27 : 27 + segments])
        if at > size:
            return None
    return None


_ENDS = {"mp4": _mp4_end, "webm": _webm_end, "ogg": _ogg_end}
