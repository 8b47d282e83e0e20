"""Compare CPU time inside one process, without an HTTP server: for machines that do other things besides.

Both applications are called as a server calls them (WSGI), rounds alternating; the best round of each counts, since
what else the machine does only takes time away.
An HTTP server takes the same time for both, so ratios of requests a second are better than these.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from werkzeug.test import EnvironBuilder

from tests.bench.cases import CASES
from tests.bench.dataset import copied, prepare
from tests.bench.load import Request
from tests.bench.servers import settings
from wger_flask.app import create_app

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

_CALLS = 40  # a round


def compare(chosen: argparse.Namespace) -> None:
    """Print a line for each endpoint that is written by hand too: microseconds a request, and Python calls."""
    database = prepare(chosen.folder)
    with tempfile.TemporaryDirectory(dir=chosen.folder, prefix="cpu-") as temporary:
        ours, theirs = (copied(database, Path(temporary) / f"{name}.sqlite") for name in ("ours", "theirs"))
        os.environ["BENCH_DATABASE"] = str(theirs)
        from tests.bench.baseline import app as yardstick

        server = create_app(**settings(ours))
        print(f"{'endpoint':34}{'us':>8}{'yardstick':>11}{'ratio':>7}{'calls':>8}")
        for case in CASES:
            if case.alone or chosen.only and case.name not in chosen.only.split(","):
                continue
            request = case.request(database)
            asks = [asker(app, request) for app in (server, yardstick)]
            took = compared(asks, chosen.rounds)
            calls = python_calls(asks[0])
            print(f"{case.name:34}{took[0]:8.0f}{took[1]:11.0f}{took[1] / took[0]:7.2f}{calls:8}", flush=True)


def asker(app: WSGIApplication, request: Request) -> Callable[[], bytes]:
    """Return a function that sends ``request`` to ``app`` and returns the body of the answer."""
    parts = urlsplit(request.path)
    environ = EnvironBuilder(
        parts.path, query_string=parts.query, method=request.method, headers=request.all_headers, data=request.body
    ).get_environ()
    status: list[str] = []

    def begin(told: str, headers: object, wrong: object = None) -> Callable[[bytes], object]:
        status[:] = [told]
        return lambda data: None

    def ask() -> bytes:
        answer = app({**environ, "wsgi.input": io.BytesIO(request.body or b"")}, begin)
        body = b"".join(answer)
        if hasattr(answer, "close"):
            answer.close()
        if status[0][:3] not in ("200", "201"):
            raise SystemExit(f"{request.path}: {status[0]} {body[:600]!r}")
        return body

    return ask


def compared(asks: list[Callable[[], bytes]], rounds: int) -> list[float]:
    """Return the microseconds of CPU that each takes for an answer."""
    found: list[list[float]] = [[] for _ in asks]
    for ask in asks:
        for _ in range(10):
            ask()
    for _ in range(rounds):
        for ask, times in zip(asks, found, strict=True):
            began = time.process_time()
            for _ in range(_CALLS):
                ask()
            times.append((time.process_time() - began) / _CALLS * 1e6)
    return [min(times) for times in found]


def python_calls(ask: Callable[[], bytes]) -> int:
    """Return how many functions written in Python an answer calls: a measure that a busy machine does not change."""
    count = 0

    def told(frame: object, event: str, of: object) -> None:
        nonlocal count
        count += event == "call"

    ask()
    sys.setprofile(told)
    try:
        ask()
    finally:
        sys.setprofile(None)
    return count
