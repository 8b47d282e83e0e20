"""What this server answers, kept beside the tests: so that a clone alone notices when a promise changes.

``python -m tests.snapshots`` writes the files anew, by running the server on its own starter data.  Look at the
difference before it is committed: a change that nobody meant is a fault.

* ``routines.json``: worked cases of routines, which the engine is compared with too (:mod:`.routines`)
* ``steps.json``: requests to every resource, with their answers (:mod:`.steps`)
* ``tables.json``: tables and columns; ``shapes.json``: the keys of every resource's rows (:mod:`.descriptions`)
"""

from __future__ import annotations

import json
from pathlib import Path

FOLDER = Path(__file__).parent


def kept(name: str):
    """Return what the file ``name`` holds."""
    return json.loads((FOLDER / name).read_text())


def keep(name: str, content: dict) -> None:
    """Write the file ``name``: one line for each entry of the second level, so that differences can be read."""
    parts = []
    for key, value in content.items():
        if isinstance(value, dict) and value:
            lines = [f"{_text(name)}: {_text(item)}" for name, item in value.items()]
            parts.append(f"{_text(key)}: {{\n" + ",\n".join(lines) + "\n}")
        elif isinstance(value, list) and value:
            parts.append(f"{_text(key)}: [\n" + ",\n".join(map(_text, value)) + "\n]")
        else:
            parts.append(f"{_text(key)}: {_text(value)}")
    (FOLDER / name).write_text("{\n" + ",\n".join(parts) + "\n}\n")


def _text(value) -> str:
    return json.dumps(value, ensure_ascii=False)
