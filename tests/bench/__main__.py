"""Compare the server with the yardstick, endpoint by endpoint, in one run.

    python -m tests.bench [--seconds 3] [--rounds 3] [--only NAME,NAME] [--json FILE]
    python -m tests.bench --against URL [--token KEY]

Needs wrk (Debian: ``apt-get install wrk``) and, on the first run, the dataset of
``../shared/dataset/make_dataset.py``.  The rounds of the server and of the yardstick alternate,
and the ratio of the medians is what counts.  ``docs/performance.md`` says what each number is.
"""

from __future__ import annotations

import argparse
import re
import shutil
import tempfile
from pathlib import Path

from tests.bench.against import measure_against
from tests.bench.cases import CASES, Case
from tests.bench.computed import ACTIONS, first_answers, requests_of
from tests.bench.cpu import compare
from tests.bench.dataset import ask, copied, prepare
from tests.bench.inside import Inside
from tests.bench.load import Connection, Request, median_throughputs
from tests.bench.repeated import measure_again
from tests.bench.report import Report, Row
from tests.bench.servers import OURS, ROOT, YARDSTICK, Server, served

_WRITTEN = (
    "SELECT count(*) FROM manager_workoutlog",
    "SELECT count(*) FROM manager_workoutsession",
    "SELECT category_id, date, value, source FROM measurements_measurement WHERE date >= '2026-11' ORDER BY 1, 2, 3, 4",
    "SELECT object_type, count(*) FROM wger_flask_sync_pending GROUP BY 1 ORDER BY 1",
    "SELECT user_id, round(total_weight_lifted, 2), total_workouts FROM trophies_userstatistics ORDER BY user_id",
    "SELECT user_id, trophy_id, json_remove(context_data, '$.log_id') FROM trophies_usertrophy ORDER BY id",
)


def main() -> None:
    chosen = arguments()
    if chosen.cpu:
        compare(chosen)
        return
    if not shutil.which("wrk"):
        raise SystemExit("the benchmark needs wrk")
    if chosen.against:
        measure_against(chosen)
        return
    cases = [case for case in CASES if not chosen.only or case.name in chosen.only.split(",")]
    actions = [action for action in ACTIONS if not chosen.only or action in chosen.only.split(",")]
    database = prepare(chosen.folder)
    report = Report(chosen.rounds, chosen.seconds)
    with tempfile.TemporaryDirectory(dir=chosen.folder, prefix="run-") as temporary:
        folder = Path(temporary)
        inside = Inside(copied(database, folder / "inside.sqlite"))
        start, start_cpu, firsts = first_answers(database, folder, chosen.rounds)
        ours, theirs = (copied(database, folder / f"{name}.sqlite") for name in ("ours", "theirs"))
        with served(OURS, ours) as server, served(YARDSTICK, theirs) as yardstick:
            report.begin()
            for case in cases:  # before one of the servers has written more than the other
                if not case.alone:
                    demand_same(case, case.request(database), (server, ours), (yardstick, theirs))
            for case in cases:
                request = case.request(database)
                found = measure(request, [server] if case.alone else [server, yardstick], chosen)
                usual = Connection(server.url).usual_milliseconds(request)
                statements = inside.statements_told(request)
                report.add(Row(case.name, found[0], *(found[1:] or [None]), usual, None, statements))
            for action in actions:
                request, _ = requests_of(database)[action]
                usual = Connection(server.url).usual_milliseconds(request)
                [found] = measure(request, [server], chosen)
                statements = inside.statements_told(request)
                report.add(Row(f"routine: {action}", found, None, usual, firsts[action], statements))
            held = server.memory()
            measure_again(database, ours, yardstick, report, chosen.only, chosen.rounds, chosen.seconds)
        cpu = inside.sequence_milliseconds()
    report.figure("first_answer_s", start, f"first answer {start:.2f} s after the start")
    report.figure("first_answer_cpu_s", start_cpu, f"of them {start_cpu:.2f} s of CPU, of gunicorn and its worker")
    report.figure("memory_mb", held, f"the worker holds {held:.0f} MB after all this")
    report.figure("sequence_cpu_ms", cpu, f"120 days, six days of eight exercises, in the gym: {cpu:.0f} ms of CPU")
    if chosen.json:
        report.write(chosen.json)


def arguments() -> argparse.Namespace:
    """Return what was asked for on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=3, help="of load for each measurement")
    parser.add_argument("--rounds", type=int, default=3, help="measurements of each endpoint and server")
    parser.add_argument("--cpu", action="store_true", help="CPU time inside a process in place of requests a second")
    parser.add_argument("--against", default="", metavar="URL", help="compare with the server there: see against.py")
    parser.add_argument("--token", default="", metavar="KEY", help="permanent token of a user of that server")
    parser.add_argument("--only", default="", help="names of endpoints, comma-separated")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results there as well")
    parser.add_argument("--folder", type=Path, default=ROOT / "instance" / "bench", help="where the database is kept")
    return parser.parse_args()


def demand_same(case: Case, request: Request, *both: tuple[Server, Path]) -> None:
    """Stop unless both servers answer with the same bytes and, for a write, leave the same rows."""
    answers = [Connection(server.url).send(request).replace(server.url.encode(), b"") for server, _ in both]
    if request.body is not None:  # the row has a random key
        answers = [re.sub(rb'^{"id":"[0-9a-f-]{36}"', b"", answer) for answer in answers]
        written = [[ask(database, sql) for sql in _WRITTEN] for _, database in both]
        if written[0] != written[1]:
            raise SystemExit(f"{case.name}: what was written differs\n{written[0]}\n{written[1]}")
    if answers[0] != answers[1]:
        raise SystemExit(f"{case.name}: the bytes differ\n{answers[0][:900]}\n{answers[1][:900]}")


def measure(request: Request, servers: list[Server], chosen: argparse.Namespace) -> list[float]:
    """Return the median throughput of each server; their rounds alternate."""
    return median_throughputs([(server.url, request) for server in servers], chosen.rounds, chosen.seconds)


if __name__ == "__main__":
    main()
