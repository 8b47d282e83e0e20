"""Fetch pictures and films, looked at as uploads are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, Any
from urllib.parse import unquote, urlsplit

from werkzeug.datastructures import FileStorage

from ..media import images, videos
from ..media.changes import Changes
from ..media.errors import RefusedFile
from ..rest.uploads import Upload, UploadField, store
from ..storage.model import Model
from .client import Client
from .values import NotTaken

MOST_IMAGE, MOST_VIDEO = images.MAX_MEGABYTES << 20, videos.MAX_MEGABYTES << 20


@dataclass(slots=True)
class Fetched:
    """A file that may be stored, and what has to be closed then."""

    upload: Upload
    held: IO[bytes]

    def close(self) -> None:
        """Let go of what is stored, or is not to be."""
        self.held.close()


def fetch(client: Client, address: str, field: UploadField, most: int) -> Fetched:
    """Return the file at ``address``, which ``field`` would take as an upload.

    Raises :class:`~.values.NotTaken` for one that it would not, :class:`~.client.Missing` and
    :class:`~.client.PullFailure`.
    """
    held = client.download(address, most)
    try:
        name = PurePosixPath(unquote(urlsplit(address).path)).name
        return Fetched(field.look_at(FileStorage(held, name)), held)
    except RefusedFile as why:
        held.close()
        raise NotTaken(why.message) from None
    except BaseException:
        held.close()
        raise


def keep(files: Changes, fetched: Fetched, folder: str, model: type[Model], column: str) -> dict[str, Any]:
    """Do what :func:`~wger_flask.rest.uploads.store` does; raises :class:`~.values.NotTaken`."""
    try:
        return store(files, fetched.upload, folder, model, column)
    except RefusedFile as why:
        raise NotTaken(why.message) from None
