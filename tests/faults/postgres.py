"""A PostgreSQL server of a test's own, which may be stopped, killed and started again."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin")) if Path("/usr/lib/postgresql").is_dir() else []
OPTIONS = "-c listen_addresses='' -c unix_socket_directories={folder} -c max_connections=60 -c shared_buffers=32MB"


@dataclass(frozen=True)
class Postgres:
    """A server in a folder: its files and its socket."""

    folder: Path
    user: str

    @property
    def url(self) -> str:
        """The address of its first database."""
        return f"postgresql://wger@/postgres?host={self.folder}"

    def run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs as the user whose files they are; raises CalledProcessError."""
        command = [str(BINARIES[-1] / program), *arguments]
        if os.getuid() == 0:
            command = ["runuser", "-u", self.user, "--", *command]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")

    def start(self) -> None:
        """Start it, and return once it answers."""
        options = OPTIONS.format(folder=self.folder)
        log = str(self.folder / "log")
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-t", "600", "-l", log, "-o", options, "start")

    def stop(self, mode: str) -> None:
        """Stop it: ``fast`` ends what runs, ``immediate`` is a crash, from which it recovers at the next start."""
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-t", "600", "-m", mode, "stop")


@contextmanager
def postgres() -> Iterator[Postgres]:
    """Make a server and run it while the block does; what it has is kept by ``fsync`` and gone at the end."""
    folder = Path(tempfile.mkdtemp(prefix="wger-pg.", dir="/tmp"))  # short: a socket's path has some 100 characters
    server = Postgres(folder, "postgres")
    if os.getuid() == 0:
        shutil.chown(folder, "postgres")
    try:
        server.run("initdb", "-D", str(folder / "data"), "-U", "wger", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        server.start()
        yield server
    finally:
        try:
            server.stop("immediate")
        except subprocess.CalledProcessError:
            pass  # it is stopped
        shutil.rmtree(folder)
