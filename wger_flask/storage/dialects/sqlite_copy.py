"""Copy a SQLite database to a file beside it, while it is in use."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from ..upgrades import Progress, UpgradeRefused

PAGES = 4096  # copied at once, between two reports
_MARGIN = 16 << 20  # bytes


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
        size = source.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size").fetchone()[0]
        free = shutil.disk_usage(file.parent).free
        if free < 2 * size + _MARGIN:
            raise UpgradeRefused(
                f"there is no room for a copy of the database beside {file}, and for upgrading it: "
                f"{_megabytes(2 * size + _MARGIN)} MB are needed, {_megabytes(free)} MB are free"
            )
        os.close(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))  # password hashes
        try:
            with closing(sqlite3.connect(partial)) as copy:
                told = "copying the database"
                source.backup(copy, pages=PAGES, progress=lambda _, left, total: progress(told, total - left, total))
            flush(partial)
            partial.rename(target)
            flush(file.parent)
        except sqlite3.OperationalError as wrong:
            partial.unlink(missing_ok=True)
            raise UpgradeRefused(f"the database cannot be copied to {partial}: {wrong}") from None
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
    return target


def flush(path: Path) -> None:
    """Have a file, or the names in a folder, written to the disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _megabytes(number: int) -> str:
    return f"{number / 1_000_000:,.0f}"
