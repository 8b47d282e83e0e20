"""Where the project's own folders are: in a checkout, in a wheel, and those that a server writes."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).parent


def shipped(folder: str) -> Path:
    """Return where the project's own ``config`` or ``plugins`` folder is.

    A wheel carries them inside the package, a checkout has them beside it.
    """
    inside = PACKAGE / folder
    return inside if inside.is_dir() else PACKAGE.parent / folder


def instance_folder(_: Mapping[str, Any]) -> Path:
    """Choose ``instance`` beside ``wsgi.py`` in a checkout, else the user's data folder."""
    if (PACKAGE.parent / "wsgi.py").exists():
        return PACKAGE.parent / "instance"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "wger_flask"


def docs_folder(known: Mapping[str, Any]) -> Path:
    """Choose where ``make docs`` builds the site in a checkout, else a place in the instance folder."""
    if (PACKAGE.parent / "wsgi.py").exists():
        return PACKAGE.parent / "build" / "site"
    return Path(known["WGER_INSTANCE_PATH"]) / "docs"
