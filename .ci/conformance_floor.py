#!/usr/bin/env python3
"""Replay the recorded exchanges and fail when fewer pass than did before.

    .ci/conformance_floor.py ../shared/conformance/run.py --suites FOLDER            # check against the floor
    .ci/conformance_floor.py ../shared/conformance/run.py --suites FOLDER --raise    # and keep what is better
    .ci/postgres .ci/conformance_floor.py ... --server                               # on the server that tests run on

The floor is tests/conformance-floor.json: how many steps of each suite passed, and the total.  It
only ever rises; a step that is lost on purpose is an edit of that file with its reason in the
commit.  Each kind of server has a floor of its own (docs/compatibility.md names the steps that differ there), and a
database a suite.
"""

import argparse
import json
import os
import re
import subprocess
import sys
from pathlib import Path

from wger_flask.storage.database import database_at
from wger_flask.testing.databases import ServerDatabase

FLOORS = Path(__file__).resolve().parent.parent / "tests"
SUITE = re.compile(r"^(?P<name>\S+)\s+(?P<passed>\d+) of\s+\d+\s")
TOTAL = re.compile(r"^(?P<passed>\d+) passed, \d+ failed$")


def read_scores(lines: list[str]) -> dict[str, int]:
    """Return the steps that passed by suite, and their ``total`` where the run came to its end."""
    scores = {found["name"]: int(found["passed"]) for line in lines if (found := SUITE.match(line))}
    if lines and (closing := TOTAL.match(lines[-1])):
        scores["total"] = int(closing["passed"])
    return scores


def losses(scores: dict[str, int], floor: dict[str, int]) -> list[str]:
    """Return one line for each score below its floor, a missing one included."""
    return [
        f"{name}: {scores.get(name, 'nothing')} passed, the floor is {least}"
        for name, least in floor.items()
        if scores.get(name, -1) < least
    ]


def run(command: list[str]) -> list[str]:
    """Run a command, show its output as it comes, and return the lines."""
    lines = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            print(line, end="", flush=True)
            lines.append(line.rstrip())
    return lines


def run_on_server(command: list[str], server: str, suites: list[str]) -> list[str]:
    """Run ``command`` for each of ``suites`` in a database of its own; returns lines like :func:`run`, one total."""
    lines, total = [], 0
    for suite in suites:
        own = ServerDatabase(server, f"conformance_{suite}").make()
        found = run([*command, "--only", suite, "--database", own.url])
        lines += found
        total += read_scores(found).get("total", 0)
    return [*lines, f"{total} passed, 0 failed"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runner", help="the script that replays the suites")
    parser.add_argument("--raise", dest="raised", action="store_true", help="write better scores into the floor")
    parser.add_argument("--suites", required=True, help="the folder of recorded suites")
    parser.add_argument("--server", action="store_true", help="run on the server in WGER_TEST_DATABASE_URL")
    arguments = parser.parse_args()
    server = os.environ["WGER_TEST_DATABASE_URL"] if arguments.server else ""
    kind = f"-{database_at(server).dialect.name}" if server else ""
    file = FLOORS / f"conformance-floor{kind}.json"
    floor = json.loads(file.read_text())
    command = [sys.executable, arguments.runner, "--suites", arguments.suites]
    if server:
        suites = [name for name in floor if name != "total"]
        scores = read_scores(run_on_server(command, server, suites))
    else:
        scores = read_scores(run(command))
    lost = losses(scores, floor)
    for line in lost:
        print(f"below the floor: {line}")
    if not scores or lost:
        print("conformance: lost ground" if scores else "conformance: the run gave no scores")
        return 1
    if arguments.raised:
        names = sorted(name for name in scores if name != "total") + ["total"]
        file.write_text(json.dumps({name: scores[name] for name in names}, indent=2) + "\n")
    print(f"conformance: {scores['total']} passed, the floor is {floor['total']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
