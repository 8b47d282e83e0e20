"""The server as it is run, behind a socket; and clients that say exactly what they are told to."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import ROOT


@dataclass(frozen=True, slots=True)
class Running:
    """A server that runs: its port, the file of what it logs, its first process."""

    port: int
    log: Path
    process: int

    def connect(self) -> socket.socket:
        """Return a connection to it; whoever reads from it waits a minute at most."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=60)


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

    ``options`` are more of gunicorn's; ``ends`` is the status with which it ends.
    """
    env = dict(
        os.environ,
        WGER_DATABASE_URL=url,
        WGER_INSTANCE_PATH=str(folder),
        WGER_PROFILE="testing",
        WGER_PLUGINS="none",
        TIME_ZONE="Europe/Berlin",
        **env,
    )
    log = folder / "log"
    # Whoever connects early waits in the backlog of a socket that is open before the server is.
    with socket.create_server(("127.0.0.1", 0), backlog=backlog) as listening, log.open("w") as output:
        command = [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.conf.py", app]
        command += ["--bind", f"fd://{listening.fileno()}", *options]
        process = subprocess.Popen(
            command, cwd=ROOT, env=env, pass_fds=[listening.fileno()], stdout=output, stderr=subprocess.STDOUT
        )
        try:
            yield Running(listening.getsockname()[1], log, process.pid)
        finally:
            process.terminate()
            assert process.wait(60) == ends


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
