"""Keep uploaded files below one folder, in step with the rows that name them (in a bucket: :mod:`.s3`).

A name is the path below the folder with forward slashes, as the database has it. It is checked
whenever it is used: it goes down only, and no part of it is hidden. A file appears under its name
whole or not at all, and never in place of another. What belongs to a picture, its thumbnails, goes
where it goes.

Rows and files cannot share a transaction, so files are made to follow. `MediaStore.changes` is put
*around* the transaction: what is written inside is taken back if the block raises, and what is to
go stays until the block has ended well. Whenever the server stops in between, each row that the
database holds has its file; the worst that is left is a file that no row names. Where nothing can be written or
deleted, `NotStored` ends the block before its transaction does: row and file stay as they were.

    with store.changes() as files, accompanied(files), transaction():
        row.image = files.add(info.content, new_name(f"gallery/{user.id}", info.extension))
        files.remove(old_name)
        row.save()

`accompanied` is for transactions inside: where one of them is rolled back and its error caught, the
changes of files that were made in it are taken back as well (`.changes.Changes.rewind`).
"""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
import uuid
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from wger_flask.media.changes import Changes
from wger_flask.media.errors import NotStored, storing
from wger_flask.media.held_files import held_files, hold
from wger_flask.media.names import UnsafeName, another_name, is_thumbnail, parts_of
from wger_flask.media.served import Served

logger = logging.getLogger(__name__)


