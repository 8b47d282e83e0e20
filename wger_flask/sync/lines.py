"""Write the lines of a stream: JSON objects with one key each, as the app's library reads them.

Numbers of operations are texts of digits there, checksums are numbers.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from .log import STREAMS, Bucket, Snapshot


def checkpoint(snapshot: Snapshot) -> bytes:
    """Return the line that names all buckets of a phone; it forgets all others."""
    streams = [{"name": name, "is_default": True, "errors": []} for name in STREAMS]
    told = {**_head(snapshot), "buckets": [_bucket(bucket) for bucket in snapshot.buckets], "streams": streams}
    return _line("checkpoint", told)


def checkpoint_diff(snapshot: Snapshot, updated: Iterable[Bucket], removed: Iterable[str]) -> bytes:
    """Return the line that tells what differs from the checkpoint before.

    It repeats the write number even where that is the same: without one, a phone takes it for taken back.
    """
    changed = [_bucket(bucket) for bucket in updated]
    return _line("checkpoint_diff", {**_head(snapshot), "updated_buckets": changed, "removed_buckets": list(removed)})


def data(bucket: str, operations: Sequence[str]) -> bytes:
    """Return the line with operations of a bucket, each of which is the text of a JSON object."""
    return f'{{"data":{{"bucket":{json.dumps(bucket)},"data":[{",".join(operations)}]}}}}\n'.encode()


def complete(snapshot: Snapshot) -> bytes:
    """Return the line on which a phone checks all sums, and shows what came."""
    return _line("checkpoint_complete", {"last_op_id": str(snapshot.last_op_id)})


def partly_complete(snapshot: Snapshot, priority: int) -> bytes:
    """Return the line on which a phone shows the buckets up to ``priority`` already."""
    return _line("partial_checkpoint_complete", {"last_op_id": str(snapshot.last_op_id), "priority": priority})


def token_expires_in(seconds: int) -> bytes:
    """Return the line for a silent connection: whole ``seconds`` until the token ends."""
    return _line("token_expires_in", seconds)


def _head(snapshot: Snapshot) -> dict[str, str | None]:
    number = str(snapshot.number) if snapshot.number else None
    return {"last_op_id": str(snapshot.last_op_id), "write_checkpoint": number}


def _bucket(bucket: Bucket) -> dict[str, object]:
    return {
        "bucket": bucket.name,
        "checksum": bucket.checksum,
        "count": bucket.count,
        "priority": bucket.priority,
        "subscriptions": [{"default": bucket.stream}],
    }


def _line(key: str, value: object) -> bytes:
    return json.dumps({key: value}, separators=(",", ":")).encode() + b"\n"
