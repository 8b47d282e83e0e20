"""Decode large pictures in a process of their own, which takes its memory along when it ends.

A picture of a few megabytes may need hundreds to be decoded, and a server keeps what it once needed.
So what would need much is decoded aside, one picture at a time: that takes a tenth of a second
longer than decoding such a picture does anyway. As a program, this module does one of these jobs.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from wger_flask.media.errors import AnimatedImage, InvalidImage

if TYPE_CHECKING:
    from PIL import Image

MUCH = 24_000_000  # bytes; each thread of a server may be at it
# Bytes a pixel, at worst. A plain JPEG is decoded at a fraction of its size.
_COSTS = {"JPEG": 4, "PNG": 8, "WEBP": 16, "AVIF": 16}
LONGEST = 60  # seconds
_WRONG = {3: InvalidImage, 4: AnimatedImage}
_alone = threading.Lock()


def is_costly(image: Image.Image) -> bool:
    """Tell whether decoding an opened picture would need much memory."""
    if image.format == "JPEG" and not image.info.get("progressive"):
        return False
    return image.width * image.height * _COSTS.get(image.format or "", 16) > MUCH


def run(job: str, *arguments: str, content: bytes = b"") -> bytes:
    """Do a job in another process and return what it gives; raises `InvalidImage` or `AnimatedImage`."""
    command = [sys.executable, "-m", __name__, job, *arguments]
    place = str(Path(__file__).parents[2])
    path = os.pathsep.join(filter(None, (place, os.environ.get("PYTHONPATH", ""))))
    with _alone:
        try:
            done = subprocess.run(
                command, input=content, capture_output=True, timeout=LONGEST, env={**os.environ, "PYTHONPATH": path}
            )
        except subprocess.TimeoutExpired as error:
            raise InvalidImage from error
    if done.returncode:
        raise _WRONG.get(done.returncode, InvalidImage)
    return done.stdout


def main(job: str, *arguments: str) -> int:
    """Do the job that a server asks for; returns the exit status."""
    from wger_flask.media import images, thumbnails

    try:
        if job == "look":
            kind, whole = arguments
            images.look(sys.stdin.buffer.read(), kind, whole == "whole")
        else:
            path, width, height = arguments
            sys.stdout.buffer.write(thumbnails.small_png(Path(path), (int(width), int(height))))
    except tuple(_WRONG.values()) as wrong:
        return next(status for status, kind in _WRONG.items() if isinstance(wrong, kind))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
