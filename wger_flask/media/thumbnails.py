"""Make the small versions of a picture that lists and cards show.

They lie beside the picture, under a name that is made of its own: clients build the address from
that of the picture, so the name is part of the API. A thumbnail shows the picture upright, as it
was taken (EXIF orientation), on white where it is transparent, in its colour space, and without its
metadata: the place where a photograph was taken is nobody's business.
"""

from __future__ import annotations

import os
import uuid
from pathlib import Path

from PIL import Image, ImageOps

from wger_flask.media.errors import InvalidImage
from wger_flask.media.images import open_picture

SIZES = {"small": (200, 200), "medium": (400, 400)}
QUALITY = 85


def name_of(name: str, box: tuple[int, int], quality: int = QUALITY) -> str:
    """Return the name of a picture's thumbnail, like ``a.png.200x200_q85.jpg``."""
    return f"{name}.{box[0]}x{box[1]}_q{quality}.jpg"


def make(path_in: Path, path_out: Path, box: tuple[int, int], quality: int = QUALITY) -> tuple[int, int]:
    """Write a JPEG of a picture that fits inside the box, and return its width and height in pixels.

    The proportions stay; a picture smaller than the box keeps its size. The file appears whole or
    not at all. Raises `InvalidImage` if the picture cannot be decoded, OSError if a file cannot be
    read or written.
    """
    small = _open_small(path_in, box)
    _write(small, path_out, quality)
    return small.size


def make_all(path: Path) -> dict[str, Path]:
    """Write every thumbnail of a picture beside it, and return their paths by label. Raises like `make`.

    The picture is decoded once, for the largest; the others are made of that one.
    """
    paths = {}
    small = _open_small(path, max(SIZES.values()))
    for label, box in sorted(SIZES.items(), key=lambda item: item[1], reverse=True):
        small.thumbnail(box, Image.Resampling.LANCZOS)
        paths[label] = path.with_name(name_of(path.name, box))
        _write(small, paths[label], QUALITY)
    return paths


def _write(small: Image.Image, path: Path, quality: int) -> None:
    profile = small.info.get("icc_profile")
    part = path.with_name(f".{uuid.uuid4().hex}.part")
    try:
        small.save(part, "JPEG", quality=quality, optimize=True, **({"icc_profile": profile} if profile else {}))
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def _open_small(path: Path, box: tuple[int, int]) -> Image.Image:
    with path.open("rb") as stream, open_picture(stream) as image:
        try:
            return _small(image, box)
        except Exception as error:
            raise InvalidImage from error


def _small(image: Image.Image, box: tuple[int, int]) -> Image.Image:
    # Turned by a quarter, the picture has to fit the box turned by a quarter. Shrinking comes first:
    # a JPEG is then decoded at a fraction of its size.
    turned = image.getexif().get(0x0112, 1) in (5, 6, 7, 8)
    image.thumbnail(box[::-1] if turned else box, Image.Resampling.LANCZOS)
    small = ImageOps.exif_transpose(image)
    if small.has_transparency_data:
        small = small.convert("RGBA")
        white = Image.new("RGB", small.size, "white")
        white.paste(small, mask=small.getchannel("A"))
        white.info["icc_profile"] = small.info.get("icc_profile")
        return white
    if small.mode in ("RGB", "L"):
        return small
    converted = small.convert("RGB")
    if small.mode != "P":
        # The profile describes the colours of the mode that was left.
        converted.info.pop("icc_profile", None)
    return converted
