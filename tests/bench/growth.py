"""Measure what grows: CPU of answers over tables, accounts and pages of many sizes, and requests a second over workers.

    python -m tests.bench.growth [--foods 900,10000,100000,1000000] [--logs 10,1000,10000,100000]
        [--rows 1,20,100,999] [--workers 1,2,4] [--json FILE] [--svg FILE]

Each figure of CPU is the median of answers of one application in this process, which has answered the same request
before: SQL is compiled and counts are known, but no answer is kept, and what was loaded is left out of garbage
collection, as a server does.  It needs the dataset of ``python -m tests.bench``.
"""

from __future__ import annotations

import argparse
import gc
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from tests.bench.chart import Panel, draw
from tests.bench.dataset import copied, prepare, token_of
from tests.bench.growth_data import A_ROUTINE, USER, with_foods, with_logs
from tests.bench.load import Request, throughput
from tests.bench.servers import OURS, ROOT, served, settings
from wger_flask.app import close_app, create_app

FOODS = {
    "list": "ingredient/",
    "by name": "ingredient/?ordering=name",
    "offset of nine tenths": "ingredient/?offset={far}",
    "search: a word": "ingredient/?name__search=banana",
    "search: mistyped": "ingredient/?name__search=bannana",
    "of a language": "ingredient/?language=2",
}
LOGS = {
    "logs": "workoutlog/",
    "latest logs": "workoutlog/?ordering=-date",
    "of an exercise": "workoutlog/?exercise=5",
    "of a routine": "workoutlog/?routine={routine}",
    "sessions": "workoutsession/",
    "user statistics": "user-statistics/",
    "statistics of a routine": "routine/{routine}/stats/",
    "logs of a routine": "routine/{routine}/logs/",
    "sums of measurements": "measurement/aggregate/",
    "sums by week": "measurement/aggregate/?bucket=week",
    "sums by day": "measurement/aggregate/?bucket=day",
    "counts of values": "measurement/value-counts/",
    "counts of days": "measurement/value-counts/?summed_per_day=1",
}
LOGS_TOGETHER = {"statistics of all in one": "routine/{routine}/stats/"}
ROWS = {"exercises": "exercise/?limit={rows}", "foods": "ingredient/?limit={rows}", "logs": "workoutlog/?limit={rows}"}
Lines = dict[str, list[tuple[float, float]]]


def cpu(database: Path, paths: dict[str, str], times: int = 9) -> dict[str, float]:
    """Return the milliseconds of CPU that an answer to each of ``paths`` takes."""
    app = create_app(**settings(database))
    try:
        client = app.test_client()
        headers = {"Authorization": f"Token {token_of(database, USER)}"}
        found = {}
        gc.collect()
        gc.freeze()
        for name, path in paths.items():
            taken = []
            for number in range(times + 2):
                started = time.process_time()
                answer = client.get(f"/api/v2/{path}", headers=headers)
                answer.get_data()
                if number > 1:
                    taken.append((time.process_time() - started) * 1000)
                if answer.status_code != 200:
                    raise SystemExit(f"{path}: {answer.status_code} {answer.text[:600]}")
            found[name] = round(statistics.median(taken), 2)
        return found
    finally:
        gc.unfreeze()
        close_app(app)


def grown(sizes: Iterable[int], measure: Callable[[int], dict[str, float]]) -> Lines:
    """Return the points of each line: a size, and what was measured of it."""
    lines: Lines = {}
    for size in sizes:
        found = measure(size)
        print(f"{size:>9}: " + ", ".join(f"{name} {value:g}" for name, value in found.items()), flush=True)
        for name, value in found.items():
            lines.setdefault(name, []).append((size, value))
    return lines


def main() -> None:
    """Measure, print, draw."""
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("--foods", default="900,10000,100000,1000000")
    reader.add_argument("--logs", default="10,1000,10000,100000")
    reader.add_argument("--rows", default="1,20,100,999")
    reader.add_argument("--workers", default="1,2,4")
    reader.add_argument("--seconds", type=int, default=3, help="of load for each number of workers")
    reader.add_argument("--json", type=Path, metavar="FILE")
    reader.add_argument("--svg", type=Path, metavar="FILE")
    reader.add_argument("--folder", type=Path, default=ROOT / "instance" / "bench", help="where the database is kept")
    chosen = reader.parse_args()
    sizes = {
        name: [int(size) for size in getattr(chosen, name).split(",")] for name in ("foods", "logs", "rows", "workers")
    }
    source = prepare(chosen.folder)
    with tempfile.TemporaryDirectory(dir=chosen.folder, prefix="growth-") as temporary:
        number = 0

        def fresh() -> Path:
            nonlocal number
            number += 1
            return copied(source, Path(temporary) / f"{number}.sqlite")

        def of_foods(size: int) -> dict[str, float]:
            database = with_foods(fresh(), size)
            found = cpu(database, {name: path.format(far=size * 9 // 10) for name, path in FOODS.items()})
            database.unlink()
            return found

        def of_logs(size: int) -> dict[str, float]:
            found = {}
            for paths, together in ((LOGS, A_ROUTINE), (LOGS_TOGETHER, size)):
                database, routine = with_logs(fresh(), size, together)
                found |= cpu(database, {name: path.format(routine=routine) for name, path in paths.items()})
                database.unlink()
            return found

        def of_rows(size: int) -> dict[str, float]:
            return cpu(long_lists, {name: path.format(rows=size) for name, path in ROWS.items()})

        def of_workers(size: int) -> dict[str, float]:
            with served(OURS, fresh(), workers=size) as server:
                return {
                    name: round(throughput(server.url, Request(f"/api/v2/{path}"), chosen.seconds))
                    for name, path in (("exercises", "exercise/"), ("foods", "ingredient/"))
                }

        long_lists, _ = with_logs(fresh(), 1000, A_ROUTINE)
        panels = [
            Panel("foods in the table", "ms of CPU", grown(sizes["foods"], of_foods)),
            Panel("logs and measurements of the user", "ms of CPU", grown(sizes["logs"], of_logs)),
            Panel("rows a page", "ms of CPU", grown(sizes["rows"], of_rows)),
            Panel("workers", "requests a second", grown(sizes["workers"], of_workers)),
        ]
    if chosen.json:
        chosen.json.write_text(json.dumps({panel.across: panel.lines for panel in panels}, indent=1) + "\n")
    if chosen.svg:
        chosen.svg.write_text(draw(panels))


if __name__ == "__main__":
    main()
