#!/usr/bin/env python3
"""Tell what pip-audit found of the locked versions, and what it could not look up.

    pip-audit ... --format json | .ci/audit.py

Fails for a known fault and, unlike pip-audit, after all packages and with each reason once, for packages that were
skipped: nobody knows of those whether they have a fault.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from typing import Any


def report(told: dict[str, Any]) -> tuple[list[str], bool]:
    """Return lines about a document of pip-audit, the last one a summary, and whether all is well."""
    lines, faults, skipped = [], 0, defaultdict(list)
    for package in told["dependencies"]:
        name = package["name"]
        if "skip_reason" in package:
            reason, _, which = package["skip_reason"].partition(f": {name}")
            skipped[reason].append(f"{name}{which}")
        for fault in package.get("vulns", ()):
            faults += 1
            mended = " or ".join(fault["fix_versions"]) or "no version yet"
            lines.append(f"{name} {package['version']}: {fault['id']}, mended in {mended}")
    lines += [f"skipped, {reason}: {', '.join(names)}" for reason, names in skipped.items()]
    listed, unknown = len(told["dependencies"]), sum(map(len, skipped.values()))
    summary = f"{listed - unknown} of {listed} packages looked up, {faults} known faults"
    if unknown == listed:
        summary += "; none was looked up: is what answers for pypi.org a mirror without /pypi/NAME/VERSION/json?"
    elif unknown:
        summary += f"; {unknown} skipped, so that nothing is known of them"
    return [*lines, summary], not faults and not unknown


def main() -> None:
    """Read pip-audit's document, print what it comes to, end with 1 where that is not well."""
    text = sys.stdin.read()
    if not text.strip():
        sys.exit("pip-audit told nothing: see its own message above")
    lines, well = report(json.loads(text))
    print("\n".join(lines))
    sys.exit(not well)


if __name__ == "__main__":
    main()
