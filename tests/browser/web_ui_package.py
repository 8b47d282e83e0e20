"""The published web UI of wger, fetched once into a folder outside of this one; nobody here reads it."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
import tempfile
from functools import cache
from pathlib import Path

PACKAGE, VERSION = "@wger-project/react-components", "26.8.28"
_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "wger-flask-tests" / f"web-ui-{VERSION}"


@cache
def folder() -> tuple[Path | None, str]:
    """Return the folder with the package's ``build``, or None and why it cannot be had."""
    if (_CACHE / "build" / "main.js").is_file():
        return _CACHE, ""
    npm = shutil.which("npm")
    if npm is None:
        return None, "npm is not installed, and the web UI comes from it"
    with tempfile.TemporaryDirectory() as name:
        command = [npm, "pack", "--silent", "--ignore-scripts", "--pack-destination", name, f"{PACKAGE}@{VERSION}"]
        try:
            done = subprocess.run(command, cwd=name, capture_output=True, text=True, timeout=600)
        except subprocess.TimeoutExpired:
            return None, "npm does not answer"
        packed = list(Path(name).glob("*.tgz"))
        if done.returncode or not packed:
            return None, f"npm has no {PACKAGE}@{VERSION} here"
        with tarfile.open(packed[0]) as archive:
            build = [member for member in archive.getmembers() if member.name.startswith("package/build/")]
            archive.extractall(name, members=build, filter="data")
        _CACHE.mkdir(parents=True, exist_ok=True)
        shutil.copytree(Path(name) / "package" / "build", _CACHE / "build", dirs_exist_ok=True)
    return _CACHE, ""
