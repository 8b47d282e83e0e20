#!/usr/bin/env python3
"""Replay the recorded exchanges and fail when fewer pass than did before.

    .ci/conformance_floor.py ../shared/conformance/run.py --suites FOLDER            # check against the floor
    .ci/conformance_floor.py ../shared/conformance/run.py --suites FOLDER --raise    # and keep what is better

The floor is tests/conformance-floor.json: how many steps of each suite passed, and the total.  It
only ever rises; a step that is lost on purpose is an edit of that file with its reason in the
commit.
"""

import argparse
import json
import re
import subprocess
import sys
from pathlib import Path

FLOOR = Path(__file__).resolve().parent.parent / "tests" / "conformance-floor.json"
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


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runner", help="the script that replays the suites")
    parser.add_argument("--raise", dest="raised", action="store_true", help="write better scores into the floor")
    parser.add_argument("--suites", required=True, help="the folder of recorded suites")
    arguments = parser.parse_args()
    floor = json.loads(FLOOR.read_text())
    scores = read_scores(run([sys.executable, arguments.runner, "--suites", arguments.suites]))
    lost = losses(scores, floor)
    for line in lost:
        print(f"below the floor: {line}")
    if not scores or lost:
        print("conformance: lost ground" if scores else "conformance: the run gave no scores")
        return 1
    if arguments.raised:
        names = sorted(name for name in scores if name != "total") + ["total"]
        FLOOR.write_text(json.dumps({name: scores[name] for name in names}, indent=2) + "\n")
    print(f"conformance: {scores['total']} passed, the floor is {floor['total']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
