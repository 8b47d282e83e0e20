"""Ask SQLite, on one connection a thread, set up as the server sets up its own."""

from __future__ import annotations

import os
import sqlite3
import threading
from contextlib import contextmanager

local = threading.local()


def connection():
    held = getattr(local, "held", None)
    if held is None:
        held = local.held = sqlite3.connect(
            os.environ["BENCH_DATABASE"], isolation_level=None, cached_statements=512, timeout=30
        )
        held.execute("PRAGMA synchronous = normal")
        held.execute("PRAGMA foreign_keys = 1")
    return held


def rows(sql, *values):
    return connection().execute(sql, values).fetchall()


@contextmanager
def writing():
    held = connection()
    held.execute("BEGIN IMMEDIATE")
    try:
        yield
        held.execute("COMMIT")
    except BaseException:
        held.execute("ROLLBACK")
        raise


def marks(values):
    return ",".join("?" * len(values))


def grouped(sql, keys):
    found = {}
    for key, *rest in rows(sql.format(marks(keys)), *keys):
        found.setdefault(key, []).append(rest[0] if len(rest) == 1 else rest)
    return found
