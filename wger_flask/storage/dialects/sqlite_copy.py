"""Copy a SQLite database to a file beside it, while it is in use."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from ..upgrades import Progress, UpgradeRefused
from ..whole_files import MARGIN, replacing

_PAGES = 4096  # copied at once, between two reports


def copy_beside(file: Path, progress: Progress) -> Path:
    """Copy the last committed state of ``file`` to ``<name>-before-upgrade-<moment>``, beside it; returns its path.

    Only a copy that is whole gets that name.  Raises UpgradeRefused where the disk has no room for the copy and for
    as much again, which an upgrade of the original may need.
    """
    moment = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
    target = file.with_name(f"{file.stem}-before-upgrade-{moment}{file.suffix}")
    partial = file.with_name(f"{file.stem}-before-upgrade.part")
    partial.unlink(missing_ok=True)  # of a copy that was broken off
    with closing(sqlite3.connect(f"file:{quote(str(file))}?mode=rw", uri=True)) as source:
        size = size_of(source)
        free = shutil.disk_usage(file.parent).free
        if free < 2 * size + MARGIN:
            raise UpgradeRefused(
                f"there is no room for a copy of the database beside {file}, and for upgrading it: "
                f"{_megabytes(2 * size + MARGIN)} MB are needed, {_megabytes(free)} MB are free"
            )
        try:
            with replacing(target, partial), closing(sqlite3.connect(partial)) as copy:
                copy_pages(source, copy, progress)
        except sqlite3.OperationalError as wrong:
            raise UpgradeRefused(f"the database cannot be copied to {partial}: {wrong}") from None
    return target


def size_of(source: sqlite3.Connection) -> int:
    """Return the bytes of a database."""
    found = source.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size").fetchone()
    return int(found[0])


def copy_pages(source: sqlite3.Connection, copy: sqlite3.Connection, progress: Progress) -> None:
    """Copy a database page by page."""
    told = "copying the database"
    source.backup(copy, pages=_PAGES, progress=lambda _, left, total: progress(told, total - left, total))


def _megabytes(number: int) -> str:
    return f"{number / 1_000_000:,.0f}"
