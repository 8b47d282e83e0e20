"""Hold files for a backup while its database is copied: what that names is in the archive, deleted or not.

Each gets a second name in a hidden folder, which costs no space.  A process of any host that deletes a file gives
it one as well, as long as a backup asks for it.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from wger_flask.media.names import parts_of

HELD = ".held-for-backup"
_ASKS = ".holding"  # is there while the database is copied
_LONGEST_COPY = 24 * 3600  # seconds: what asks for longer is of a process that was killed


@contextmanager
def held_files(root: Path, names: Callable[[], Iterable[str]]) -> Iterator[tuple[Path | None, Callable[[], None]]]:
    """Give a block the folder with the files of a store, of which none goes, and a function that ends the holding.

    That is to be called once the database was copied: it adds the files that are new.  The folder is None where the
    disk knows no hard links.
    """
    folder = root / f"{HELD}-{os.uname().nodename}"
    shutil.rmtree(folder, ignore_errors=True)  # of a process that was killed

    def add() -> None:
        for name in names():
            _hold(root, name, folder)

    def end() -> None:
        add()
        (folder / _ASKS).unlink(missing_ok=True)

    try:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / _ASKS).touch()
            add()
            is_held = True
        except OSError:
            is_held = False
        yield (folder, end) if is_held else (None, lambda: None)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def hold(root: Path, name: str) -> None:
    """Hold a file of a store that is about to be deleted, where a backup asks for it."""
    for asking in root.glob(f"{HELD}-*/{_ASKS}"):
        with suppress(OSError):
            if time.time() - asking.stat().st_mtime < _LONGEST_COPY:
                _hold(root, name, asking.parent)


def _hold(root: Path, name: str, folder: Path) -> None:
    target = folder.joinpath(*parts_of(name))
    with suppress(FileExistsError, FileNotFoundError):  # it is held, or gone
        target.parent.mkdir(parents=True, exist_ok=True)
        os.link(root.joinpath(*parts_of(name)), target)
