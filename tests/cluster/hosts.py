"""A host of the application, and what its clients do."""

from __future__ import annotations

import http.client
import json
import sys
import threading
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from tests.ports import free_port

from .programs import PATIENCE, Failed, Programs, wait_for

LONGEST = 60
"""Seconds for an answer, also of a host whose database is being replaced."""
JSON = {"Content-Type": "application/json", "Accept": "application/json"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a host answered."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """What the body holds."""
        return json.loads(self.body)


class Host:
    """A host: gunicorn with an instance folder and a loopback address of its own."""

    def __init__(self, programs: Programs, name: str, at: str, settings: dict[str, str]):
        self.name, self.at, self.port = name, at, free_port(at)
        own = {"WGER_INSTANCE_PATH": str(programs.place(name)), "SITE_URL": f"http://{at}:{self.port}"}
        command = (sys.executable, "-m", "wger_flask", "serve", "--bind", f"{at}:{self.port}")
        programs.start(name, *command, **settings, **own)
        wait_for(f"{name} starts", lambda: self.ask("GET", "/readyz").status == 200)

    def ask(
        self, method: str, path: str, body: object = None, token: str = "", source: str = "127.0.0.1", **headers: str
    ) -> Answer:
        """Return what the host answers; raises OSError where it does not."""
        sent = {**JSON, **{name.replace("_", "-"): value for name, value in headers.items()}}
        if token:
            sent["Authorization"] = f"Token {token}"
        data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        held = http.client.HTTPConnection(self.at, self.port, timeout=LONGEST, source_address=(source, 0))
        try:
            held.request(method, path, data, sent)
            got = held.getresponse()
            return Answer(got.status, dict(got.getheaders()), got.read())
        except http.client.HTTPException as wrong:
            raise OSError(f"{type(wrong).__name__}: {wrong}") from wrong
        finally:
            held.close()

    def must(self, status: int, method: str, path: str, body: object = None, token: str = "", **headers: str) -> Answer:
        """Return an answer, which must have a status."""
        got = self.ask(method, path, body, token, **headers)
        if got.status != status:
            raise Failed(f"{method} {path} at {self.name}: {got.status} {got.body[:300]!r}")
        return got

    def events(self, token: str, heard: list[str], ready: threading.Event) -> None:
        """Listen to the stream of a user's events until it ends; runs in a thread."""
        held = http.client.HTTPConnection(self.at, self.port, timeout=PATIENCE)
        held.request(
            "GET",
            "/api/v2/events/",
            headers={
                "Accept": "text/event-stream",
                "Authorization": f"Token {token}",
            },
        )
        got = held.getresponse()
        ready.set()
        try:
            while line := got.readline():
                heard.append(line.decode())
        except OSError:
            pass
        finally:
            held.close()


def form(name: str, content: bytes, **fields: str) -> tuple[bytes, str]:
    """Return a form with a file ``image``, and its type."""
    edge = uuid.uuid4().hex
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n' for key, value in fields.items()
    ]
    head = f'--{edge}\r\nContent-Disposition: form-data; name="image"; filename="{name}"\r\n\r\n'
    body = "".join(parts).encode() + head.encode() + content + f"\r\n--{edge}--\r\n".encode()
    return body, f"multipart/form-data; boundary={edge}"


@dataclass
class Load:
    """Clients that write, at all hosts in turn, and read what they wrote at another one."""

    hosts: list[Host]
    token: str
    threads: int
    acknowledged: list[str] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    unanswered: list[str] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._running = [threading.Thread(target=self._write, args=(number,)) for number in range(self.threads)]

    def start(self) -> None:
        """Begin."""
        for thread in self._running:
            thread.start()

    def stop(self) -> None:
        """End, after the last answers."""
        self._stopped.set()
        for thread in self._running:
            thread.join()

    def wait_for_writes(self, more: int) -> None:
        """Wait until there are so many more acknowledged writes."""
        wanted = len(self.acknowledged) + more
        wait_for(f"{more} writes", lambda: len(self.acknowledged) >= wanted)

    def _write(self, number: int) -> None:
        turn = number
        while not self._stopped.is_set():
            turn += 1
            host, other = self.hosts[turn % len(self.hosts)], self.hosts[(turn + 1) % len(self.hosts)]
            try:
                got = host.ask("POST", "/api/v2/nutritionplan/", {"description": f"{number}-{turn}"}, self.token)
            except OSError as wrong:
                self.unanswered.append(str(wrong))
                continue
            with self._lock:
                self.statuses[got.status] = self.statuses.get(got.status, 0) + 1
            if got.status != 201:
                self.refused.append(time.monotonic())
                self._stopped.wait(0.2)
                continue
            key = str(got.json["id"])
            self.acknowledged.append(key)
            self._read(other, key)

    def _read(self, host: Host, key: str) -> None:
        try:
            got = host.ask("GET", f"/api/v2/nutritionplan/{key}/", token=self.token)
        except OSError as wrong:
            self.unanswered.append(str(wrong))
            return
        with self._lock:
            self.statuses[got.status] = self.statuses.get(got.status, 0) + 1
        if got.status == 503:
            self.refused.append(time.monotonic())
        elif got.status != 200:
            self.unread.append(f"{key} at {host.name}: {got.status}")
