"""Measure what is asked for again while nothing is written: beside the endpoint by hand, and beside a constant.

The constant is a bare Flask view that returns two bytes, behind the same HTTP server: less than that no view costs.
Clients take gzip, as browsers and the phone app do.
"""

from __future__ import annotations

from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from tests.bench.cases import CASES, Case
from tests.bench.computed import ACTIONS, requests_of
from tests.bench.load import Request, median_throughputs
from tests.bench.report import Again, Report
from tests.bench.servers import OURS, Server, served

AGAIN = (
    "exercise list",
    "exercise detail",
    "exercise list of a category",
    "exerciseinfo list",
    "ingredient list",
    "ingredientinfo list",
    "a user's logs",
    "a user's weights",
    "a user's nutritionplaninfo",
    "ingredient search: mistyped",
)
CONSTANT = Request("/constant/")


def measure_again(
    database: Path, ours: Path, yardstick: Server, report: Report, only: str, rounds: int, seconds: int
) -> None:
    """Add a line for each of what is asked for again, and one for each that the client knows already."""
    cases: dict[str, Case] = {case.name: case for case in CASES if case.name in AGAIN}
    asked = {name: cases[name].request(database) for name in AGAIN}
    asked |= {f"routine: {action}": requests_of(database)[action][0] for action in ACTIONS}
    with served(OURS, ours, WGER_ANSWER_CACHE_SIZE="8", WGER_ROW_CACHE_SIZE="2") as server:
        report.begin_again()
        for name, request in asked.items():
            if only and name.removeprefix("routine: ") not in only.split(","):
                continue
            request = Request(request.path, {**request.headers, "Accept-Encoding": "gzip"})
            by_hand = [(yardstick.url, request)] if name in cases and not cases[name].alone else []
            known = Request(request.path, {**request.headers, "If-None-Match": _tag(server, request)})
            found = median_throughputs(
                [(server.url, request), (server.url, known), (yardstick.url, CONSTANT), *by_hand], rounds, seconds
            )
            report.add_again(Again(name, *found[:3], *(found[3:] or [None])))
        held = server.memory()
    report.figure("memory_again_mb", held, f"the worker that keeps answers holds {held:.0f} MB")


def _tag(server: Server, request: Request) -> str:
    """Return the entity tag of an answer, once it has been given."""
    connection = HTTPConnection(urlsplit(server.url).netloc, timeout=30)
    connection.request("GET", request.path, headers=request.headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.headers["ETag"]
