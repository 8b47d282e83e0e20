"""The server as it is run, behind a socket; and clients that say exactly what they are told to."""

from __future__ import annotations

import http.client
import json
import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import ROOT
from tests.reference import SERVER


@dataclass(frozen=True, slots=True)
class Running:
    """A server that runs: its port, the file of what it logs, its first process."""

    port: int
    log: Path
    process: int

    def connect(self) -> socket.socket:
        """Return a connection to it; whoever reads from it waits ten minutes at most."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=600)


@contextmanager
def running(
    url: str,
    folder: Path,
    backlog: int = 512,
    app: str = "wsgi:app",
    options: tuple[str, ...] = (),
    ends: int = 0,
    **env: str,
) -> Iterator[Running]:
    """Run gunicorn with the project's configuration on the database ``url`` while the block runs; ``app`` is served.

    ``options`` are more of gunicorn's; ``ends`` is the status with which it ends.  Jobs, which begin half a minute
    after a start, are not done unless ``env`` says so; and connections are kept however long a test takes.
    """
    env = {
        **os.environ,
        "WGER_DATABASE_URL": url,
        "WGER_INSTANCE_PATH": str(folder),
        "WGER_PROFILE": "testing",
        "WGER_PLUGINS": "none",
        "WGER_JOBS": "False",
        "TIME_ZONE": "Europe/Berlin",
        **env,
    }
    log = folder / "log"
    # Whoever connects early waits in the backlog of a socket that is open before the server is.
    with socket.create_server(("127.0.0.1", 0), backlog=backlog) as listening, log.open("w") as output:
        command = [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.conf.py", app]
        command += ["--bind", f"fd://{listening.fileno()}", "--keep-alive", "3600", *options]
        process = subprocess.Popen(
            command, cwd=ROOT, env=env, pass_fds=[listening.fileno()], stdout=output, stderr=subprocess.STDOUT
        )
        try:
            yield Running(listening.getsockname()[1], log, process.pid)
        finally:
            process.terminate()
            assert process.wait(600) == ends


def sent_until_taken(
    connection: http.client.HTTPConnection, method: str, path: str, body: object, headers: dict[str, str]
) -> tuple[http.client.HTTPResponse, bytes]:
    """Return the answer of the API and its body; it is sent again where the writers of a file waited for too long.

    So they do where the machine stands still for two seconds, which is no mistake of the server's.
    """
    for _ in range(3000):
        connection.request(method, f"/api/v2/{path}", body and json.dumps(body), headers)
        answer = connection.getresponse()
        data = answer.read()
        if answer.status != 503 or SERVER:
            break
        threading.Event().wait(0.1)
    return answer, data


def read_all(wire: socket.socket) -> bytes:
    """Return all that comes until the server hangs up."""
    found = b""
    while True:
        try:
            more = wire.recv(65536)
        except ConnectionResetError:
            return found
        if not more:
            return found
        found += more


def statuses(found: bytes) -> list[int]:
    """Return the status of each answer in what came back."""
    return [int(code) for code in re.findall(rb"^HTTP/1\.[01] (\d{3}) ", found, re.MULTILINE)]
