"""Print what was measured, line by line, and keep it for a file of JSON."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
from dataclasses import asdict, dataclass, field
from pathlib import Path

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


@dataclass(slots=True)
class Report:
    """What one run found out."""

    rounds: int
    seconds: int
    rows: list[Row] = field(default_factory=list)
    figures: dict[str, float] = field(default_factory=dict)

    def begin(self) -> None:
        """Print the heads of the columns."""
        print(f"requests a second and ms: medians of {self.rounds} rounds of {self.seconds} s; load {_load()}")
        _line(_HEAD)

    def add(self, row: Row) -> None:
        """Print a row."""
        self.rows.append(row)
        _line((
            row.endpoint, f"{row.throughput:.0f}", _told(row.yardstick, 0), _told(row.ratio, 2),
            f"{row.milliseconds:.1f}", _told(row.first_milliseconds, 1), row.statements,
        ))  # fmt: skip

    def figure(self, name: str, value: float, words: str) -> None:
        """Print a single figure in ``words``."""
        self.figures[name] = round(value, 3)
        print(words, flush=True)

    def write(self, file: Path) -> None:
        """Write everything as JSON."""
        machine = {
            "processors": os.cpu_count(), "python": platform.python_version(), "sqlite": sqlite3.sqlite_version,
            "load": _load(),
        }  # fmt: skip
        rows = [{**asdict(row), "ratio": row.ratio} for row in self.rows]
        found = {"machine": machine, "rounds": self.rounds, "seconds": self.seconds, "endpoints": rows, **self.figures}
        file.write_text(json.dumps(found, indent=2) + "\n")


def _line(cells: tuple[str, ...]) -> None:
    name, *numbers, statements = cells
    print(f"{name:34}" + "".join(f"{number:>11}" for number in numbers) + f"   {statements}", flush=True)


def _told(value: float | None, places: int) -> str:
    return "" if value is None else f"{value:.{places}f}"


def _load() -> str:
    return f"{os.getloadavg()[0]:.1f}"