class MediaStore:
    """The files below a folder."""

    def __init__(self, root: Path) -> None:
        self.root = Path(root)

    def path(self, name: str) -> Path:
        """Return where the file of a name is, whether or not it exists. Raises `UnsafeName`."""
        return self.root.joinpath(*parts_of(name))

    def demand_writable(self) -> None:
        """Raise `NotStored` where nothing can be stored."""
        with storing():
            self.root.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.root):
                pass

    def exists(self, name: str) -> bool:
        """Tell whether there is a file of a name. Raises `UnsafeName`, and `NotStored` where nothing tells."""
        return self.path(name).is_file()

    @contextmanager
    def beside(self, name: str) -> Iterator[Path]:
        """Give a block the path of a file, beside which it may write thumbnails, which are kept.

        Raises `NotStored`, and FileNotFoundError if there is no such file.
        """
        yield self.path(name)

    def served(self, name: str) -> Served | None:
        """Return a file that is to be sent, None if there is none. Raises `UnsafeName` and `NotStored`."""
        path = self.path(name)
        if not path.is_file():
            return None
        found = path.stat()
        etag = f"{found.st_mtime}-{found.st_size}-{zlib.adler32(os.fsencode(path))}"
        return Served(found.st_size, etag, datetime.fromtimestamp(int(found.st_mtime), UTC), lambda: path.open("rb"))

    def signed_address(self, name: str, kind: str, is_shown: bool) -> str | None:
        """Return an address at which the file can be read without asking this server; a folder has none.

        ``kind`` is its media type; what is not ``is_shown`` is to be saved by browsers.
        """
        return None

    def save(self, content: bytes | BinaryIO, name: str) -> str:
        """Store a file and return the name it got: another one if there is such a file already.

        Raises `UnsafeName`, and `NotStored` if the disk does not take it; nothing is left then.
        """
        if not isinstance(content, bytes):
            content.seek(0)  # a second caller stores all of it again
        with self._written(content, name) as part:
            return self._put(part, name)

    def put(self, content: BinaryIO, name: str) -> None:
        """Store a file in the place of what has its name, if anything does. Raises like `save`."""
        with self._written(content, name) as part:
            os.replace(part, self.path(name))

    def names(self) -> Iterator[str]:
        """Yield the names of all files, in any order."""
        for folder, folders, files in os.walk(self.root):
            folders[:] = [one for one in folders if not one.startswith(".")]
            for file in files:
                name = Path(folder, file).relative_to(self.root).as_posix()
                with suppress(UnsafeName):
                    parts_of(name)
                    yield name

    @contextmanager
    def held(self) -> Iterator[tuple[MediaStore, Callable[[], None]]]:
        """Give a block these files, of which none goes while it lasts, and a function that adds those that are new.

        Each gets a second name in a hidden folder: that costs no space. So do files that come and are deleted, by any
        process, before that function is called. Where the disk knows no hard links, and in a bucket, the block gets the
        files as they are.
        """
        with held_files(self.root, self.names) as (folder, hold_new):
            yield self if folder is None else MediaStore(folder), hold_new

    def set_aside(self, name: str, folder: str) -> None:
        """Give a file a second name in a hidden folder ``.<folder>``, from which nothing is served.

        Raises `NotStored`.
        """
        target = self.root.joinpath(f".{folder}", *parts_of(name))
        with storing(), suppress(FileExistsError, FileNotFoundError):
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                os.link(self.path(name), target)
            except (FileExistsError, FileNotFoundError):
                raise
            except OSError:  # no hard links there
                shutil.copy2(self.path(name), target)

    def place_aside(self, folder: str) -> str | None:
        """Return, for people, where the files are that were set aside in a hidden folder; None where none was."""
        place = self.root / f".{folder}"
        return str(place) if place.is_dir() else None

    def remove(self, name: str) -> None:
        """Delete a file alone, if it is there. Raises `NotStored`."""
        hold(self.root, name)
        with storing():
            self.path(name).unlink(missing_ok=True)

    def demand_deletable(self, name: str) -> None:
        """Raise `NotStored` if a file is there and cannot be deleted, `UnsafeName` for no name."""
        path = self.path(name)
        with storing():
            if path.exists() and not os.access(path.parent, os.W_OK | os.X_OK):
                raise NotStored(f"{path.parent} is not writable")

    def delete(self, name: str) -> None:
        """Delete a file and its thumbnails, if they are there. Raises `UnsafeName` and OSError."""
        path = self.path(name)
        hold(self.root, name)
        for thumbnail in self._thumbnails(path):
            thumbnail.unlink(missing_ok=True)
        path.unlink(missing_ok=True)

    def copy(self, old: str, new: str) -> str:
        """Give a file and its thumbnails a second name, and return it: another one if it is taken.

        Costs no space where the disk knows hard links. Raises `UnsafeName`, `NotStored`, and
        FileNotFoundError if there is no such file.
        """
        source, target = self.path(old), self.path(new)
        with storing():
            if source.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                return self._copy(source, new)
        raise FileNotFoundError(old)

    @contextmanager
    def changes(self) -> Iterator[Changes]:
        """Bind changes of files to the block, which holds a transaction.

        If it raises, the files that it added are deleted and the exception goes on; if it ends,
        those that it removed are.
        """
        changes = Changes(self)
        start = changes.mark()
        try:
            yield changes
        except BaseException:
            changes.rewind(start)
            raise
        self._delete_all(changes.removed)

    @contextmanager
    def _written(self, content: bytes | BinaryIO, name: str) -> Iterator[Path]:
        """Give a block a new file with ``content``, beside the place of ``name``, to rename."""
        target = self.path(name)
        part = target.with_name(f".{uuid.uuid4().hex}.part")
        with storing():
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                with part.open("xb") as file:
                    shutil.copyfileobj(BytesIO(content) if isinstance(content, bytes) else content, file)
                    file.flush()
                    os.fsync(file.fileno())
                yield part
            finally:
                part.unlink(missing_ok=True)

    def _copy(self, source: Path, name: str) -> str:
        name = self._link(source, name)
        try:
            for thumbnail in self._thumbnails(source):
                self._link(thumbnail, name + thumbnail.name.removeprefix(source.name))
        except (OSError, NotStored):
            self.delete(name)
            raise
        return name

    def _delete_all(self, names: Iterable[str]) -> None:
        for name in names:
            try:
                self.delete(name)
            except (OSError, UnsafeName, NotStored):
                # The rows are settled by now. A file too many does no harm, an error here would.
                logger.warning("could not delete the file %s", name, exc_info=True)

    def _link(self, source: Path, name: str) -> str:
        while True:
            try:
                os.link(source, self.path(name))
                return name
            except FileExistsError:
                name = another_name(name)
            except OSError:  # no hard links there
                with source.open("rb") as file:
                    return self.save(file, name)

    def _put(self, part: Path, name: str) -> str:
        while True:
            target = self.path(name)
            try:
                target.open("xb").close()  # so that no other upload takes the name
                break
            except FileExistsError:
                name = another_name(name)
        try:
            os.replace(part, target)
        except OSError:
            target.unlink()
            raise
        return name

    @staticmethod
    def _thumbnails(path: Path) -> list[Path]:
        if not path.parent.is_dir():
            return []
        return [other for other in path.parent.iterdir() if is_thumbnail(other.name, path.name)]


def open_store(url: str, root: Path) -> MediaStore:
    """Return the store at ``url``; without one, that in the folder ``root``.

    Raises ValueError for an address that leads nowhere, and ImportError where what it needs is not installed.
    """
    if not url:
        return MediaStore(root)
    from wger_flask.media.s3 import S3Store

    return S3Store(url)
