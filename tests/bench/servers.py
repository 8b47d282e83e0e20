"""Start servers: both behind gunicorn, one worker, four threads; ours with the configuration that is shipped."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
OURS, YARDSTICK = "wger_flask.app:create_app()", "tests.bench.baseline:app"


def settings(database: Path) -> dict[str, str]:
    """Return the settings that are measured: the defaults, but no limits, plugins or jobs, and each answer is made."""
    return {
        "WGER_DATABASE_URL": f"sqlite:///{database}",
        "WGER_INSTANCE_PATH": str(database.parent / "instance"),
        "TIME_ZONE": "Europe/Berlin",
        "WGER_RATELIMIT_ENABLED": "0",
        "WGER_PLUGINS": "none",
        "WGER_ANSWER_CACHE_SIZE": "0",
        "WGER_ROW_CACHE_SIZE": "0",
        "WGER_JOBS": "0",
    }


def environment(database: Path, **others: str) -> dict[str, str]:
    """Return the environment of a server, ours or the yardstick; ``others`` are settings by name.

    Modules are compiled once, as those are that pip has installed, whatever the environment says of that.
    """
    own = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    compiled = {"PYTHONPYCACHEPREFIX": str(ROOT / "instance" / "bench" / "compiled"), "PYTHONPATH": str(ROOT)}
    return {**own, **compiled, **settings(database), **others, "BENCH_DATABASE": str(database)}


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs: where, how long it took until its first answer (s, of them CPU), and gunicorn's process."""

    url: str
    first_answer: float
    first_cpu: float
    process: int

    def memory(self) -> float:
        """Return the resident size of the worker (MB)."""
        worker = _children(self.process)[0]
        kilobytes = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{worker}/status").read_text())[1]
        return int(kilobytes) / 1024


def _children(process: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def _cpu(process: int) -> float:
    """Return the seconds of CPU that a process has had."""
    own = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(own[11]) + int(own[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def served(application: str, database: Path, workers: int = 1, **others: str) -> Iterator[Server]:
    """Serve ``application`` on ``database`` with so many ``workers`` while the block runs.

    ``others`` are settings by name.
    """
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}", "--workers", str(workers)]
    command += ["--threads", "4", "--log-level", "error"]
    command += ["-c", "config/gunicorn.conf.py"] if application == OURS else ["--worker-class", "gthread"]
    started = time.monotonic()
    process = subprocess.Popen(command, env=environment(database, **others), cwd=ROOT, start_new_session=True)
    url = f"http://127.0.0.1:{port}"
    try:
        while True:
            try:
                urllib.request.urlopen(f"{url}/api/v2/exercise/?limit=1", timeout=5).read()
                break
            except OSError:
                if process.poll() is not None:
                    raise SystemExit(f"{application} did not start") from None
                time.sleep(0.02)
        took = time.monotonic() - started
        yield Server(url, took, sum(map(_cpu, (process.pid, *_children(process.pid)))), process.pid)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(10)
