"""Serve uploaded files.

Browsers are told what each file is and to believe it; what is no picture and no film is
handed over to be saved, never to be shown, so that no upload can run in the server's name.  A
name is never given to another content, so that a client may keep what it has.
"""

from __future__ import annotations

import logging
import zlib
from functools import partial
from io import BytesIO
from pathlib import PurePosixPath
from typing import cast

from flask import Flask, Response, abort, redirect, request
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.wsgi import wrap_file

from ..media import thumbnails
from ..media.errors import InvalidImage, NotStored
from ..media.names import UnsafeName
from ..media.served import Served
from ..media.store import MediaStore
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
        found = _find(name)
        if found is None:
            abort(404)
        kind = SHOWN.get(PurePosixPath(name).suffix.lower())
        mimetype = kind or "application/octet-stream"
        if private_media.is_private(name) and (
            signed := services().media.signed_address(name, mimetype, kind is not None)
        ):
            response = cast(Response, redirect(signed))
            response.cache_control.no_store = True
            return response
        response = _sent(found, mimetype)
        if kind is None:
            response.headers.set("Content-Disposition", "attachment", filename=PurePosixPath(name).name)
        response.cache_control.private, response.cache_control.max_age = True, KEPT
        private_media.mark(response, name)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
        return response


def _sent(found: Served, mimetype: str) -> Response:
    """Return the answer with a file, or the part of it that is asked for, or that it is the one that the client has."""
    response = Response(mimetype=mimetype, direct_passthrough=True)
    response.content_length, response.last_modified = found.size, found.modified
    response.set_etag(found.etag)
    file = found.open()
    response.response = wrap_file(request.environ, file)
    try:
        response.make_conditional(request, accept_ranges=True, complete_length=found.size)
    except RequestedRangeNotSatisfiable:
        file.close()
        raise
    if response.status_code == 304:
        file.close()
    return response


def _find(name: str) -> Served | None:
    """Return a file, or a thumbnail that was never made, None if there is none."""
    store = services().media
    try:
        return store.served(name) or _thumbnail(store, name)
    except UnsafeName:
        return None


def _thumbnail(store: MediaStore, name: str) -> Served | None:
    """Return the thumbnail that has a name and was never made, None if it has no picture.

    It is kept for the next time where the disk takes it; who looks at pictures must not need that.
    """
    for box in thumbnails.SIZES.values():
        picture = name.removesuffix(thumbnails.name_of("", box))
        if picture == name or not store.exists(picture):
            continue
        made = b""
        try:
            with store.beside(picture) as path:
                made = thumbnails.render(path, box)
                thumbnails.keep(made, path.with_name(PurePosixPath(name).name))
        except InvalidImage:
            return None
        except NotStored as wrong:
            if not made:
                raise
            log.warning("the thumbnail %s was not kept: %s", name, wrong)
            return Served(len(made), f"{zlib.adler32(made)}", None, partial(BytesIO, made))
        return store.served(name)
    return None
