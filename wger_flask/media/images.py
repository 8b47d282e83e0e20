"""Decide whether an uploaded picture is taken, by its content.

The name and the content type of an upload are what the sender says; what the file is, its bytes
tell. They are read whole (20 MB at most) and looked at in the order that costs least and trusts
least: the format by its first bytes, where the picture ends (`containers`), its size in pixels by
the header, and only then the pixels. Those are really decoded, which is the one way to know that
nothing is missing; a JPEG is decoded to an eighth of its size, which reads every byte all the same.

Only the decoders of the four formats that are taken are ever given the data. SVG is none of them:
it is a page with scripts that happens to draw.

Pillow is imported when there is a picture to look at: most processes never see one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from io import BytesIO
from itertools import chain
from pathlib import PurePath
from typing import TYPE_CHECKING, BinaryIO

from wger_flask.media import aside
from wger_flask.media.containers import JPEG_END, Broken, Doctored, format_of, picture_in
from wger_flask.media.errors import (
    AnimatedImage,
    EmptyFile,
    ExtensionNotAllowed,
    InvalidImage,
    NotAFile,
    NotSubmitted,
    TooLarge,
    UnsupportedFormat,
)
from wger_flask.media.position import without_position

if TYPE_CHECKING:
    from PIL import Image

MAX_MEGABYTES = 20
# By what decoding takes at worst: 6 bytes a pixel for a JPEG (a progressive one), 16 for WebP.
# Cameras write JPEG, and up to 50 million pixels; what comes in the other formats is not larger
# than a screen, of which 8K is the largest.
MAX_PIXELS = {"JPEG": 64_000_000, "PNG": 36_000_000, "WEBP": 36_000_000, "AVIF": 36_000_000}

EXTENSIONS = {
    "JPEG": ("jpeg", "jpg", "jpe", "jfif"),
    "PNG": ("png",),
    "WEBP": ("webp",),
    "AVIF": ("avif",),
}
ALLOWED = ("jpeg", "jpg", "png", "webp", "avif")
# Coded pixels of no meaning, with each of the marks at which decoding may begin anew.
_NOISE = b"".join(
    bytes(number * number * 7 % 251 for number in range(1 + mark, 300)) + bytes((0xFF, 0xD0 + mark))
    for mark in range(8)
)


@dataclass(frozen=True, slots=True)
class ImageInfo:
    """A picture that may be stored.

    `width` and `height` are in pixels as the file has them, before any EXIF orientation. `format`
    is Pillow's name. `extension` is that of the original name with its dot. `content` are the bytes
    to store: the picture alone, without what follows its end.
    """

    width: int
    height: int
    format: str
    extension: str
    content: bytes = field(repr=False)


def inspect(stream: BinaryIO | None, filename: str | None, keep_position: bool = False) -> ImageInfo:
    """Return what a picture is, or raise a `RefusedFile` that says why it is not taken.

    `stream` is the uploaded file at its beginning, None if there was none, and anything that cannot
    be read (a string) if the field held no file. Where a photograph was taken is not among the bytes
    to store, unless `keep_position`.
    """
    data = _read(stream)
    kind = format_of(data)
    if kind == "other":
        raise UnsupportedFormat(ALLOWED)
    if kind is None:
        raise InvalidImage
    try:
        found = picture_in(data, kind)
    except (Broken, Doctored) as error:
        raise InvalidImage from error
    content = found.content if keep_position else without_position(found.content, kind)
    with open_picture(BytesIO(content), kind) as image:
        size, is_costly = image.size, aside.is_costly(image)
    if is_costly:
        aside.run("look", kind, "whole" if found.whole else "cut", content=content)
    else:
        look(content, kind, found.whole)
    suffix = PurePath(filename or "").suffix
    extension = suffix[1:].lower()
    if extension not in EXTENSIONS[kind]:
        known = any(extension in extensions for extensions in EXTENSIONS.values())
        raise ExtensionNotAllowed(extension, EXTENSIONS[kind] if known else chain(*EXTENSIONS.values()))
    return ImageInfo(*size, kind, suffix, content)


def open_picture(stream: BinaryIO, *kinds: str) -> Image.Image:
    """Open a picture of the formats that are taken without decoding it.

    Raises `InvalidImage` if the header cannot be read or tells of more pixels than `MAX_PIXELS`.
    """
    from PIL import Image

    try:
        image = Image.open(stream, formats=kinds or tuple(EXTENSIONS))
    except Exception as error:
        # A decoder raises whatever its parser stumbles over: OSError, SyntaxError, ValueError, struct.error.
        raise InvalidImage from error
    if image.width * image.height > MAX_PIXELS.get(image.format or "", MAX_PIXELS["JPEG"]):
        image.close()
        raise InvalidImage
    return image


def _read(stream: BinaryIO | None) -> bytes:
    if stream is None:
        raise NotSubmitted
    if not hasattr(stream, "read"):
        raise NotAFile
    limit = MAX_MEGABYTES * 1024 * 1024
    data = stream.read(limit + 1)
    if not data:
        raise EmptyFile
    if len(data) > limit:
        raise TooLarge(f"image file size is {MAX_MEGABYTES}MB")
    return data


def look(content: bytes, kind: str, whole: bool) -> None:
    """Decode a picture, and refuse one of which something is missing; ``whole`` tells that its end was there.

    Raises `InvalidImage` or `AnimatedImage`.
    """
    with open_picture(BytesIO(content), kind) as image:
        if kind in ("WEBP", "AVIF") and getattr(image, "is_animated", False):
            raise AnimatedImage
        try:
            image.draft(None, (1, 1))
            image.load()
        except Exception as error:
            raise InvalidImage from error
    if kind == "JPEG" and not whole:
        _miss_nothing(content)


def _miss_nothing(content: bytes) -> None:
    """Refuse a JPEG whose end had to be put there, if pixels are missing before it.

    The decoder draws those as it likes and says nothing. But if none are missing, it does not look at
    what stands between the last of them and the end: whatever that is, the picture is the same.
    """
    drawn = []
    for filling in (b"", _NOISE):
        with open_picture(BytesIO(content.removesuffix(JPEG_END) + filling + JPEG_END), "JPEG") as image:
            image.draft(None, (1, 1))
            drawn.append(image.tobytes())
    if drawn[0] != drawn[1]:
        raise InvalidImage
