"""Compare with a server of one's own choice, a genuine wger for instance, at its address: what only reads.

    python -m tests.bench --against https://wger.example [--token KEY]

Both are asked in turn, so that what else the machine or the network does falls on both; this server runs here, with the
data of the benchmark, once with finished answers and rows made anew and once as it is shipped.  The other one has data
of its own: how long each answer is stands beside it, and tells whether they can be compared.  Of rows that belong to
users, ``--token`` shows those of one (a permanent token); without it they are left out.  It is asked by eight
connections as fast as it answers: ask no server that is not yours.
"""

from __future__ import annotations

import json
import tempfile
from argparse import Namespace
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tests.bench.computed import requests_of
from tests.bench.dataset import copied, prepare
from tests.bench.load import Connection, Refused, Request, median_throughputs
from tests.bench.servers import OURS, served

Measure = Callable[[list[tuple[str, Request]], int, int], list[float]]
HEAD = ("endpoint", "theirs/s", "bytes", "ours/s", "bytes", "ratio", "again/s", "ratio")


@dataclass(frozen=True, slots=True)
class Read:
    """What is read: ``{key}`` in ``path`` is the first key of the list ``of``; ``owned`` rows need a token."""

    name: str
    path: str
    of: str = ""
    owned: bool = False


READS = (
    Read("exercise list", "/api/v2/exercise/"),
    Read("exercise detail", "/api/v2/exercise/{key}/", of="exercise"),
    Read("exercise list of a category", "/api/v2/exercise/?category={key}", of="exercisecategory"),
    Read("exerciseinfo list", "/api/v2/exerciseinfo/"),
    Read("exerciseinfo detail", "/api/v2/exerciseinfo/{key}/", of="exerciseinfo"),
    Read("muscle list", "/api/v2/muscle/"),
    Read("ingredient list", "/api/v2/ingredient/"),
    Read("ingredientinfo list", "/api/v2/ingredientinfo/"),
    Read("a user's weights", "/api/v2/weightentry/", owned=True),
    Read("a user's logs", "/api/v2/workoutlog/", owned=True),
    Read("a user's sessions", "/api/v2/workoutsession/", owned=True),
    Read("a user's routines", "/api/v2/routine/", owned=True),
    Read("routine: structure", "/api/v2/routine/{key}/structure/", of="routine", owned=True),
    Read("routine: date-sequence-gym", "/api/v2/routine/{key}/date-sequence-gym/", of="routine", owned=True),
    Read("routine: logs", "/api/v2/routine/{key}/logs/", of="routine", owned=True),
    Read("a user's nutritionplaninfo", "/api/v2/nutritionplaninfo/", owned=True),
)


@dataclass(frozen=True, slots=True)
class Side:
    """A server: its address, and the permanent token of a user there, empty for none."""

    url: str
    token: str = ""

    def request(self, read: Read) -> Request:
        """Return what is sent for ``read``; raises :class:`Refused` where there is no row to ask for."""
        headers = {"Accept": "application/json"} | ({"Authorization": f"Token {self.token}"} if self.token else {})
        prefix, path = urlsplit(self.url).path.rstrip("/"), read.path
        if read.of:
            found = Connection(self.url).send(Request(f"{prefix}/api/v2/{read.of}/?limit=1&is_template=False", headers))
            rows = json.loads(found)["results"]
            if not rows:
                raise Refused(f"there is no {read.of}")
            path = path.format(key=rows[0]["id"])
        return Request(prefix + path, headers)

    @property
    def origin(self) -> str:
        """The address without a path."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"


@dataclass(frozen=True, slots=True)
class Line:
    """Requests a second and the bytes of an answer: of the other server, of this one, and of this one asked again."""

    endpoint: str
    theirs: float
    their_bytes: int
    ours: float
    our_bytes: int
    again: float

    def told(self) -> tuple[str, ...]:
        """Return the cells of the line, with what is this server's in terms of the other one's."""
        return (
            self.endpoint,
            f"{self.theirs:.0f}",
            f"{self.their_bytes}",
            f"{self.ours:.0f}",
            f"{self.our_bytes}",
            f"{self.ours / self.theirs:.1f}",
            f"{self.again:.0f}",
            f"{self.again / self.theirs:.1f}",
        )


def compared(theirs: Side, ours: Side, again: Side, chosen: Namespace, measure: Measure) -> list[Line]:
    """Print and return a line for each of what is read; what the other server refuses is said, and left out."""
    lines = []
    _print(HEAD)
    for read in READS:
        if chosen.only and read.name not in chosen.only.split(","):
            continue
        if read.owned and not theirs.token:
            print(f"{read.name:34} left out: it needs --token", flush=True)
            continue
        try:
            asked = [(side, side.request(read)) for side in (theirs, ours, again)]
            sizes = [len(Connection(side.url).send(request)) for side, request in asked]
            found = measure([(side.origin, request) for side, request in asked], chosen.rounds, chosen.seconds)
        except Refused as why:
            print(f"{read.name:34} left out: {why}", flush=True)
            continue
        lines.append(Line(read.name, found[0], sizes[0], found[1], sizes[1], found[2]))
        _print(lines[-1].told())
    return lines


def measure_against(chosen: Namespace) -> None:
    """Start this server on the data of the benchmark, and compare it with the one at ``chosen.against``."""
    database = prepare(chosen.folder)
    token = requests_of(database)["logs"][0].headers["Authorization"].partition(" ")[2]
    kept = {"WGER_ANSWER_CACHE_SIZE": "8", "WGER_ROW_CACHE_SIZE": "2"}
    with tempfile.TemporaryDirectory(dir=chosen.folder, prefix="run-") as folder:
        copies = [copied(database, Path(folder) / f"{name}.sqlite") for name in ("ours", "again")]
        with served(OURS, copies[0]) as ours, served(OURS, copies[1], **kept) as again:
            theirs = Side(chosen.against.rstrip("/"), chosen.token)
            lines = compared(theirs, Side(ours.url, token), Side(again.url, token), chosen, median_throughputs)
    if chosen.json:
        told = {"against": chosen.against, "rounds": chosen.rounds, "seconds": chosen.seconds}
        chosen.json.write_text(json.dumps(told | {"endpoints": [asdict(line) for line in lines]}, indent=2) + "\n")


def _print(cells: tuple[str, ...]) -> None:
    name, *others = cells
    print(f"{name:34}" + "".join(f"{cell:>12}" for cell in others), flush=True)
