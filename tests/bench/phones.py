"""Measure a process with many phones connected: how long a change takes, what they cost while nothing happens.

    python -m tests.bench.phones [--phones 100] [--rounds 20] [--idle 60]

Each phone is of a user of its own.  Times run from before a change is sent to the server until a phone has all of it;
``docs/performance.md`` says what came out.  With ``WGER_TEST_DATABASE_URL`` the database is on that server.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import statistics
import tempfile
import time
import urllib.request
from pathlib import Path

from tests.serving.running import Running, running
from wger_flask.auth.accounts import create_user
from wger_flask.auth.models import Token, User
from wger_flask.storage.database import transaction
from wger_flask.testing.server import key_of, make_template, settings_for, with_app

ADMINISTRATOR = key_of("ada")
TRANSLATION = "exercise-translation/1/"


class Phone:
    """A phone that counts complete checkpoints, and notes when each came."""

    def __init__(self, port: int, token: str, name: str):
        self.port, self.token, self.name = port, token, name
        self.completes: list[float] = []
        self.operations = self.bytes = 0
        self.news = asyncio.Event()

    async def follow(self) -> None:
        """Open the stream and read it to its end."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=2**24)
        body = json.dumps({"client_id": self.name, "buckets": []})
        head = f"POST /ps/sync/stream HTTP/1.0\r\nHost: localhost\r\nAuthorization: Token {self.token}\r\n"
        writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())
        while line := await reader.readline():
            self.bytes += len(line)
            if line.startswith(b'{"checkpoint_complete"'):
                self.completes.append(time.monotonic())
                self.news.set()
            elif line.startswith(b'{"data"'):
                self.operations += line.count(b'"op_id"')
        self.completes.append(-1)
        self.news.set()

    async def completed(self, count: int, seconds: float) -> float:
        """Return when the ``count``-th complete checkpoint came."""
        async with asyncio.timeout(seconds):
            while len(self.completes) < count:
                self.news.clear()
                await self.news.wait()
        return self.completes[count - 1]


def ask(server: Running, key: str, path: str, method: str = "GET", body: dict | None = None) -> dict:
    """Return what a request is answered."""
    headers = {"Authorization": f"Token {key}", "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    url = f"http://127.0.0.1:{server.port}/api/v2/{path}"
    with urllib.request.urlopen(urllib.request.Request(url, data, headers, method=method)) as answer:
        return json.load(answer)


def worker_of(server: Running) -> int:
    """Return the process that serves: the one child of the one that was started."""
    [worker] = Path(f"/proc/{server.process}/task/{server.process}/children").read_text().split()
    return int(worker)


def cpu_seconds(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def megabytes(process: int) -> float:
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def told(times: list[float]) -> str:
    ordered = sorted(times)
    last = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    return f"median {statistics.median(ordered):.2f} s, 99 % within {last:.2f} s"


async def measure(server: Running, keys: list[str], chosen: argparse.Namespace) -> None:
    """Connect the phones, and print what is measured."""
    loop, process = asyncio.get_running_loop(), worker_of(server)
    tokens = [ask(server, key, "powersync-token")["token"] for key in keys]
    print(f"before: {megabytes(process):.0f} MB")
    before, began = cpu_seconds(process), time.monotonic()
    phones = [Phone(server.port, token, f"phone {number}") for number, token in enumerate(tokens)]
    following = [asyncio.create_task(phone.follow()) for phone in phones]
    ends = [await phone.completed(1, 120) for phone in phones]
    print(
        f"{len(phones)} first syncs of {phones[0].operations} rows at once: {max(ends) - began:.1f} s, "
        f"{cpu_seconds(process) - before:.1f} s of CPU; {megabytes(process):.0f} MB"
    )
    await asyncio.sleep(3)
    before, began = cpu_seconds(process), time.monotonic()
    await asyncio.sleep(chosen.idle)
    share = (cpu_seconds(process) - before) / (time.monotonic() - began)
    print(f"idle: {100 * share:.2f} % of a core")

    async def changes(what: str, path: str, key: str, hearing: list[Phone], field: str) -> None:
        times, used = [], cpu_seconds(process)
        for number in range(chosen.rounds):
            await asyncio.sleep(0.5 + random.random() / 4)
            counts, began = [len(phone.completes) for phone in hearing], time.monotonic()
            await loop.run_in_executor(None, ask, server, key, path, "PATCH", {field: f"Round {number}"})
            times += [await p.completed(c + 1, 30) - began for p, c in zip(hearing, counts, strict=True)]
        used = (cpu_seconds(process) - used) / chosen.rounds
        print(f"{what}: {told(times)}; {used:.3f} s of CPU each")

    plan = ask(server, keys[0], "nutritionplan/", "POST", {"description": "x", "start": "2026-01-01"})["id"]
    await phones[0].completed(2, 30)
    await changes("a change of the catalogue, at all", TRANSLATION, ADMINISTRATOR, phones, "name")
    await changes("a user's own, at one phone", f"nutritionplan/{plan}/", keys[0], phones[:1], "description")
    for task in following:
        task.cancel()


def main() -> None:
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("--phones", type=int, default=100)
    reader.add_argument("--rounds", type=int, default=20)
    reader.add_argument("--idle", type=int, default=60, help="seconds in which nothing happens")
    chosen = reader.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepared = make_template(os.environ.get("WGER_TEST_DATABASE_URL"), folder)
        keys = []
        with with_app(settings_for(prepared.url, folder)), transaction():
            for number in range(chosen.phones):
                create_user(f"user{number}", "secret-pass")
                keys.append(key_of(f"user{number}"))
                Token.create(key=keys[-1], user=User.get(User.username == f"user{number}"))
        env = {"WGER_WORKERS": "1", "WGER_SYNC_STREAMS": str(chosen.phones), "WGER_SYNC_TOKEN_LIFETIME": "3600"}
        with running(prepared.url, folder, **env, WGER_RATELIMIT_ENABLED="0") as server:
            ask(server, ADMINISTRATOR, "version/")
            asyncio.run(measure(server, keys, chosen))


if __name__ == "__main__":
    main()
