"""A phone for tests of the log of changes: it holds rows and adds sums up, as the library in the app does."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from wger_flask.storage.sync_log import tables
from wger_flask.sync import log
from wger_flask.testing.rows import make


@dataclass
class Phone:
    """What a phone holds: it adds sums up, and takes operations as they are told to be taken."""

    user: int
    name: str = "phone"
    position: int = 0
    sums: dict[str, int] = field(default_factory=dict)
    rows: dict[str, dict[tuple[str, str], dict]] = field(default_factory=dict)
    got: list[dict] = field(default_factory=list)

    def sync(self) -> Phone:
        """Take a checkpoint; raises where a sum does not fit."""
        snapshot = log.take_snapshot(self.user, self.name)
        self.got = []
        listed = {bucket.name for bucket in snapshot.buckets}
        for gone in set(self.sums) - listed:
            del self.sums[gone], self.rows[gone]
        for bucket in snapshot.buckets:
            after = self.position if bucket.name in self.sums else 0
            is_new, more = after == 0, True
            while more:
                batch = log.read_batch(bucket.name, after, snapshot.last_op_id, is_new)
                for line in batch.lines:
                    after = self._take(bucket.name, after, json.loads(line))
                after, more = batch.last_op_id, batch.more
            assert self.sums.setdefault(bucket.name, 0) == bucket.checksum, bucket
            assert len(self.rows.setdefault(bucket.name, {})) == bucket.count, bucket
        self.position = snapshot.last_op_id
        return self

    def _take(self, bucket: str, after: int, operation: dict) -> int:
        self.got.append(operation)
        number, held = int(operation["op_id"]), self.rows.setdefault(bucket, {})
        assert number > after
        if operation["op"] == "CLEAR":
            held.clear()
            self.sums[bucket] = 0
        self.sums[bucket] = (self.sums.get(bucket, 0) + operation["checksum"]) % tables.CHECKSUMS
        place = operation.get("object_type"), operation.get("object_id")
        if operation["op"] == "PUT":
            held[place] = json.loads(operation["data"])
        elif operation["op"] == "REMOVE":
            held.pop(place, None)
        return number

    def of(self, table: str) -> dict[str, dict]:
        """Return the rows of a table by key."""
        return {key: row for rows in self.rows.values() for (name, key), row in rows.items() if name == table}


def add(model, user=None, **given):
    """Store a row with what it needs to point at."""
    return make(model, user, **given)
