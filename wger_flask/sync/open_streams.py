"""Know the streams of this process: how many there may be, which one replaces which, whom a change concerns.

One watcher a process looks for changes, a few times a second and only while phones are connected, and wakes the
streams.  Processes share nothing but the database.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterator

from . import log
from .background import LogFollower, run_periodically
from .log import Ended
from .source import Source

logger = logging.getLogger("wger_flask.sync")


class Full(Exception):
    """Say that no further phone is let in for now."""


class OpenStreams:
    """The streams of this process.

    ``most`` is how many there may be, ``most_of_user`` how many of one user; ``interval`` is the time between two
    looks of the watcher, in seconds.
    """

    def __init__(self, most: int, most_of_user: int, interval: float):
        self.most, self.most_of_user, self.interval = most, most_of_user, interval
        self._streams: dict[tuple[int, str], Source] = {}
        self._of_user: Counter[int] = Counter()
        self._ended: list[Ended] = []  # for the watcher to note
        self._lock = threading.Lock()
        self._watcher: threading.Thread | None = None
        self._ending = threading.Event()

    def __len__(self) -> int:
        return len(self._streams)

    def lag(self) -> float:
        """Return for how many seconds the stream has waited that has waited longest to tell what it was woken for."""
        return max((stream.lag for stream in self._all()), default=0.0)

    def add(self, stream: Source) -> None:
        """Let a stream in; the former one of the same phone ends.  Raises :class:`Full`.

        That one may look alive for long: whether its phone is still there is only found out by writing to it.
        """
        key = (stream.user_id, stream.client_id)
        with self._lock:
            former = self._streams.get(key)
            if former is None:
                if len(self._streams) >= self.most or self._of_user[stream.user_id] >= self.most_of_user:
                    raise Full()
                self._of_user[stream.user_id] += 1
            self._streams[key] = stream
            stream.on_close = lambda: self._remove(stream)
            self._start_watcher()
        if former is not None:
            former.stop()

    def _remove(self, stream: Source) -> None:
        key = (stream.user_id, stream.client_id)
        with self._lock:
            if self._streams.get(key) is stream:
                del self._streams[key]
                self._of_user[stream.user_id] -= 1
                if not self._of_user[stream.user_id]:
                    del self._of_user[stream.user_id]
                if stream.number:  # of a phone that has no newer one
                    ended = Ended(stream.user_id, stream.client_id, stream.number, stream.position, stream.error)
                    self._ended.append(ended)
                    self._start_watcher()

    def _start_watcher(self) -> None:
        if self._watcher is None:
            self._watcher = threading.Thread(target=self._watch, name="sync watcher", daemon=True)
            self._watcher.start()

    def stop(self) -> None:
        """End all streams: the process is about to."""
        for stream in self._all():
            stream.stop()

    def close(self) -> None:
        """End all streams, and the watcher before this returns: the database may become another one."""
        self.stop()
        self._ending.set()
        if (watcher := self._watcher) is not None:
            watcher.join()
        with self._lock:
            self._streams.clear()
            self._of_user.clear()
            self._ended.clear()
            self._watcher = None
        self._ending.clear()

    def _all(self) -> list[Source]:
        with self._lock:
            return list(self._streams.values())

    # -- the watcher -------------------------------------------------------------------------
    def _watch(self) -> None:
        follower = LogFollower()

        def look_at_changes() -> None:
            self._note_ended()
            self._tell(follower)

        run_periodically(look_at_changes, self._has_work, lambda: self._ending.wait(self.interval), logger)

    def _has_work(self) -> bool:
        with self._lock:
            if (self._streams or self._ended) and not self._ending.is_set():
                return True
            self._watcher = None
            return False

    def _tell(self, follower: LogFollower) -> None:
        """Wake whom the latest changes concern."""
        with self._lock:
            users = set(self._of_user)
        changes = follower.changes(users)
        if changes is not None:
            for stream in self._all():
                stream.notify(changes)

    def _note_ended(self) -> None:
        with self._lock:
            ended, self._ended = self._ended, []
        if ended:
            log.end_streams(ended)


class ThreadedStream:
    """The answer to a phone where each stream holds a thread, as under other servers than our worker.

    ``is_stopping`` tells whether the process is about to end.
    """

    def __init__(self, stream: Source, is_stopping: Callable[[], bool]):
        self._stream, self._is_stopping = stream, is_stopping

    def __iter__(self) -> Iterator[bytes]:
        while (piece := self._stream.advance()) is not None:
            if piece:
                yield piece
                continue
            self._stream.wait()
            if self._is_stopping():
                self._stream.stop()

    def close(self) -> None:
        """End it: the phone has gone, or everything was said."""
        self._stream.close()
