"""A phone over HTTP: it holds rows, positions and sums by bucket, queues what is written on it, and heals by itself."""

from __future__ import annotations

import json
import time
import uuid
from typing import Any

from wger_flask.sync.app_client import Lines, Unreachable, ask

Rows = dict[tuple[str, str], dict[str, Any]]
SECONDS = 600.0  # in which a phone must come right, on a machine that does much else


class NotYet(Exception):
    """Say why the phone has to try again."""


class LightPhone:
    """A phone of the user with an API key; nothing of it is lost when the server is."""

    def __init__(self, base: str, key: str):
        self.base, self._credentials = base, {"Authorization": f"Token {key}"}
        self.client_id = str(uuid.uuid4())
        self.positions: dict[str, int] = {}
        self.sums: dict[str, int] = {}
        self.rows: dict[str, Rows] = {}
        self.queue: list[list[tuple[str, str, dict[str, Any]]]] = []  # transactions of verb, table and row
        self.refused: list[Any] = []
        self.healed = 0
        self._token = ""
        self._stream: Lines | None = None
        self._listed: dict[str, int] = {}
        self._number = -1

    # -- uploads -----------------------------------------------------------------------------------------------
    def upload(self, lose_answer: bool = False) -> None:
        """Send the oldest transaction; without its last answer it stays in the queue and is sent again, whole."""
        if not self.queue:
            return
        for verb, table, data in self.queue[0]:
            answer = ask(
                verb, f"{self.base}/api/v2/upload-powersync-data", {"table": table, "data": data}, self._credentials
            )
            if answer.status >= 500 or answer.status in (401, 403, 408, 429):
                raise NotYet(f"{verb} {table}: {answer.status}")
            assert answer.status == 200, answer
            if answer.json() != {"status": "ok!"}:
                self.refused.append((verb, table, data, answer.json()))
        if lose_answer:
            raise NotYet("the answer was lost")
        del self.queue[0]

    # -- the stream ----------------------------------------------------------------------------------------------
    def sync(self) -> None:
        """Upload everything, and wait for a complete checkpoint that acknowledges it; goes on until it is right."""
        end, trouble = time.monotonic() + SECONDS, "nothing was tried"
        while time.monotonic() < end:
            try:
                while self.queue:
                    self.upload()
                self._catch_up(self._acknowledged())
                return
            except (NotYet, Unreachable) as wrong:
                trouble = str(wrong)
                self.disconnect()
                time.sleep(0.05)  # the server may be starting
        raise AssertionError(f"the phone does not come right: {trouble}")

    def disconnect(self) -> None:
        """Lose the connection."""
        if self._stream is not None:
            self._stream.close()
        self._stream = None

    def connect(self) -> Lines:
        """Open the stream, with the positions of all buckets, unless it is open."""
        if self._stream is None:
            buckets = [{"name": name, "after": str(after)} for name, after in self.positions.items()]
            body = {"client_id": self.client_id, "buckets": buckets, "include_checksum": True, "raw_data": True}
            self._stream, self._listed, self._number = Lines(f"{self.base}/ps/sync/stream", self._key(), body), {}, -1
            if not self._stream.wait_for_head(60) or self._stream.status != 200:
                self._token = ""
                raise NotYet(f"the stream is answered with {self._stream.status} {self._stream.trouble}")
        return self._stream

    def _key(self) -> str:
        if not self._token:
            answer = ask("GET", f"{self.base}/api/v2/powersync-token", None, self._credentials)
            if answer.status != 200:
                raise NotYet(f"no token: {answer.status}")
            self._token = answer.json()["token"]
        return self._token

    def _acknowledged(self) -> int:
        url = f"{self.base}/ps/write-checkpoint2.json?client_id={self.client_id}"
        answer = ask("GET", url, None, {"Authorization": f"Token {self._key()}"})
        if answer.status != 200:
            self._token = ""
            raise NotYet(f"no write checkpoint: {answer.status}")
        return int(answer.json()["data"]["write_checkpoint"])

    def _catch_up(self, number: int) -> None:
        stream = self.connect()
        while True:
            line = stream.next(30)
            if line is None:
                raise NotYet("the stream ended")
            self._take(line.kind, line.value)
            if line.kind == "checkpoint_complete" and self._number >= number:
                return

    def _take(self, kind: str, value: Any) -> None:
        if kind in ("checkpoint", "checkpoint_diff"):
            changed = value["buckets" if kind == "checkpoint" else "updated_buckets"]
            if kind == "checkpoint":
                self._listed = {}
            self._listed.update({one["bucket"]: one["checksum"] for one in changed})
            for name in value.get("removed_buckets", ()):
                self._listed.pop(name, None)
            self._number = int(value.get("write_checkpoint") or 0)
            for name in set(self.rows) - set(self._listed):
                self._forget(name)
        elif kind == "data":
            for operation in value["data"]:
                self._apply(value["bucket"], operation)
        elif kind == "checkpoint_complete":
            wrong = [name for name, checksum in self._listed.items() if self.sums.get(name, 0) != checksum]
            for name in wrong:
                self._forget(name)
            if wrong:
                self.healed += 1
                raise NotYet(f"sums do not fit: {wrong}")
            self.positions = dict.fromkeys(self._listed, int(value["last_op_id"]))

    def _forget(self, name: str) -> None:
        for held in (self.rows, self.sums, self.positions):
            held.pop(name, None)

    def _apply(self, bucket: str, operation: dict[str, Any]) -> None:
        held, place = self.rows.setdefault(bucket, {}), (operation.get("object_type"), operation.get("object_id"))
        if operation["op"] == "CLEAR":
            held.clear()
            self.sums[bucket] = 0
        elif operation["op"] == "PUT":
            held[place] = json.loads(operation["data"])
        elif operation["op"] == "REMOVE":
            held.pop(place, None)
        self.sums[bucket] = (self.sums.get(bucket, 0) + operation["checksum"]) % (1 << 32)
        self.positions[bucket] = max(self.positions.get(bucket, 0), int(operation["op_id"]))

    def of(self, table: str) -> dict[str, dict[str, Any]]:
        """Return the rows of a table by key."""
        return {key: row for held in self.rows.values() for (name, key), row in held.items() if name == table}
