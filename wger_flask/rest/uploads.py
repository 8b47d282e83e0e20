"""Take uploaded files: looked at, stored with their row, gone with it.

A schema says that a body carries a picture or a film with :class:`ImageFile` or
:class:`VideoFile`.  What the file is, its content tells, before the transaction begins: no
writer waits while a picture is decoded.  The file itself is written inside, and files follow
the transaction: a refused write leaves none behind, and what a row does not name any more goes
once the row is settled (:meth:`wger_flask.media.store.MediaStore.changes`).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, cast

from marshmallow import ValidationError
from werkzeug.datastructures import FileStorage

from ..media import images, thumbnails, videos
from ..media.changes import Changes
from ..media.errors import NotAFile, NotSubmitted, RefusedFile
from ..media.names import new_name
from ..storage import cascade, columns
from ..storage.model import Model, columns_of, key_of
from ..storage.predicates import any_of
from ..storage.query import Selection
from .call import Call
from .errors import Invalid
from .fields.computed import File
from .services import services


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that may be stored.

    ``columns`` are the values of the row's columns besides the file's name; ``stored(path)``, where there is more to
    do, is called once the file is there, and returns more of them.
    """

    content: bytes | BinaryIO
    extension: str
    columns: dict[str, Any] = field(default_factory=dict)
    stored: Callable[[Path], dict[str, Any]] | None = None


class UploadField(File):
    """A file in a body; ``folder(values)`` is where it goes, from what the row will hold."""

    default_error_messages = {"required": NotSubmitted.message}

    def __init__(self, *, folder: Callable[[dict[str, Any]], str], **kwargs: Any):
        kwargs.setdefault("dump_only", False)
        super().__init__(**kwargs)
        self.folder = folder

    def look_at(self, sent: FileStorage) -> Upload:
        """Return the :class:`Upload` of a file that was sent; raises :class:`~wger_flask.media.errors.RefusedFile`."""
        raise NotImplementedError

    def inspected(self, value: object) -> Upload | RefusedFile:
        """Return what a body's ``value`` is, or why it is refused."""
        try:
            if not isinstance(value, FileStorage):
                raise NotAFile
            return self.look_at(value)
        except RefusedFile as wrong:
            return wrong

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        found = value if isinstance(value, Upload | RefusedFile) else self.inspected(value)
        if isinstance(found, RefusedFile):
            raise ValidationError(found.message)
        return found


class ImageFile(UploadField):
    """A picture in a body (a form of type ``multipart/form-data``); its absolute URL on output.

    ``folder(values)`` returns the folder below the media root, from a dictionary of what the row will hold.
    ``with_thumbnails`` makes the small versions of it that lists show.  What is no JPEG, PNG, WebP or AVIF is
    refused; columns ``width``, ``height`` (pixels) and ``size`` (bytes) are filled in where the model has them.
    """

    def __init__(self, *, with_thumbnails: bool = False, **kwargs: Any):
        super().__init__(accept="image/jpeg,image/png,image/webp,image/avif", **kwargs)
        self.with_thumbnails = with_thumbnails

    def look_at(self, sent: FileStorage) -> Upload:
        found = images.inspect(cast(BinaryIO, sent.stream), sent.filename, services().settings.WGER_KEEP_PHOTO_POSITION)
        told = {"width": found.width, "height": found.height, "size": len(found.content)}
        return Upload(found.content, found.extension, told, _make_thumbnails if self.with_thumbnails else None)


class VideoFile(UploadField):
    """A film in a body (MP4, WebM or Ogg); its absolute URL on output.

    ``folder(values)`` is as for ``ImageFile``.  Columns ``size`` (bytes), ``duration`` (seconds), ``width``,
    ``height`` (pixels), ``codec`` and ``codec_long`` are filled in where the model has them and the server can
    find out.
    """

    def __init__(self, **kwargs: Any):
        super().__init__(accept="video/mp4,video/webm,video/ogg", **kwargs)

    def look_at(self, sent: FileStorage) -> Upload:
        stream = cast(BinaryIO, sent.stream)
        found = videos.inspect(stream, sent.filename)
        stream.truncate(found.size)

        def finish(path: Path) -> dict[str, Any]:
            told = videos.probe(path, found.format)
            return {name: getattr(told, name) for name in ("duration", "width", "height", "codec", "codec_long")}

        return Upload(stream, found.extension, {"size": found.size}, finish)


def _make_thumbnails(path: Path) -> dict[str, Any]:
    thumbnails.make_all(path)
    return {}


def look_at_files(call: Call) -> None:
    """Inspect the files in the body of a call that sends a row."""
    resource = call.required_resource
    for name, taken in resource.schema().load_fields.items() if resource.takes_files else ():
        if isinstance(taken, UploadField) and isinstance(call.body.get(name), FileStorage):
            call.body[name] = taken.inspected(call.body[name])


def keep_files(call: Call, data: dict[str, Any], row: Model | None) -> None:
    """Store the uploads in parsed ``data``, and replace each by the values of the row's columns.

    A file that ``row`` had before is deleted when the transaction commits.
    """
    resource = call.required_resource
    for key, taken in resource.schema().load_fields.items() if resource.takes_files else ():
        name = taken.attribute or key
        if not isinstance(taken, UploadField) or not isinstance(data.get(name), Upload):
            continue
        upload = data.pop(name)
        values = {**(row.__data__ if row is not None else {}), **data}
        try:
            data.update(store(call.required_files, upload, taken.folder(values), resource.model, name))
        except RefusedFile as wrong:
            raise Invalid({name: [wrong.message]}) from None
        if row is not None:
            call.required_files.remove(getattr(row, name))


def store(files: Changes, upload: Upload, folder: str, model: type[Model], column: str) -> dict[str, Any]:
    """Store a file in a folder within the transaction that runs; returns the values of the columns of its row.

    ``column`` is the one for its name.  Raises :class:`~wger_flask.media.errors.RefusedFile`.
    """
    stored = files.add(upload.content, new_name(folder, upload.extension))
    told = {column: stored, **upload.columns}
    if upload.stored is not None:
        with services().media.beside(stored) as path:
            told |= upload.stored(path)
    return {name: value for name, value in told.items() if name in columns_of(model)}


def move_file(files: Changes, name: str, folder: str) -> str:
    """Move the stored file ``name`` into another folder of the media root; returns its new name.

    ``files`` are ``call.files``: the move is undone with the transaction.
    """
    return files.move(name, f"{folder}/{os.path.basename(name)}") if name else name


def delete_rows(
    files: Changes,
    model: type[Model],
    keys: Iterable[Any],
    with_history: bool | None = None,
    going: Callable[[type[Model], list[Any]], None] | None = None,
) -> dict[type[Model], int]:
    """Delete the rows of ``model`` with ``keys``, all rows that depend on them, and the files of all of these.

    Returns the number of deleted rows by model.

    ``files`` are ``call.files``.  ``with_history`` is what :func:`~wger_flask.storage.cascade.delete` takes;
    ``going(model, keys)`` is called for each model while its rows are still there.  Raises
    :class:`~wger_flask.storage.cascade.StillReferenced` where a reference is declared ``cascade="refuse"``.
    """

    def forget(gone: type[Model], gone_keys: list[Any]) -> None:
        if going:
            going(gone, gone_keys)
        names = tuple(found.name for found in columns_of(gone).values() if isinstance(found, columns.File))
        if names:
            for row in Selection(gone, (any_of(key_of(gone), gone_keys),)).rows(names):
                for name in row:
                    files.remove(name)

    return cascade.delete(model, keys, going=forget, with_history=with_history)
