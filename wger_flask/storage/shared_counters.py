"""Count recent events for several hosts: in Redis, or what speaks its protocol (Valkey), or in the database.

The moments are those of the hosts' clocks, which must agree within seconds.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from .counters import Counters, FileCounters

_REST_SECONDS = 5  # until a place that failed is tried again
_WAIT_SECONDS = 1  # for an answer: it takes less than a millisecond
_MANY = 100_000

logger = logging.getLogger(__name__)

T = TypeVar("T")


class CountersError(ValueError):
    """Say in one line why counters cannot be where a setting wants them."""


class SharedCounters:
    """The :class:`~.counters.Counters` of several hosts; what is below asks the place where they are.

    No method raises for what is wrong with that place: for some seconds nothing is counted then, which the log tells.
    """

    place = ""

    def __init__(self) -> None:
        self._off_until: float | None = None  # by the clock that never jumps; None while counting works

    def add_within(self, name: str, now: float, seconds: float, most: int) -> float | None:
        """Add an event unless there were ``most`` in the last ``seconds``: see :class:`~.counters.Counters`."""
        return self._asked(lambda: self._add_within(name, now, seconds, most), None)

    def count_within(self, name: str, now: float, seconds: float) -> int:
        """Return how many events there were in the last ``seconds``."""
        return self._asked(lambda: self._count_within(name, now, seconds), 0)

    def forget(self, name: str) -> None:
        """Drop every event of a name."""
        self._asked(lambda: self._forget(name), None)

    def _asked(self, ask: Callable[[], T], unknown: T) -> T:
        if self._off_until is not None and time.monotonic() < self._off_until:
            return unknown
        try:
            told = ask()
        except Exception as wrong:  # drivers have no common class for what is away, full, read-only or too slow
            first, self._off_until = self._off_until is None, time.monotonic() + _REST_SECONDS
            if first:
                told_why = " ".join(str(wrong).split()) or type(wrong).__name__
                logger.error("%s: %s: rate limits and lockouts are off until it works again", self.place, told_why)
            return unknown
        if self._off_until is not None:
            self._off_until = None
            logger.warning("%s: calls are counted again", self.place)
        return told

    def _add_within(self, name: str, now: float, seconds: float, most: int) -> float | None:
        raise NotImplementedError

    def _count_within(self, name: str, now: float, seconds: float) -> int:
        raise NotImplementedError

    def _forget(self, name: str) -> None:
        raise NotImplementedError


class RedisCounters(SharedCounters):
    """Counters in Redis, as the moving windows of the package ``limits``; raises ImportError where that is missing."""

    def __init__(self, url: str):
        from limits.storage import MovingWindowSupport, storage_from_string

        super().__init__()
        parts = urlsplit(url)
        self.place = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        spoken = parts.scheme.replace("valkeys", "rediss").replace("valkey", "redis")
        storage = storage_from_string(
            f"{spoken}:{url.partition(':')[2]}", socket_timeout=_WAIT_SECONDS, socket_connect_timeout=_WAIT_SECONDS
        )
        assert isinstance(storage, MovingWindowSupport)
        self._windows, self._storage = storage, storage

    def _add_within(self, name: str, now: float, seconds: float, most: int) -> float | None:
        key, length = f"wger:{name}", int(seconds)
        if most > 0 and self._windows.acquire_entry(key, most, length):
            return None
        oldest, events = self._windows.get_moving_window(key, max(1, most), length)
        return oldest if events else None

    def _count_within(self, name: str, now: float, seconds: float) -> int:
        return self._windows.get_moving_window(f"wger:{name}", _MANY, int(seconds))[1]

    def _forget(self, name: str) -> None:
        self._storage.clear(f"wger:{name}")


def open_counters(url: str, folder: Path) -> Counters:
    """Return the counters at ``url``: ``file`` (in ``folder``), ``database``, or the address of a Redis or Valkey.

    Empty is where all processes that serve the open database can count: the database, where several hosts can reach
    it, else the file.  Raises :class:`CountersError`.
    """
    from .database import database

    if url in ("", "file", "database"):
        counters = database.obj.dialect.counters if url != "file" else None
        if url == "database" and counters is None:
            raise CountersError("WGER_COUNTERS_URL: this database is one host's: use file")
        return counters or FileCounters(folder)
    try:
        return RedisCounters(url)
    except ImportError as missing:
        raise CountersError(f"WGER_COUNTERS_URL: {missing.name or missing} is not installed") from missing
    except Exception as wrong:  # whatever the driver says about an address
        raise CountersError(f"WGER_COUNTERS_URL: {wrong}") from wrong
