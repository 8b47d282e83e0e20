#!/usr/bin/env python3
"""Tell what pip-audit found of the locked versions, and what it could not look up.

    .ci/audit.py .venv-audit/bin/pip-audit ... --format json

Fails for a known fault and, unlike pip-audit, after all packages and with each reason once, for packages that were
skipped: of those it is not known whether they have a fault. pip-audit itself says then that there are none.
"""

from __future__ import annotations

import json
import subprocess
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
    listed, unknown = len(told["dependencies"]), sum(map(len, skipped.values()))
    if unknown == listed:
        mirror = "is what answers for pypi.org a mirror without /pypi/NAME/VERSION/json?"
        return [f"none of {listed} packages could be looked up, so that nothing is known of them: {mirror}"], False
    lines += [f"skipped, {reason}: {', '.join(names)}" for reason, names in skipped.items()]
    summary = f"{listed - unknown} of {listed} packages looked up, {faults} known faults"
    if unknown:
        summary += f"; {unknown} skipped, so that nothing is known of them"
    return [*lines, summary], not faults and not unknown


def main() -> None:
    """Run pip-audit, print what its document comes to, end with 1 where that is not well."""
    done = subprocess.run(sys.argv[1:], capture_output=True, text=True)
    if not done.stdout.strip():
        sys.exit(f"pip-audit told nothing but: {done.stderr.strip()}")
    lines, well = report(json.loads(done.stdout))
    print("\n".join(lines))
    sys.exit(not well)


if __name__ == "__main__":
    main()
