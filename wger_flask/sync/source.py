"""Answers that go on for minutes: a state machine that its server drives.

:meth:`Source.advance` gives the next piece, nothing where there is nothing to tell at the moment, None at the end.  In
between it holds neither a thread nor a connection to the database; :meth:`Source.wake` and :attr:`Source.due` say when
to go on.
"""

from __future__ import annotations

import logging
import threading
import zlib
from collections.abc import Callable, Generator
from dataclasses import dataclass
from time import monotonic, time

from ..storage.database import DatabaseError, is_unavailable, release_connection, take_up
from .log import Changes
from .tokens import SyncToken

RENEWAL_SECONDS = 30  # before its token ends, a phone that hears of it fetches another one

logger = logging.getLogger("wger_flask.sync")


@dataclass(frozen=True, slots=True)
class Pace:
    """How streams are kept: ``keepalive`` and ``lifetime`` in seconds."""

    keepalive: float
    lifetime: float
    one_checkpoint: bool = False
    gzip: bool = False


class Source:
    """What a user's client is told, for as long as ``pace`` says; ``client_id`` is its name among theirs.

    ``advance`` and ``close`` are for what drives it, one call at a time; ``wake`` and ``stop`` may come from any
    thread.
    """

    number = 0  # among the streams of one phone, the newest of which stays; 0 for what is no phone

    @property
    def position(self) -> int:
        """The last operation that it has, as far as is known."""
        return 0

    def __init__(self, token: SyncToken, client_id: str, pace: Pace, now: Callable[[], float] = monotonic):
        self.user_id, self.client_id = token.user_id, client_id
        self.error = ""  # what ended it, but for its reader, the server and time
        self.due = 0.0  # the moment, by the clock ``now``, at which to advance without being woken
        self.on_wake: Callable[[], None] = lambda: None
        self.on_close: Callable[[], None] = lambda: None
        self.woken_at = now()
        self._token, self._pace, self._now = token, pace, now
        self._woken, self._stopped, self._is_closed = threading.Event(), False, False
        self._began = now()
        self._end = self._began + pace.lifetime
        self._pieces = self._run()
        # Lines repeat near by: 4 kB to look back suffice, and keep it below 40 kB a phone, where the default takes 260.
        self._press = zlib.compressobj(wbits=16 + 12, memLevel=5) if pace.gzip else None

    def _run(self) -> Generator[bytes, None, None]:
        """Yield what is to be sent, b"" where it waits."""
        raise NotImplementedError

    def notify(self, changes: Changes) -> None:
        """Wake it if it is concerned."""
        raise NotImplementedError

    def advance(self) -> bytes | None:
        """Return what is to be sent now, b"" where the stream waits, None where it has ended."""
        try:
            take_up()
            piece = next(self._pieces, None)
        except DatabaseError as wrong:
            if not is_unavailable(wrong):
                raise
            self.error = "the database was away"
            logger.warning("%s ended: the database: %s", self, " ".join(str(wrong).split()))
            piece = None
        finally:
            release_connection()
        if piece is None:
            self.close()
            press, self._press = self._press, None
            return press.flush() if press is not None else None  # an end without its trailer looks like a cut one
        if self._press is not None and piece:
            return self._press.compress(piece) + self._press.flush(zlib.Z_SYNC_FLUSH)
        return piece

    @property
    def is_due(self) -> bool:
        """Whether a stream that waits has something to look at."""
        return self._stopped or self._woken.is_set() or self._now() >= self.due

    def wait(self) -> None:
        """Wait, in a thread of the stream's own, until it is due, or for a second."""
        self._woken.wait(max(0.0, min(1.0, self.due - self._now())))

    def wake(self) -> None:
        """Let it look whether something has changed."""
        if not self._woken.is_set():
            self.woken_at = self._now()
        self._woken.set()
        self.on_wake()

    @property
    def lag(self) -> float:
        """For how many seconds it has been woken and has not looked yet."""
        return max(0.0, self._now() - self.woken_at) if self._woken.is_set() else 0.0

    def stop(self) -> None:
        """Let it end as soon as may be; its reader goes on where it was."""
        self._stopped = True
        self.wake()

    def close(self) -> None:
        """Give up what it holds."""
        self._stopped = True
        self._pieces.close()
        if self._is_closed:
            return
        self._is_closed = True
        self.on_close()
        logger.debug("%s: ended after %.0f s", self, self._now() - self._began)

    def _next_look(self) -> float:
        """Return when to say something: after some silence, and soon enough for the phone to renew its token."""
        now, left = self._now(), self._token.expires - time()
        moments = [now + self._pace.keepalive, self._end, now + max(left, 0)]
        if left > RENEWAL_SECONDS:
            moments.append(now + left - RENEWAL_SECONDS + 1)
        return min(moments)
