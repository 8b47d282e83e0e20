"""Compare the server with the yardstick, endpoint by endpoint, in one run.

    python -m tests.bench [--seconds 3] [--rounds 3] [--only NAME,NAME]

Needs wrk (Debian: ``apt-get install wrk``) and ``../shared/dataset/make_dataset.py``.  Both
servers run behind gunicorn with one worker and four threads; the rounds alternate, and the
ratio of the medians is what counts.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

from tests.bench.cases import CASES

ROOT = Path(__file__).resolve().parents[2]
DATASET = ROOT.parent / "shared" / "dataset" / "make_dataset.py"
SIZES = "--seed 5 --exercises 900 --ingredients 100000 --users 50 --routines 6 --weights 400".split()


def prepare(folder: Path) -> Path:
    """Return the benchmark's database, made on the first run and kept in ``folder``."""
    database = folder / "bench.sqlite"
    if database.exists():
        return database
    folder.mkdir(parents=True, exist_ok=True)
    dump, fresh = folder / "bench.json", folder / "fresh.sqlite"
    fresh.unlink(missing_ok=True)
    print("making the dataset ...", flush=True)
    with open(dump, "w") as out:
        subprocess.run([sys.executable, str(DATASET), *SIZES], stdout=out, check=True)
    started = time.monotonic()
    subprocess.run([sys.executable, "-m", "wger_flask", "import-dump", str(dump)], env=environment(fresh), check=True)
    print(f"imported in {time.monotonic() - started:.1f} s")
    fresh.rename(database)
    return database


def environment(database: Path) -> dict[str, str]:
    """Return the environment of both servers."""
    return dict(
        os.environ, WGER_DATABASE_URL=f"sqlite:///{database}", WGER_INSTANCE_PATH=str(database.parent / "instance"),
        BENCH_DATABASE=str(database), TIME_ZONE="Europe/Berlin", WGER_RATELIMIT_ENABLED="0", WGER_PLUGINS="none",
        PYTHONPATH=str(ROOT),
    )  # fmt: skip


@contextmanager
def served(application: str, database: Path):
    """Serve ``application``; yields its URL, the seconds to its first answer and its worker's pid."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}", "--workers", "1"]
    command += ["--threads", "4", "--worker-class", "gthread", "--log-level", "error"]
    started = time.monotonic()
    process = subprocess.Popen(command, env=environment(database), cwd=ROOT, start_new_session=True)
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
        yield url, time.monotonic() - started, process.pid
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(10)


def fetch(url: str, headers: dict[str, str]) -> bytes:
    """Return the body of an answer."""
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
        return answer.read()


def throughput(url: str, headers: dict[str, str], seconds: int) -> float:
    """Return the requests a second that wrk counts with 8 connections."""
    command = ["wrk", "-t1", "-c8", f"-d{seconds}s", url]
    for name, value in headers.items():
        command += ["-H", f"{name}: {value}"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said:
        raise SystemExit(f"{url} failed under load:\n{said}")
    return float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])


def worker_megabytes(pid: int) -> float:
    """Return the resident size of the worker of a gunicorn."""
    child = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0]
    kilobytes = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{child}/status").read_text())[1]
    return int(kilobytes) / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=3, help="of load for each measurement")
    parser.add_argument("--rounds", type=int, default=3, help="measurements of each endpoint and server")
    parser.add_argument("--only", default="", help="names of cases, comma-separated")
    parser.add_argument("--folder", type=Path, default=ROOT / "instance" / "bench", help="where the database is kept")
    chosen = parser.parse_args()
    for needed, found in (("wrk", shutil.which("wrk")), (str(DATASET), DATASET.exists())):
        if not found:
            raise SystemExit(f"the benchmark needs {needed}")
    database = prepare(chosen.folder)
    cases = [case for case in CASES if not chosen.only or case.name in chosen.only.split(",")]
    ours, theirs = served("wger_flask.app:create_app()", database), served("tests.bench.baseline:app", database)
    with ours as (url, first_answer, pid), theirs as (yardstick, _, _):
        print(f"first answer after {first_answer:.2f} s")
        print(f"{'endpoint':34} {'server':>9} {'yardstick':>9} {'ratio':>6}   requests a second, medians")
        for case in cases:
            headers = case.headers(database)
            mine, other = fetch(url + case.path, headers), fetch(yardstick + case.path, headers)
            if mine.replace(url.encode(), b"") != other.replace(yardstick.encode(), b""):
                raise SystemExit(f"{case.name}: the bytes differ\n{mine[:600]}\n{other[:600]}")
            results: dict[str, list[float]] = {url: [], yardstick: []}
            for _ in range(chosen.rounds):
                for server in (url, yardstick):
                    results[server].append(throughput(server + case.path, headers, chosen.seconds))
            a, b = (statistics.median(results[server]) for server in (url, yardstick))
            print(f"{case.name:34} {a:9.0f} {b:9.0f} {a / b:6.2f}", flush=True)
        print(f"the server's worker holds {worker_megabytes(pid):.0f} MB")


if __name__ == "__main__":
    main()
