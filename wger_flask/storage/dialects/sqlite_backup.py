"""Copy a SQLite database while it is in use, and put a copy in its place."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from ..backups import BackupRefused
from ..upgrades import Progress
from ..whole_files import create, flush, has_room
from .sqlite_copy import copy_pages, size_of
from .sqlite_file import BESIDE

_IN_USE = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def dump(file: Path, target: Path, progress: Progress) -> None:
    """Copy the last committed state of ``file``; see :func:`..backups.dump`.

    A transaction that reads keeps that state until the end: without it SQLite would begin again after each commit of
    others.  No other waits for it.
    """
    create(target)
    try:
        with closing(_opened(file)) as source, closing(sqlite3.connect(target)) as copy:
            source.execute("BEGIN")
            source.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
            if not has_room(target.parent, size_of(source)):
                raise BackupRefused(f"there is no room for a copy of the database in {target.parent}")
            copy_pages(source, copy, progress)
            copy.execute("PRAGMA journal_mode=DELETE")  # the file alone is all of it
        flush(target)
    except sqlite3.Error as wrong:
        target.unlink(missing_ok=True)
        raise BackupRefused(f"the database cannot be copied: {wrong}") from None
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def check(copy: Path) -> None:
    """Raise :class:`..backups.BackupRefused` where SQLite finds anything wrong in a file, or no table."""
    try:
        with closing(_opened(copy)) as held:
            # Its schema is trusted: an index reads JSON, which older releases of SQLite count as unsafe. What it could
            # run are SQLite's own functions alone, as this connection has no others.
            found = held.execute("PRAGMA integrity_check(1)").fetchone()[0]
            tables = held.execute("SELECT count(*) FROM sqlite_master WHERE type = 'table'").fetchone()[0]
    except sqlite3.Error as wrong:
        raise BackupRefused(f"the database in it is damaged: {wrong}") from None
    if found != "ok":
        raise BackupRefused(f"the database in it is damaged: {found}")
    if not tables:
        raise BackupRefused("the database in it is empty")


@contextmanager
def alone(file: Path, is_to_stay: bool = False) -> Iterator[None]:
    """Hold ``file`` for a block, so that no other program has it open; raises :class:`..backups.BackupRefused`.

    SQLite gives up the log beside a file where one connection is the only one.  A damaged file is of no use.
    With ``is_to_stay`` the log is kept on afterwards.
    """
    with closing(_opened(file)) as held:
        try:
            held.execute("PRAGMA journal_mode=DELETE").fetchone()
            held.execute("BEGIN EXCLUSIVE")
        except sqlite3.DatabaseError as wrong:
            if getattr(wrong, "sqlite_errorcode", 0) & 0xFF in _IN_USE:
                raise BackupRefused(f"{file} is in use: stop the server (and what else works on it) first") from None
        yield
        if is_to_stay and file.stat().st_size:
            with suppress(sqlite3.DatabaseError):
                held.execute("ROLLBACK")
                held.execute("PRAGMA journal_mode=WAL").fetchone()


def load(file: Path, copy: Path, moment: str) -> str | None:
    """Give ``copy`` the name of ``file``, and that a name with ``moment``; see :func:`..backups.load`."""
    former = file.with_name(f"{file.stem}-before-restore-{moment}{file.suffix}")
    with alone(file):
        found = file.stat()
        for suffix in ("", *BESIDE) if found.st_size else ():
            with suppress(FileNotFoundError):
                _second_name(Path(f"{file}{suffix}"), Path(f"{former}{suffix}"))
        for suffix in BESIDE:  # of a file that cannot be used; SQLite would take it for a part of the copy
            Path(f"{file}{suffix}").unlink(missing_ok=True)
        os.chmod(copy, found.st_mode & 0o777)
        with suppress(PermissionError):
            os.chown(copy, found.st_uid, found.st_gid)
        flush(file.parent)
        os.replace(copy, file)
        flush(file.parent)
    return str(former) if found.st_size else None


def _opened(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{quote(str(file))}?mode=rw", uri=True, timeout=0, isolation_level=None)


def _second_name(file: Path, other: Path) -> None:
    try:
        os.link(file, other)
    except FileNotFoundError:
        raise
    except OSError:  # no hard links there
        shutil.copy2(file, other)
