"""Remember which databases were served, in a file of the instance folder: an address a line.

A database that was served and is empty now has lost its data; a new one is empty as well.  Only this
tells them apart.
"""

from __future__ import annotations

import os
from pathlib import Path

from .database import address

NAME = "served-databases"


def was_served(folder: Path) -> bool:
    """Tell whether the open database was noted in ``folder``."""
    try:
        noted = (folder / NAME).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return False
    return address() in noted


def note_served(folder: Path) -> None:
    """Note the open database in ``folder``, once."""
    if not was_served(folder):
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder / NAME, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        with open(descriptor, "w", encoding="utf-8") as file:
            file.write(f"{address()}\n")
