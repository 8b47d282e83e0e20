"""Write the start of a plugin: a distribution of its own, with a table, a resource, a migrations folder and tests.

The files stand in ``template/``, with ``.txt`` behind their names so that no tool takes them for code of this package.
"""

from __future__ import annotations

import keyword
import re
from pathlib import Path

TEMPLATE = Path(__file__).parent / "template"


def write(name: str, folder: Path, taken: set[str]) -> list[Path]:
    """Write the plugin ``name`` into the new folder ``wger-<name>`` in ``folder``; returns the files' paths.

    ``taken`` are names of plugins and resources that there are.  Raises ValueError for a name that cannot be one or is
    taken, and where the folder exists already.
    """
    if not re.fullmatch("[a-z][a-z0-9_]{1,29}", name) or keyword.iskeyword(name) or name.endswith("_"):
        raise ValueError(f"{name!r} is no name for a plugin: 2 to 30 lower-case letters, digits and _, a letter first")
    dashed = name.replace("_", "-")
    if {name, dashed} & taken:
        raise ValueError(f"{name!r} is the name of a plugin or a resource that there is already: choose another one")
    root = folder / f"wger-{dashed}"
    if root.exists():
        raise ValueError(f"{root} exists already")
    words = {
        "name": name,
        "dashed": dashed,
        "package": f"wger_{name}",
        "title": name.replace("_", " "),
        "Title": name.replace("_", " ").capitalize(),
    }
    made = []
    for source in sorted(TEMPLATE.rglob("*.txt")):
        place = filled(str(source.relative_to(TEMPLATE)).removesuffix(".txt"), words)
        place = re.sub("^package/", f"{words['package']}/", place.replace("\\", "/"))
        path = root / place.replace("gitignore", ".gitignore")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(filled(source.read_text(encoding="utf-8"), words), encoding="utf-8")
        made.append(path)
    return made


def filled(text: str, words: dict[str, str]) -> str:
    """Return ``text`` with each ``@word@`` replaced by what ``words`` says."""
    return re.sub("@(\\w+)@", lambda found: words[found[1]], text)
