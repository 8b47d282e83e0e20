"""Databases and disks for servers that things happen to."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.reference import SERVER

ROUNDS = int(os.environ.get("FAULT_ROUNDS", "1"))


@pytest.fixture
def held(template, tmp_path):
    """A database of the test's own."""
    copy = template.copy(tmp_path)
    yield copy
    copy.drop()


@pytest.fixture
def rounds() -> range:
    """How often a fault happens in a test: once, or more in ``make test-faults``."""
    return range(ROUNDS)


@pytest.fixture
def sqlite_file(held) -> Path:
    """The file of the database; skips where there is none."""
    if SERVER:
        pytest.skip("a PostgreSQL server's files are its own")
    return Path(held.url.removeprefix("sqlite:///"))


@pytest.fixture
def disk(tmp_path):
    """Return a function that makes a small disk: ``disk("media", megabytes=8)``; skips where that is not allowed."""
    made = []

    def disk(name: str, megabytes: int) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0777", "none", str(folder)]
        if subprocess.run(command, capture_output=True).returncode:
            pytest.skip("no disk can be made here")
        made.append(folder)
        return folder

    yield disk
    for folder in made:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
