"""Clients that write and read without a break, and remember what they were told: nothing acknowledged may be lost.

Whatever happens to the server meanwhile, a client is refused (503, 429), hung up on, or answered.  What it was
told was written has to be there at the end, what it was told was deleted has to be gone; what it got no answer about
may be either.
"""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tests.conftest import key_of

USERS = ("ada", "grace", "linus")
EPOCH = datetime(2001, 1, 1, tzinfo=UTC)
GONE = None
PATIENCE = 120.0  # seconds for an answer
BREATH = 0.02  # seconds between two tries where the server is away


@dataclass
class Told:
    """What the clients were told: the statuses, and by address of a row what it is now (``GONE``: deleted)."""

    statuses: Counter[int | str] = field(default_factory=Counter)
    rows: dict[tuple[str, str], str | None] = field(default_factory=dict)
    unclear: set[tuple[str, str]] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    also: tuple[int, ...] = ()
    changed: threading.Condition = field(default_factory=threading.Condition)

    @property
    def acknowledged(self) -> int:
        """The number of writes that were acknowledged."""
        return sum(self.statuses[status] for status in (200, 201, 204)) - self.statuses["reads"]

    def wait_for(self, more: int, status: int | str | None = None, seconds: float = 600) -> None:
        """Wait until so many more writes are acknowledged, or answers have a status; fails where it lasts longer."""

        def number() -> int:
            return self.acknowledged if status is None else self.statuses[status]

        wanted, until = number() + more, time.monotonic() + seconds
        with self.changed:
            while number() < wanted:
                assert self.changed.wait(max(until - time.monotonic(), 0)), (dict(self.statuses), self.wrong[:3])

    def note(self, status: int | str, read: bool = False) -> None:
        with self.changed:
            self.statuses[status] += 1
            self.statuses["reads"] += read
            self.changed.notify_all()


class Caller:
    """A client with a connection that it keeps, and makes again where it broke."""

    def __init__(self, port: int, name: str, patience: float = PATIENCE):
        self.port, self.patience = port, patience
        self.headers = {"Authorization": f"Token {key_of(name)}"}
        self.connection: http.client.HTTPConnection | None = None

    def __call__(self, method: str, path: str, body: object = None, kind: str = "application/json"):
        """Return the status and the body, ``"broken"`` and nothing where no answer came."""
        sent = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        headers = {**self.headers, "Content-Type": kind} if sent is not None else self.headers
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.patience)
            self.connection.request(method, path if path.startswith("/") else f"/api/v2/{path}", sent, headers)
            answer = self.connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            self.close()
            return "broken", b""

    def close(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None


def write_and_read(port: int, number: int, told: Told, end: threading.Event, patience: float) -> None:
    """Make, change and delete weights of a user, and read them, until the end."""
    call, moment = Caller(port, USERS[number % len(USERS)], patience), EPOCH + timedelta(days=number * 300)
    own: list[str] = []
    step = 0
    while not end.is_set():
        step += 1
        moment += timedelta(minutes=1)
        value = f"{50 + step % 100}.00"
        if step % 5 == 0 and own:
            _write(call, told, "PATCH", own[step % len(own)], {"weight": value}, value)
        elif step % 7 == 0 and own:
            _write(call, told, "DELETE", own.pop(0), None, GONE)
        elif step % 3 == 0:
            status, _ = call("GET", "weightentry/?limit=10&ordering=-date")
            _judge(told, "GET", status, read=True)
        else:
            body = {"date": moment.isoformat(), "weight": value}
            if made := _write(call, told, "POST", "weightentry/", body, value):
                own.append(made)
        if told.wrong:
            break
        if call.connection is None:
            end.wait(BREATH)
    call.close()


def _write(call: Caller, told: Told, method: str, path: str, body: object, value: str | None) -> str:
    """Send a write and note what is known of the row then; returns the address of what was made."""
    key = (call.headers["Authorization"], path)
    if method != "POST":
        with told.lock:
            told.unclear.add(key)
    status, data = call(method, path, body)
    ok = status in (200, 201, 204)
    if ok and method == "POST":
        path = f"weightentry/{json.loads(data)['id']}/"
        key = (key[0], path)
    if ok:
        with told.lock:
            told.rows[key] = value
            told.unclear.discard(key)
    _judge(told, f"{method} {path}", status, data)
    return path if ok and method == "POST" else ""


def _judge(told: Told, what: str, status: int | str, data: bytes = b"", read: bool = False) -> None:
    if status not in (200, 201, 204, 429, 503, "broken", *told.also):
        told.wrong.append(f"{what}: {status} {data[:300]!r}")
    told.note(status, read and status == 200)


@contextmanager
def load(port: int, clients: int = 6, patience: float = PATIENCE, also: tuple[int, ...] = ()) -> Iterator[Told]:
    """Let clients write and read while the block runs; fails with an answer that nobody should get.

    ``patience`` is how many seconds they wait for an answer, ``also`` are statuses that are right this time.
    """
    told, end = Told(also=also), threading.Event()
    with at_work(end, [(write_and_read, port, number, told, end, patience) for number in range(clients)]):
        yield told
    assert not told.wrong, told.wrong


@contextmanager
def at_work(end: threading.Event, works: list[tuple]) -> Iterator[None]:
    """Have functions, each given with what it is called with, run in threads while the block runs; then set ``end``."""
    threads = [threading.Thread(target=work, args=arguments, daemon=True) for work, *arguments in works]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        end.set()
        for thread in threads:
            thread.join()


def assert_nothing_lost(port: int, told: Told) -> None:
    """Hold what the server has now against all that was acknowledged."""
    known: dict[tuple[str, str], str] = {}
    for name in USERS:
        call = Caller(port, name)
        path = "/api/v2/weightentry/?limit=999"
        while path:
            status, data = call("GET", path)
            assert status == 200, (status, data[:200])
            page = json.loads(data)
            for row in page["results"]:
                known[call.headers["Authorization"], f"weightentry/{row['id']}/"] = row["weight"]
            path = (page["next"] or "").partition("/api/v2/")[2] and "/api/v2/" + page["next"].partition("/api/v2/")[2]
        call.close()
    lost = {
        key: (value, known.get(key))
        for key, value in told.rows.items()
        if key not in told.unclear and known.get(key) != value
    }
    assert not lost, (len(lost), list(lost.items())[:5])


def ask_until(
    port: int,
    wanted: int,
    method: str = "GET",
    path: str = "weightentry/?limit=1",
    body: object = None,
    seconds: float = 600,
) -> bytes:
    """Ask as grace until an answer has the status ``wanted``, and return its body; fails where none has in time."""
    call, until, status = Caller(port, "grace"), time.monotonic() + seconds, None
    while time.monotonic() < until:
        status, data = call(method, path, body)
        assert status in (wanted, 503, 429, "broken"), (status, data[:300])
        if status == wanted:
            call.close()
            return data
        threading.Event().wait(BREATH)
    raise AssertionError(f"never {wanted}, at last {status}")
