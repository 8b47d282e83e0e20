"""Print what was measured, line by line, and keep it for a file of JSON."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
from dataclasses import asdict, dataclass, field
from pathlib import Path

_AGAIN = ("asked again", "requests/s", "304/s", "constant", "yardstick", "to it", "to const.", "304 to const.")
_HEAD = ("endpoint", "requests/s", "yardstick", "ratio", "ms", "first ms", "statements")


@dataclass(frozen=True, slots=True)
class Row:
    """An endpoint: requests a second, of the yardstick too where it has it; ms of an answer, and of the first."""

    endpoint: str
    throughput: float
    yardstick: float | None
    milliseconds: float
    first_milliseconds: float | None
    statements: str

    @property
    def ratio(self) -> float | None:
        """The server's throughput in terms of the yardstick's."""
        return self.throughput / self.yardstick if self.yardstick else None


@dataclass(frozen=True, slots=True)
class Again:
    """An endpoint that is asked again: requests a second; of those that know the answer; of a constant; by hand."""

    endpoint: str
    throughput: float
    known: float
    constant: float
    yardstick: float | None

    @property
    def ratios(self) -> tuple[float | None, float, float]:
        """The throughput in terms of the yardstick's and of the constant's, and that of what is known."""
        by_hand = self.throughput / self.yardstick if self.yardstick else None
        return by_hand, self.throughput / self.constant, self.known / self.constant


@dataclass(slots=True)
class Report:
    """What one run found out."""

    rounds: int
    seconds: int
    rows: list[Row] = field(default_factory=list)
    again: list[Again] = field(default_factory=list)
    figures: dict[str, float] = field(default_factory=dict)

    def begin(self) -> None:
        """Print the heads of the columns."""
        print(f"requests a second and ms: medians of {self.rounds} rounds of {self.seconds} s; load {_load()}")
        _line(_HEAD)

    def add(self, row: Row) -> None:
        """Print a row."""
        self.rows.append(row)
        _line(
            (
                row.endpoint,
                f"{row.throughput:.0f}",
                _told(row.yardstick, 0),
                _told(row.ratio, 2),
                f"{row.milliseconds:.1f}",
                _told(row.first_milliseconds, 1),
                row.statements,
            )
        )

    def begin_again(self) -> None:
        """Print the heads of the columns of what is asked for again."""
        print()
        _line((*_AGAIN, ""))

    def add_again(self, row: Again) -> None:
        """Print a row of what is asked for again."""
        self.again.append(row)
        numbers = (row.throughput, row.known, row.constant, row.yardstick)
        _line((row.endpoint, *(_told(number, 0) for number in numbers), *(_told(part, 2) for part in row.ratios), ""))

    def figure(self, name: str, value: float, words: str) -> None:
        """Print a single figure in ``words``."""
        self.figures[name] = round(value, 3)
        print(words, flush=True)

    def write(self, file: Path) -> None:
        """Write everything as JSON."""
        machine = {
            "processors": os.cpu_count(),
            "python": platform.python_version(),
            "sqlite": sqlite3.sqlite_version,
            "load": _load(),
        }
        rows = [{**asdict(row), "ratio": row.ratio} for row in self.rows]
        again = [{**asdict(row), "ratios": row.ratios} for row in self.again]
        found = {
            "machine": machine,
            "rounds": self.rounds,
            "seconds": self.seconds,
            "endpoints": rows,
            "again": again,
            **self.figures,
        }
        file.write_text(json.dumps(found, indent=2) + "\n")


def _line(cells: tuple[str, ...]) -> None:
    name, *numbers, statements = cells
    print(f"{name:34}" + "".join(f"{number:>14}" for number in numbers) + f"   {statements}", flush=True)


def _told(value: float | None, places: int) -> str:
    return "" if value is None else f"{value:.{places}f}"


def _load() -> str:
    return f"{os.getloadavg()[0]:.1f}"
