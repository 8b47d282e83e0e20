"""The programs of a cluster, each on a loopback address of its own, in a folder that goes with it."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 600.0
"""Seconds for what has to come, on a machine that does much else."""


class Failed(Exception):
    """Say in one line what does not hold."""


def wait_for(what: str, ask: Callable[[], object]) -> None:
    """Ask again and again until the answer is true; raises :class:`Failed` where it never is."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            if ask():
                return
        except (OSError, subprocess.CalledProcessError):
            pass
        if time.monotonic() > until:
            raise Failed(f"{what}: not within {PATIENCE:.0f} s")
        time.sleep(0.05)


def listens(address: str, port: int) -> bool:
    """Tell whether somebody answers at a port."""
    with socket.create_connection((address, port), timeout=1):
        return True


class Programs:
    """What was started, to be ended with the cluster; ``folder`` has a folder for each, and what it says."""

    def __init__(self, folder: Path):
        self.folder = folder
        self._started: list[subprocess.Popen[bytes]] = []
        # servers that refuse root run as who owns the database's programs
        names = [user.pw_name for user in pwd.getpwall()]
        self.other = next((name for name in ("postgres", "nobody") if name in names), "") if os.getuid() == 0 else ""
        folder.chmod(0o755)

    def place(self, name: str, for_other: bool = False) -> Path:
        """Return a new folder."""
        made = self.folder / name
        made.mkdir(mode=0o700)
        if for_other and self.other:
            shutil.chown(made, self.other)
        return made

    def start(self, name: str, *command: str | Path, other: bool = False, **env: str) -> subprocess.Popen[bytes]:
        """Start a program; what it says goes to ``name.log``."""
        full = [str(part) for part in command]
        if other and self.other:
            full = ["runuser", "-u", self.other, "--", *full]
        with (self.folder / f"{name}.log").open("ab") as output:
            started = subprocess.Popen(
                full,
                cwd=ROOT if not other else self.folder,
                env=dict(os.environ, **env),
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._started.append(started)
        return started

    def run(self, *command: str | Path, other: bool = False, **env: str) -> str:
        """Run a program to its end, and return what it says; raises CalledProcessError where it fails."""
        full = [str(part) for part in command]
        if other and self.other:
            full = ["runuser", "-u", self.other, "--", *full]
        done = subprocess.run(
            full, cwd=ROOT if not other else self.folder, env=dict(os.environ, **env), capture_output=True, text=True
        )
        if done.returncode:
            print(done.stdout, done.stderr, sep="\n", file=sys.stderr)
            done.check_returncode()
        return done.stdout

    def log(self, name: str) -> str:
        """Return what a program has said."""
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """Kill a program and all processes that it started, as if its machine were gone."""
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        process.wait()

    def end(self) -> None:
        """End everything."""
        for process in reversed(self._started):
            self.kill(process)


@contextmanager
def programs(folder: Path) -> Iterator[Programs]:
    """Give a block programs, which end with it."""
    held = Programs(folder)
    try:
        yield held
    finally:
        held.end()


class Server:
    """A PostgreSQL server: ``at`` is its loopback address."""

    def __init__(self, programs: Programs, name: str, at: str):
        self.name, self.at, self.port = name, at, free_port(at)
        self._programs = programs
        self._bin = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda found: int(found.parent.name))[-1]
        self.data = programs.place(name, for_other=True) / "data"
        self._process: subprocess.Popen[bytes] | None = None

    def make(self) -> None:
        """Make the files of a primary."""
        command = (self._bin / "initdb", "-D", self.data, "-U", "wger", "-A", "trust", "-E", "UTF8")
        self._programs.run(*command, "--locale=C.UTF-8", "--no-sync", other=True)

    def copy(self, primary: Server) -> None:
        """Make the files of a replica that follows ``primary``."""
        where = f"host={primary.at} port={primary.port} user=wger application_name={self.name}"
        command = (self._bin / "pg_basebackup", "-D", self.data, "-d", where, "-R", "-X", "stream", "-c", "fast")
        self._programs.run(*command, "--no-sync", other=True)

    def start(self, *options: str) -> None:
        """Start, and wait until it answers."""
        given = [f"listen_addresses={self.at}", f"port={self.port}", f"unix_socket_directories={self.data.parent}"]
        given += ["fsync=off", "max_connections=100", "wal_level=replica", "hot_standby=on", *options]
        settings = [part for option in given for part in ("-c", option)]
        command = (self._bin / "postgres", "-D", self.data, *settings)
        self._process = self._programs.start(self.name, *command, other=True)
        wait_for(f"{self.name} starts", lambda: self.ask("SELECT 1") == [(1,)])

    def kill(self) -> None:
        """Let it go without a word, with all that it runs."""
        assert self._process is not None
        self._programs.kill(self._process)

    def promote(self) -> None:
        """Let a replica take writes."""
        self._programs.run(self._bin / "pg_ctl", "-D", self.data, "promote", "-w", other=True)

    def address(self) -> str:
        """Return the URL of the database."""
        return f"postgresql://wger@{self.at}:{self.port}/wger"

    def ask(self, sql: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """Return the rows of a statement."""
        import psycopg

        try:
            with psycopg.connect(
                host=self.at, port=self.port, user="wger", dbname=database, autocommit=True, connect_timeout=5
            ) as held:
                cursor = held.execute(sql)
                return cursor.fetchall() if cursor.description else []
        except psycopg.OperationalError as wrong:
            raise OSError(str(wrong)) from wrong


class Pooler:
    """pgbouncer in transaction mode, in front of whichever server it is told of."""

    def __init__(self, programs: Programs, at: str, first: Server):
        self.at, self.port = at, free_port(at)
        self._programs, self._place = programs, programs.place("pgbouncer", for_other=True)
        self._process: subprocess.Popen[bytes] | None = None
        (self._place / "users").write_text('"wger" ""\n')
        self._write(first)
        for path in self._place.iterdir():
            path.chmod(0o644)
        program = shutil.which("pgbouncer") or "/usr/sbin/pgbouncer"
        self._process = programs.start("pgbouncer", program, self._place / "ini", other=True)
        wait_for("pgbouncer starts", lambda: listens(at, self.port))

    def _write(self, server: Server) -> None:
        (self._place / "ini").write_text(
            f"[databases]\nwger = host={server.at} port={server.port} dbname=wger\n"
            f"[pgbouncer]\nlisten_addr = {self.at}\nlisten_port = {self.port}\nauth_type = trust\n"
            f"auth_file = {self._place}/users\npool_mode = transaction\ndefault_pool_size = 10\nunix_socket_dir =\n"
            "admin_users = wger\nserver_login_retry = 1\nserver_connect_timeout = 3\nquery_wait_timeout = 5\n"
        )

    def lead_to(self, server: Server) -> None:
        """Lead to another server from now on, as what promotes one sees to."""
        import psycopg

        self._write(server)
        with psycopg.connect(
            host=self.at,
            port=self.port,
            user="wger",
            dbname="pgbouncer",
            autocommit=True,
            prepare_threshold=None,
            cursor_factory=psycopg.ClientCursor,
        ) as held:
            held.execute("RELOAD")

    def address(self) -> str:
        """Return the URL of the database."""
        return f"postgresql://wger@{self.at}:{self.port}/wger"
