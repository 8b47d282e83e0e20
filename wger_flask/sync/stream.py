"""Follow one phone: what it is sent next, and when."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from time import monotonic, time

from . import lines, log
from .log import Bucket, Changes, Snapshot
from .source import Pace, Source
from .stream_requests import StreamRequest
from .tokens import SyncToken

PIECE_BYTES = 2**16  # short lines are sent together
FIRST_PARTS = (2,)  # priorities after which a first sync is shown in part: the user's rows, before the catalogue


class Stream(Source):
    """The stream of one phone."""

    def __init__(self, request: StreamRequest, token: SyncToken, pace: Pace, now: Callable[[], float] = monotonic):
        super().__init__(token, request.client_id, pace, now)
        self.operations = 0  # sent so far
        self._positions = request.positions
        self._sent: Snapshot | None = None  # the last checkpoint that was told
        self._is_complete = False  # whether it was told whole

    def __repr__(self) -> str:
        return f"stream of user {self.user_id}, phone {self.client_id}"

    @property
    def position(self) -> int:
        told = self._sent if self._is_complete else None
        return told.last_op_id if told else max(self._positions.values(), default=0)

    def notify(self, changes: Changes) -> None:
        """Wake it if it is concerned: its buckets, the number of its phone's writes, a newer stream of its phone."""
        number, newest = changes.phones.get((self.user_id, self.client_id), (0, 0))
        told = self._sent
        if 0 < self.number < newest:
            self.stop()
        elif (
            told is None
            or changes.buckets is None
            or number != told.number
            or not changes.buckets.isdisjoint(self._positions)
        ):
            self.wake()

    # -- what it says ------------------------------------------------------------------------
    def _run(self) -> Generator[bytes, None, None]:
        while True:
            self._woken.clear()  # what comes from here on is looked at the next time
            if self._stopped or self._token.caller() is None:
                return
            snapshot = log.take_snapshot(self.user_id, self.client_id)
            if self._sent is not None and snapshot.last_op_id < self._sent.last_op_id:
                return  # another log: the phone begins anew
            if self._sent is None or not self._is_complete or _differ(self._sent, snapshot):
                yield from self._told(snapshot)
                self.due = self._next_look()
            elif self._now() >= self.due:
                yield lines.token_expires_in(int(self._token.expires - time()))
                self.due = self._next_look()
            if self._stopped or (self._is_complete and (self._pace.one_checkpoint or self._now() >= self._end)):
                return
            while self._is_complete and not self.is_due:
                yield b""

    def _told(self, snapshot: Snapshot) -> Iterator[bytes]:
        """Yield a checkpoint and all that leads to it; without its end where the log was compacted meanwhile."""
        before, self._sent, self._is_complete = self._sent, snapshot, False
        if before is None:
            held, piece = self._positions, lines.checkpoint(snapshot)
            changed = snapshot.buckets
            self._positions = {bucket.name: held.get(bucket.name, 0) for bucket in snapshot.buckets}
        else:
            known, now = {bucket.name: bucket for bucket in before.buckets}, {b.name for b in snapshot.buckets}
            changed = tuple(bucket for bucket in snapshot.buckets if known.get(bucket.name) != bucket)
            removed = [name for name in known if name not in now]
            piece = lines.checkpoint_diff(snapshot, changed, removed)
            for name in removed:
                self._positions.pop(name, None)
        for line in self._operations(changed, snapshot):
            piece += line
            if len(piece) >= PIECE_BYTES:
                yield piece
                piece = b""
            if self._stopped:
                return
        if log.generation() == snapshot.generation:
            piece += lines.complete(snapshot)
            self._positions = dict.fromkeys(self._positions, snapshot.last_op_id)
            self._is_complete = True
        if piece:
            yield piece

    def _operations(self, buckets: tuple[Bucket, ...], snapshot: Snapshot) -> Iterator[bytes]:
        """Yield the lines that bring ``buckets`` to the snapshot, those of lower priority numbers first."""
        until, shown = snapshot.last_op_id, 0
        for bucket in sorted(buckets, key=lambda bucket: bucket.priority):
            after = self._positions.get(bucket.name, 0)
            is_new = after == 0
            if is_new:
                for priority in FIRST_PARTS:
                    if shown < priority < bucket.priority:
                        shown = priority
                        if log.generation() == snapshot.generation:
                            yield lines.partly_complete(snapshot, priority)
            more = after < until
            while more:
                batch = log.read_batch(bucket.name, after, until, is_new)
                if batch.lines:
                    self.operations += len(batch.lines)
                    yield lines.data(bucket.name, batch.lines)
                after, more = batch.last_op_id, batch.more
            self._positions[bucket.name] = until


def _differ(one: Snapshot, other: Snapshot) -> bool:
    """Tell whether two checkpoints of a phone say different things: what others wrote does not matter to it."""
    return one.number != other.number or one.buckets != other.buckets
