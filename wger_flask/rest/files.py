"""Serve uploaded files.

Browsers are told what each file is and to believe it; what is no picture and no film is
handed over to be saved, never to be shown, so that no upload can run in the server's name.  A
name is never given to another content, so that a client may keep what it has.
"""

from __future__ import annotations

from pathlib import Path

from flask import Flask, abort, send_file

from ..media import thumbnails
from ..media.errors import InvalidImage
from ..media.store import MediaStore, UnsafeName
from .services import services

SHOWN = {
    ".jpeg": "image/jpeg", ".jpg": "image/jpeg", ".jpe": "image/jpeg", ".jfif": "image/jpeg", ".png": "image/png",
    ".webp": "image/webp", ".avif": "image/avif", ".gif": "image/gif", ".mp4": "video/mp4", ".m4v": "video/mp4",
    ".webm": "video/webm", ".ogg": "video/ogg", ".ogv": "video/ogg",
}  # fmt: skip
KEPT = 30 * 86400


def register(app: Flask) -> None:
    """Serve what is below the media root under ``/media/``."""

    @app.get("/media/<path:name>")
    def media(name: str):
        path = _find(services().media, name)
        if path is None:
            abort(404)
        kind = SHOWN.get(path.suffix.lower())
        response = send_file(
            path, mimetype=kind or "application/octet-stream", as_attachment=kind is None, conditional=True,
            max_age=KEPT,
        )  # fmt: skip
        response.cache_control.public, response.cache_control.private = None, True
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
        return response


def _find(store: MediaStore, name: str) -> Path | None:
    """Return where a file is; a picture's thumbnail that was never made is made now."""
    try:
        path = store.path(name)
    except UnsafeName:
        return None
    if path.is_file():
        return path
    for box in thumbnails.SIZES.values():
        picture = path.with_name(path.name.removesuffix(thumbnails.name_of("", box)))
        if picture.name and picture != path and picture.is_file():
            try:
                thumbnails.make(picture, path, box)
            except (InvalidImage, OSError):
                return None
            return path
    return None
