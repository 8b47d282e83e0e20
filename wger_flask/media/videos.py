"""Decide whether an uploaded film is taken, and read its data where ffprobe is installed.

A film may be 100 MB, so it is never read whole: its container is walked by the sizes it states,
from the first byte to the last. That tells the format, that nothing is missing and that nothing
else was appended. Decoding is left to those who watch it.

Length, size of the picture and codec are for information only. They come from ffprobe, if the
server has it; without, they are zero and empty, and the film is taken all the same.
"""

from __future__ import annotations

import json
import os
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

MAX_MEGABYTES = 100
MAX_PARTS = 200_000  # boxes or pages
PROBE_SECONDS = 10

EXTENSIONS = {"mp4": ("mp4", "m4v"), "webm": ("webm",), "ogg": ("ogg", "ogv")}

_EBML, _SEGMENT = b"\x1a\x45\xdf\xa3", b"\x18\x53\x80\x67"
_MP4_BRANDS = {
    b"isom", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6", b"iso7", b"iso8", b"iso9", b"mp41", b"mp42", b"avc1", b"av01",
    b"M4V ", b"MSNV", b"dash", b"f4v ", b"mmp4",
}  # fmt: skip
_DEMUXERS = {"mp4": "mov", "webm": "matroska", "ogg": "ogg"}


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """A film that may be stored: bytes, "mp4", "webm" or "ogg", and the original extension with its dot."""

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
    if not _WALKS[kind](stream, size) or zipfile.is_zipfile(stream):
        raise InvalidVideo
    stream.seek(0)
    suffix = PurePath(filename or "").suffix
    if suffix[1:].lower() not in EXTENSIONS[kind]:
        raise ExtensionNotAllowed(suffix[1:].lower(), EXTENSIONS[kind])
    return VideoInfo(size, kind, suffix)


def probe(path: Path, kind: str) -> Metadata:
    """Return what ffprobe tells of a stored film, and the empty `Metadata` without it, in doubt or after 10 seconds.

    `kind` is the format found by `inspect`. The demuxer is named and nothing but the file may be
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


def _mp4_is_whole(stream: BinaryIO, size: int) -> bool:
    at, kinds = 0, set()
    for _ in range(MAX_PARTS):
        if at == size:
            return b"moov" in kinds
        head = _at(stream, at, 16)
        length = int.from_bytes(head[:4], "big")
        if length == 1:
            length = int.from_bytes(head[8:16], "big")
        elif length == 0:
            length = size - at
        if length < 8 or at + length > size or not head[4:8].isascii():
            return False
        kinds.add(head[4:8])
        at += length
    return False


def _webm_is_whole(stream: BinaryIO, size: int) -> bool:
    """Return whether a film is its header and one segment, which ends with the file or, as in a live one, anywhere."""
    header = _vint(stream, 4)
    if header is None:
        return False
    at = header[0] + header[1]
    segment = _vint(stream, at + 4)
    if _at(stream, at, 4) != _SEGMENT or segment is None:
        return False
    start, length, width = segment[0], segment[1], segment[0] - at - 4
    return length == (1 << 7 * width) - 1 or start + length == size


def _vint(stream: BinaryIO, offset: int) -> tuple[int, int] | None:
    """Return where a variable-length number of EBML ends, and the number."""
    data = _at(stream, offset, 8)
    if not data or not data[0]:
        return None
    width = 9 - data[0].bit_length()
    number = int.from_bytes(data[:width], "big") & ((1 << 7 * width) - 1)
    return (offset + width, number) if len(data) >= width else None


def _ogg_is_whole(stream: BinaryIO, size: int) -> bool:
    at = 0
    for _ in range(MAX_PARTS):
        if at == size:
            return True
        head = _at(stream, at, 27 + 255)
        if not head.startswith(b"OggS\0") or len(head) < 27:
            return False
        segments = head[26]
        at += 27 + segments + sum(head[27 : 27 + segments])
        if at > size:
            return False
    return False


_WALKS = {"mp4": _mp4_is_whole, "webm": _webm_is_whole, "ogg": _ogg_is_whole}
