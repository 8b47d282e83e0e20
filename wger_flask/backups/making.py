"""Make a backup while the server works."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import __version__
from ..media.errors import NotStored
from ..media.store import MediaStore, open_store
from ..storage import backups
from ..storage.backups import BackupRefused
from ..storage.database import version
from ..storage.upgrades import Progress, no_progress
from .format import DATABASE, MANIFEST, MEDIA, SECRET_KEY, SYNC_KEY, Manifest, packing_for
from .writing import Writer, archive

try:
    import fcntl
except ImportError:  # a system without it: two at once are told apart by their names alone
    fcntl = None  # type: ignore[assignment]  # the module, elsewhere

if TYPE_CHECKING:
    from ..settings import Settings


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was made: its file, its size in bytes, the number of uploaded files in it, the moment it is of."""

    path: Path
    size: int
    files: int
    moment: datetime


def make(
    path: Path, settings: Settings, moment: datetime, with_media: bool = True, progress: Progress = no_progress
) -> Made:
    """Write a backup to ``path``, whose name says how it is packed; it holds all that is committed by now.

    Files that rows name are in it with these rows: they are held while the database is copied, so that a picture that
    is deleted meanwhile is there.  (In a bucket nothing is held; one that goes before its turn is left out.)  A file of
    that name is replaced once the new one is whole.  Raises :class:`BackupRefused`.
    """
    packing_for(path)
    copy = path.with_name(f".{path.name}.database")
    try:
        with _alone(settings.WGER_INSTANCE_PATH), _media(settings, with_media) as (store, hold_new):
            copy.unlink(missing_ok=True)  # of a process that was killed
            suffix, steps = backups.suffix(), backups.applied_steps()
            try:
                backups.dump(copy, progress)
                hold_new()
                keys = keys_of(settings)
                made = moment.astimezone(UTC).isoformat()
                has_media = store is not None
                manifest = Manifest(__version__, made, backups.kind(), version(), steps, has_media, list(keys))
                with archive(path) as writer:
                    writer.add(MANIFEST, manifest.as_json())
                    _add_database(writer, f"{DATABASE}{suffix}", copy, progress)
                    for name, key in keys.items():
                        writer.add(name, key)
                    files = _add_media(writer, store, progress) if store is not None else 0
            finally:
                copy.unlink(missing_ok=True)
    except NotStored as wrong:
        raise BackupRefused(f"the media cannot be read: {wrong}") from None
    except OSError as wrong:
        raise BackupRefused(f"it cannot be written: {wrong}") from None
    return Made(path, path.stat().st_size, files, moment)


def keys_of(settings: Settings) -> dict[str, bytes]:
    """Return the keys that this server keeps in files."""
    return {name: path.read_bytes() for name, path in key_files(settings).items() if path.is_file()}


def key_files(settings: Settings) -> dict[str, Path]:
    """Return the files of the keys by their names in a backup; one that comes from a setting is kept elsewhere."""
    sync_key = {SYNC_KEY: settings.WGER_SYNC_KEY_FILE}
    return sync_key if settings.WGER_SECRET_KEY else sync_key | {SECRET_KEY: settings.WGER_SECRET_KEY_FILE}


def store_of(settings: Settings) -> MediaStore:
    """Return the store of uploaded files; raises :class:`BackupRefused` where it cannot be had."""
    try:
        return open_store(settings.WGER_MEDIA_URL, settings.WGER_MEDIA_ROOT)
    except (ImportError, ValueError) as wrong:
        raise BackupRefused(f"WGER_MEDIA_URL: {wrong}") from None


@contextmanager
def _media(settings: Settings, with_media: bool) -> Iterator[tuple[MediaStore | None, Callable[[], None]]]:
    if not with_media:
        yield None, lambda: None
        return
    with store_of(settings).held() as held:
        yield held


def _add_database(writer: Writer, name: str, copy: Path, progress: Progress) -> None:
    size = copy.stat().st_size
    with copy.open("rb") as file:
        told = _Told(file, lambda done: progress("packing the database", done, size))
        writer.add(name, told, size)  # type: ignore[arg-type]  # it is asked to read, and nothing else


def _add_media(writer: Writer, store: MediaStore, progress: Progress) -> int:
    names = sorted(store.names())
    added = 0
    for number, name in enumerate(names, 1):
        found = store.served(name)
        if found is not None:  # in a bucket, it may be gone
            with found.open() as file:
                writer.add(MEDIA + name, file, found.size)
            added += 1
        progress("packing the media", number, len(names))
    return added


class _Told:
    """A file that tells how much of it was read."""

    def __init__(self, file: Any, tell: Callable[[int], None]):
        self._file, self._tell, self._done = file, tell, 0

    def read(self, size: int) -> bytes:
        data: bytes = self._file.read(size)
        self._done += len(data)
        self._tell(self._done)
        return data


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let one process of this host make a backup; raises :class:`BackupRefused` where another one does."""
    if fcntl is None:
        yield
        return
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder / "backup.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise BackupRefused("another backup is being made at the moment") from None
        yield
    finally:
        os.close(descriptor)
