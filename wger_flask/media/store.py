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
changes of files that were made in it are taken back as well (`Changes.rewind`).
"""

from __future__ import annotations

import logging
import os
import re
import shutil
import tempfile
import uuid
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from wger_flask.media.errors import NotStored, storing

logger = logging.getLogger(__name__)

_THUMBNAIL = re.compile(r"\.\d+x\d+_q\d+\.jpg")
_LONGEST = 1024  # of a name, in bytes: more than any column holds, less than any system takes
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f\\:*?"<>|]')


class UnsafeName(ValueError):
    """A name would lead out of the folder, or is none."""


def new_name(folder: str, extension: str) -> str:
    """Return a fresh name in a folder, like ``gallery/3/6f0e….png``; the extension comes with its dot."""
    return f"{folder}/{uuid.uuid4()}{extension}"


@dataclass(frozen=True, slots=True)
class Served:
    """A file to be sent: its bytes, what tells it from another one, when it was stored; ``open()`` reads it."""

    size: int
    etag: str
    modified: datetime | None
    open: Callable[[], BinaryIO]


def parts_of(name: str) -> list[str]:
    """Return the folders of a name and the file's own. Raises `UnsafeName`."""
    parts = name.split("/")
    if any(not part or part.startswith(".") or len(os.fsencode(part)) > 255 for part in parts):
        raise UnsafeName(name)
    if _FORBIDDEN.search(name) or len(os.fsencode(name)) > _LONGEST:
        raise UnsafeName(name)
    return parts


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
        target = self.path(name)
        part = target.with_name(f".{uuid.uuid4().hex}.part")
        with storing():
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                if not isinstance(content, bytes):
                    content.seek(0)  # a second caller stores all of it again
                with part.open("xb") as file:
                    shutil.copyfileobj(BytesIO(content) if isinstance(content, bytes) else content, file)
                    file.flush()
                    os.fsync(file.fileno())
                return self._put(part, name)
            finally:
                part.unlink(missing_ok=True)

    def demand_deletable(self, name: str) -> None:
        """Raise `NotStored` if a file is there and cannot be deleted, `UnsafeName` for no name."""
        path = self.path(name)
        with storing():
            if path.exists() and not os.access(path.parent, os.W_OK | os.X_OK):
                raise NotStored(f"{path.parent} is not writable")

    def delete(self, name: str) -> None:
        """Delete a file and its thumbnails, if they are there. Raises `UnsafeName` and OSError."""
        path = self.path(name)
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

    def rename(self, old: str, new: str) -> str:
        """Move a file and its thumbnails, and return the name it got. Raises like `copy`."""
        name = self.copy(old, new)
        self.delete(old)
        return name

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


class Changes:
    """What a block does to the files: see `MediaStore.changes`."""

    def __init__(self, store: MediaStore) -> None:
        self._store = store
        self.added: list[str] = []
        self.removed: list[str] = []

    def mark(self) -> tuple[int, int]:
        """Return a mark for `rewind`."""
        return len(self.added), len(self.removed)

    def rewind(self, mark: tuple[int, int]) -> None:
        """Delete what was added since a mark, and keep what was to go since then."""
        added, removed = mark
        self._store._delete_all(reversed(self.added[added:]))
        del self.added[added:], self.removed[removed:]

    def add(self, content: bytes | BinaryIO, name: str) -> str:
        """Store a file now, and return its name. Raises like `MediaStore.save`."""
        name = self._store.save(content, name)
        self.added.append(name)
        return name

    def remove(self, name: str) -> None:
        """Delete a file and its thumbnails once the block has ended. An empty name is none.

        Raises `NotStored` now if that will not be possible.
        """
        if name:
            with suppress(UnsafeName):  # what the row names was never ours
                self._store.demand_deletable(name)
            self.removed.append(name)

    def move(self, old: str, new: str) -> str:
        """Return the name under which a file is stored from now on; the old one goes once the block has ended.

        A file that is not there cannot be moved: its row keeps the name it has. Raises `NotStored`.
        """
        try:
            name = self._store.copy(old, new)
        except FileNotFoundError:
            logger.warning("the file %s is missing", old)
            return old
        self.added.append(name)
        self.remove(old)
        return name


def is_thumbnail(other: str, name: str) -> bool:
    """Tell whether ``other`` is the name of a thumbnail of the picture ``name``."""
    return other.startswith(name) and bool(_THUMBNAIL.fullmatch(other.removeprefix(name)))


def another_name(name: str) -> str:
    """Return a name beside ``name``, which is taken."""
    path = PurePosixPath(name)
    return str(path.with_name(f"{path.stem}_{uuid.uuid4().hex[:8]}{path.suffix}"))


def open_store(url: str, root: Path) -> MediaStore:
    """Return the store at ``url``; without one, that in the folder ``root``.

    Raises ValueError for an address that leads nowhere, and ImportError where what it needs is not installed.
    """
    if not url:
        return MediaStore(root)
    from wger_flask.media.s3 import S3Store

    return S3Store(url)
