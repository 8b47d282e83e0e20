"""Serve uploaded files.

Browsers are told what each file is and to believe it; what is no picture and no film is
handed over to be saved, never to be shown, so that no upload can run in the server's name.  A
name is never given to another content, so that a client may keep what it has.
"""

from __future__ import annotations

import logging
from io import BytesIO
from pathlib import Path, PurePosixPath

from flask import Flask, Response, abort, request, send_file

from ..media import thumbnails
from ..media.errors import InvalidImage, NotStored
from ..media.store import MediaStore, UnsafeName
from . import private_media
from .services import services

SHOWN = {
    ".jpeg": "image/jpeg", ".jpg": "image/jpeg", ".jpe": "image/jpeg", ".jfif": "image/jpeg", ".png": "image/png",
    ".webp": "image/webp", ".avif": "image/avif", ".gif": "image/gif", ".mp4": "video/mp4", ".m4v": "video/mp4",
    ".webm": "video/webm", ".ogg": "video/ogg", ".ogv": "video/ogg",
}  # fmt: skip
KEPT = 30 * 86400

log = logging.getLogger(__name__)


def register(app: Flask) -> None:
    """Serve what is below the media root under ``/media/``."""

    @app.get("/media/<path:name>")
    def media(name: str) -> Response:
        private_media.demand_reader(request, name)
        store = services().media
        found = _find(store, name) or _thumbnail(store, name)
        if found is None:
            abort(404)
        kind = SHOWN.get(PurePosixPath(name).suffix.lower())
        response = send_file(
            found, mimetype=kind or "application/octet-stream", as_attachment=kind is None, conditional=True,
            max_age=KEPT, download_name=PurePosixPath(name).name,
        )  # fmt: skip
        response.cache_control.public, response.cache_control.private = False, True
        private_media.mark(response, name)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
        return response


def _find(store: MediaStore, name: str) -> Path | None:
    """Return where a file is, None if there is none."""
    try:
        path = store.path(name)
    except UnsafeName:
        return None
    return path if path.is_file() else None


def _thumbnail(store: MediaStore, name: str) -> Path | BytesIO | None:
    """Return the thumbnail that has a name and was never made, None if it has no picture.

    It is kept for the next time where the disk takes it; who looks at pictures must not need that.
    """
    for box in thumbnails.SIZES.values():
        picture = name.removesuffix(thumbnails.name_of("", box))
        path = _find(store, picture) if picture != name else None
        if path is not None:
            try:
                made = thumbnails.render(path, box)
            except InvalidImage:
                return None
            try:
                thumbnails.keep(made, store.path(name))
            except NotStored as wrong:
                log.warning("the thumbnail %s was not kept: %s", name, wrong)
                return BytesIO(made)
            return store.path(name)
    return None
