"""Make the small versions of a picture that lists and cards show.

They lie beside the picture, under a name that is made of its own: clients build the address from
that of the picture, so the name is part of the API. A thumbnail shows the picture upright, as it
was taken (EXIF orientation), on white where it is transparent, in its colour space, and without its
metadata: the place where a photograph was taken stays private.
"""

from __future__ import annotations

import os
import uuid
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from wger_flask.media import aside
from wger_flask.media.errors import InvalidImage, storing
from wger_flask.media.images import open_picture

if TYPE_CHECKING:
    from PIL import Image

SIZES = {"small": (200, 200), "medium": (400, 400)}
QUALITY = 85


def name_of(name: str, box: tuple[int, int], quality: int = QUALITY) -> str:
    """Return the name of a picture's thumbnail, like ``a.png.200x200_q85.jpg``."""
    return f"{name}.{box[0]}x{box[1]}_q{quality}.jpg"


def render(path: Path, box: tuple[int, int], quality: int = QUALITY) -> bytes:
    """Return a JPEG of a picture that fits inside the box.

    The proportions stay; a picture smaller than the box keeps its size. Raises `InvalidImage` if the
    picture cannot be decoded, OSError if it cannot be read.
    """
    return _encoded(_open_small(path, box), quality)


def keep(content: bytes, path: Path) -> None:
    """Write a thumbnail, whole or not at all. Raises `NotStored`."""
    part = path.with_name(f".{uuid.uuid4().hex}.part")
    with storing():
        try:
            part.write_bytes(content)
            os.replace(part, path)
        finally:
            part.unlink(missing_ok=True)


def make_all(path: Path) -> dict[str, Path]:
    """Write every thumbnail of a picture beside it, and return their paths by label.

    The picture is decoded once, for the largest; the others are made of that one. Raises like `render`
    and `keep`.
    """
    from PIL import Image

    paths = {}
    small = _open_small(path, max(SIZES.values()))
    for label, box in sorted(SIZES.items(), key=lambda item: item[1], reverse=True):
        small.thumbnail(box, Image.Resampling.LANCZOS)
        paths[label] = path.with_name(name_of(path.name, box))
        keep(_encoded(small, QUALITY), paths[label])
    return paths


def _encoded(small: Image.Image, quality: int) -> bytes:
    profile, made = small.info.get("icc_profile"), BytesIO()
    small.save(made, "JPEG", quality=quality, optimize=True, **({"icc_profile": profile} if profile else {}))
    return made.getvalue()


def small_png(path: Path, box: tuple[int, int]) -> bytes:
    """Return a small version of a picture as PNG bytes; runs in another process."""
    small, made = _open_small(path, box, here=True), BytesIO()
    small.save(made, "PNG", icc_profile=small.info.get("icc_profile"))
    return made.getvalue()


def _open_small(path: Path, box: tuple[int, int], here: bool = False) -> Image.Image:
    from PIL import Image

    with path.open("rb") as stream, open_picture(stream) as image:
        if here or not aside.is_costly(image):
            try:
                return _small(image, box)
            except Exception as error:
                raise InvalidImage from error
    small = Image.open(BytesIO(aside.run("shrink", str(path), *map(str, box))), formats=("PNG",))
    small.load()
    return small


def _small(image: Image.Image, box: tuple[int, int]) -> Image.Image:
    from PIL import Image, ImageOps

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
