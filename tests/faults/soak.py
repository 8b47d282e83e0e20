"""Keep a server under far more than it is comfortable with: ``python -m tests.faults.soak SECONDS``.

Four clients for each thread that the server has write, read, send photos and keep streams open, all without a break.
No answer may be a mistake, no acknowledged write may be lost, and no process may grow: its memory near the end is held
against what it was after a fifth of the time, when everything has been asked for once.
"""

from __future__ import annotations

import http.client
import json
import re
import sys
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.faults.load import USERS, Caller, Told, assert_nothing_lost, at_work, load
from tests.faults.test_disks import FORM, photo
from tests.faults.test_processes import SERVED, assert_whole, workers_of
from tests.serving.running import running
from wger_flask.testing.server import make_template

CLIENTS = 4 * 2 * 4  # four for each thread of two processes
READERS, SENDERS, STREAMS = 6, 2, 12  # of these; all others write and read what they wrote
ONCE = {"rounds": 2 * READERS, "photos": 5 * SENDERS, "streams": STREAMS}  # then everything was asked for
GROWTH = 30  # megabytes that a process may have more at the end than after a fifth of the time
READS = tuple(
    (
        "exerciseinfo/?limit=20 ingredient/?name__search=milk ingredient/?offset=300 muscle/ workoutlog/ "
        "nutritionplan/ measurement-category/ userprofile/ version/ / /api/v2/exercise/?format=api events/ "
        "weightentry/?ordering=-date&limit=50 routine/ /healthz"
    ).split()
)


def read(port: int, number: int, told: Told, end: threading.Event) -> None:
    """Read everything that there is, again and again."""
    call = Caller(port, USERS[number % len(USERS)])
    while not end.is_set():
        for path in READS:
            status, data = call("GET", path)
            if status not in (200, 429, 503, "broken"):
                told.wrong.append(f"GET {path}: {status} {data[:200]!r}")
            told.note(status, read=status == 200)
        told.note("rounds")
    call.close()


def send_photos(port: int, number: int, told: Told, end: threading.Event) -> None:
    """Send a photo, load it, and delete it."""
    call = Caller(port, USERS[number % len(USERS)])
    while not end.is_set():
        status, data = call("POST", "gallery/", photo(1 + number % 28), FORM)
        if status == 201:
            made = json.loads(data)
            seen = call("GET", "/media/" + made["image"].partition("/media/")[2])[0]
            gone = call("DELETE", f"gallery/{made['id']}/")[0]
            if seen not in (200, 503, "broken") or gone not in (204, 503, "broken"):
                told.wrong.append(f"photo: {seen} {gone}")
        elif status not in (429, 503, "broken"):
            told.wrong.append(f"POST gallery/: {status} {data[:200]!r}")
        told.note("photos" if status == 201 else status)
    call.close()


def keep_stream(port: int, number: int, told: Told, end: threading.Event) -> None:
    """Listen to what changes, and begin anew now and then."""
    headers = {**Caller(port, USERS[number % len(USERS)]).headers, "Accept": "text/event-stream"}
    while not end.is_set():
        until = time.monotonic() + 5 + number % 7
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=120)) as connection:
            try:
                connection.request("GET", "/api/v2/events/", headers=headers)
                answer = connection.getresponse()
                if answer.status not in (200, 429, 503):
                    told.wrong.append(f"stream: {answer.status} {answer.read(200)!r}")
                while answer.status == 200 and time.monotonic() < until and not end.is_set():
                    if not answer.read1(4096):
                        break
                told.note("streams" if answer.status == 200 else answer.status)
            except (OSError, http.client.HTTPException):
                told.note("broken")


def memory_of(process: int) -> float:
    """Return what a process has in memory, without what it shares, in megabytes."""
    text = Path(f"/proc/{process}/status").read_text()
    return int(re.search(r"RssAnon:\s+(\d+) kB", text)[1]) / 1024  # type: ignore[index]


def soak(seconds: float) -> dict[str, Any]:
    """Do it for so many seconds, and return the figures; raises AssertionError for what went wrong."""
    folder = Path(tempfile.mkdtemp(prefix="wger-soak."))
    held = make_template(None, folder)
    with running(held.url, folder, WGER_JOBS="True", **SERVED) as server, load(server.port, CLIENTS) as told:
        end, kinds = threading.Event(), [(read, READERS), (send_photos, SENDERS), (keep_stream, STREAMS)]
        with at_work(end, [(work, server.port, number, told, end) for work, many in kinds for number in range(many)]):
            before = workers_of(server)
            end.wait(seconds / 5)
            for kind, many in ONCE.items():  # a slow machine takes longer to ask for everything
                told.wait_for(max(many - told.statuses[kind], 0), kind)
            early = [memory_of(worker) for worker in before]
            end.wait(seconds * 4 / 5)
            after = workers_of(server)
            late = [memory_of(worker) for worker in after]
        figures = {
            "seconds": seconds,
            "statuses": {str(name): number for name, number in told.statuses.items()},
            "megabytes early": [round(one) for one in early],
            "megabytes late": [round(one) for one in late],
        }
        print(json.dumps(figures), flush=True)
        assert after == before, "a worker was replaced"
        assert all(is_now < was + GROWTH for was, is_now in zip(early, late, strict=True)), (early, late)
        assert "Traceback" not in server.log.read_text(), server.log
    with running(held.url, folder, **SERVED) as server:
        assert_nothing_lost(server.port, told)
    assert_whole(held.url)
    held.drop()
    return figures


if __name__ == "__main__":
    made = soak(float(sys.argv[1]) if sys.argv[1:] else 600)
    answers = made["statuses"]
    written = sum(answers.get(status, 0) for status in ("200", "201", "204")) - answers["reads"]
    print(f"{written} writes kept, {answers['reads']} reads, {answers.get('503', 0)} refused for a moment, no mistake")
