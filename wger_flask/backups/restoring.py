"""Put a backup in the place of what is there, which is kept.

The database comes last, and in one step.  What comes before it only adds: files of the backup that are not there, or
not as they were.  So whenever this ends before its time, the database is as before or as after, each with its files,
and doing it again completes it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from ..media.errors import NotStored
from ..media.store import MediaStore
from ..rest.registry import Registry
from ..storage import backups
from ..storage.backups import BackupRefused
from ..storage.database import disconnect, hang_up
from ..storage.migrations import numbered
from ..storage.upgrades import Progress, no_progress
from ..storage.whole_files import has_room, replacing
from .format import DATABASE, KEYS, MEDIA, MOST_KEY, Manifest, Packing
from .making import key_files, store_of
from .reading import Content, opened, read, verify_whole
from .sums import sum_of

if TYPE_CHECKING:
    from ..settings import Settings

_PREFIX = ".restoring-"


@dataclass(slots=True)
class Kept:
    """Where what was there is now, by what it is; nothing where nothing was."""

    database: str | None = None
    media: str | None = None
    keys: list[str] = field(default_factory=list)


class Restoration:
    """A backup that was verified, whole, and may be restored."""

    def __init__(
        self, file: IO[bytes], packing: Packing, length: int, content: Content, copy: Path, settings: Settings
    ):
        self._file, self._packing, self._length, self._copy = file, packing, length, copy
        self._settings = settings
        self.content = content

    @property
    def manifest(self) -> Manifest:
        """What the archive says of itself."""
        return self.content.manifest

    @property
    def files(self) -> int:
        """The number of uploaded files in it."""
        return sum(name.startswith(MEDIA) for name in self.content.digests)

    def restore(self, progress: Progress = no_progress) -> Kept:
        """Put it in place and return where what was there is kept; no other program works on the database.

        Raises :class:`BackupRefused`; the database is as before then.
        """
        stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
        hang_up()
        disconnect()
        backups.demand_alone()
        kept, keys = Kept(), {}
        store = store_of(self._settings) if self.manifest.media else None
        aside = f"before-restore-{stamp}"

        def take(name: str, stream: IO[bytes], size: int) -> None:
            if name in KEYS:
                keys[name] = stream.read(MOST_KEY)
            elif store is not None and name.startswith(MEDIA):
                self._put(store, name.removeprefix(MEDIA), stream, size, aside)

        try:
            read(self._file, self._packing, self._length, take, progress, "restoring the media")
            kept.keys = _put_keys(self._settings, keys, stamp)
            kept.database = backups.load(self._copy, stamp, progress)
            if store is not None:
                kept.media = self._clear(store, aside)
        except (NotStored, OSError) as wrong:
            raise BackupRefused(f"it cannot be restored: {wrong}") from None
        return kept

    def _put(self, store: MediaStore, name: str, stream: Any, size: int, aside: str) -> None:
        """Store a file of the backup, unless it is there; another one of that name is kept aside."""
        there = store.served(name)
        if there is not None:
            if there.size == size:
                with there.open() as held:
                    if sum_of(held) == self.content.digests[MEDIA + name]:
                        return
            store.set_aside(name, aside)
        store.put(stream, name)

    def _clear(self, store: MediaStore, aside: str) -> str | None:
        """Move files aside that are not in the backup; returns where those are that were moved, now or before."""
        for name in sorted(store.names()):
            if MEDIA + name not in self.content.digests:
                store.set_aside(name, aside)
                store.remove(name)
        return store.place_aside(aside)


@contextmanager
def verified(
    path: Path, settings: Settings, registry: Registry, progress: Progress = no_progress
) -> Iterator[Restoration]:
    """Give a block a backup of which every byte was looked at, and its database; nothing that is there is touched.

    Raises :class:`BackupRefused` for one that is damaged, no backup, of another kind of database, or of a later release
    than this one.
    """
    workshop = backups.workshop(settings.WGER_INSTANCE_PATH)
    with opened(path) as file:
        packing, length = verify_whole(file, progress)
        with _folder(workshop) as folder:
            copy = folder / "database"

            def take(name: str, stream: IO[bytes], size: int) -> None:
                if name.startswith(f"{DATABASE}."):
                    if name != f"{DATABASE}{backups.suffix()}":
                        raise BackupRefused(_OTHER_KIND.format(kind=name, ours=backups.kind()))
                    if not has_room(folder, size):
                        raise BackupRefused(f"there is no room for its database in {workshop}")
                    with open(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
                        shutil.copyfileobj(stream, target, 1 << 20)
                        target.flush()
                        os.fsync(target.fileno())

            content = read(file, packing, length, take, progress, "checking the content")
            _demand_known(content.manifest, registry)
            backups.check(copy)
            yield Restoration(file, packing, length, content, copy, settings)


_OTHER_KIND = (
    "the database in it ({kind}) is of another kind than this one ({ours}): import-dump moves data between kinds"
)


def _demand_known(manifest: Manifest, registry: Registry) -> None:
    """Raise :class:`BackupRefused` where a later release has changed the tables; plugins that are not here may have."""
    if manifest.database != backups.kind():
        raise BackupRefused(_OTHER_KIND.format(kind=manifest.database, ours=backups.kind()))
    ours = {"": set(numbered("wger_flask.storage.migrations"))}
    ours |= {name: set(numbered(plugin.steps)) for name, plugin in registry.plugins.items() if plugin.steps}
    for step in manifest.steps:
        plugin, _, name = step.rpartition(".")
        if plugin in ours and name not in ours[plugin]:
            whose = f"the plugin {plugin}" if plugin else "this program"
            raise BackupRefused(
                f"it is of a later release than {whose} here: version {manifest.version} made it, and applied {step}"
            )


@contextmanager
def _folder(workshop: Path) -> Iterator[Path]:
    """Give a block a folder of its own; what processes left that were killed goes."""
    workshop.mkdir(parents=True, exist_ok=True)
    for left in workshop.glob(f"{_PREFIX}*"):
        owner = left.name.removeprefix(_PREFIX).partition("-")[0]
        if owner.isdecimal() and not os.path.exists(f"/proc/{owner}"):
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=workshop))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _put_keys(settings: Settings, keys: dict[str, bytes], stamp: str) -> list[str]:
    """Write the keys that are others than those here, which get a name with ``stamp``; returns these names."""
    places, kept = key_files(settings), []
    for name, key in keys.items():
        path = places.get(name)
        if path is None or (path.is_file() and path.read_bytes() == key):
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        former = path.with_name(f"{path.name}-before-restore-{stamp}")
        with suppress(FileNotFoundError):
            shutil.copy2(path, former)
            kept.append(str(former))
        with replacing(path) as draft:
            draft.write_bytes(key)
            if path.exists():
                with suppress(PermissionError):
                    os.chown(draft, path.stat().st_uid, path.stat().st_gid)
    return kept
