"""Keep the secret key in a file that the server makes for itself.

There is no default key and none is ever asked for: a key that documentation shows is
public.  Several workers may start at once on an empty folder, so the file appears
whole or not at all, and all workers use the first one to appear.
"""

from __future__ import annotations

import os
import secrets
import stat
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

KEY_BYTES = 48
LEAST_CHARACTERS = 32
OTHERS = stat.S_IRWXG | stat.S_IRWXO


class SecretKeyError(ValueError):
    """Say in one line why the secret key cannot be used."""


def secret_key(path: Path) -> str:
    """Return the key in ``path``, making the file when there is none.

    Raises :class:`SecretKeyError` when the file cannot be read or written, when others than
    its owner may use it, or when what it holds is too short to be a key.
    """
    key = kept(path, lambda: secrets.token_urlsafe(KEY_BYTES) + "\n")
    if len(key) < LEAST_CHARACTERS:
        raise SecretKeyError(
            f"WGER_SECRET_KEY_FILE: {path} holds {len(key)} characters, {LEAST_CHARACTERS} are needed; "
            "remove it to have one made (all sessions and tokens signed before end)"
        )
    return key


def kept(path: Path, make: Callable[[], str]) -> str:
    """Return the secret in ``path``, writing what ``make()`` gives when there is no such file.

    Raises :class:`SecretKeyError` when the file cannot be read or written, or when others than
    its owner may use it.
    """
    try:
        if not path.exists():
            _write(path, make())
        with open(path, encoding="ascii") as file:
            allowed = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            secret = file.read().strip()
    except (OSError, UnicodeDecodeError) as wrong:
        raise SecretKeyError(f"WGER_SECRET_KEY_FILE: {path}: {getattr(wrong, 'strerror', None) or wrong}") from wrong
    if allowed & OTHERS:
        raise SecretKeyError(
            f"WGER_SECRET_KEY_FILE: others may use {path} (mode {allowed:04o}); allow its owner alone: chmod 600"
        )
    return secret


def _write(path: Path, secret: str) -> None:
    """Write a secret beside ``path`` and give it its name, unless another process was first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mode 0600, O_EXCL
    try:
        with open(descriptor, "w", encoding="ascii") as file:
            file.write(secret)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(draft, path)  # unlike a rename, fails where the name is taken
    finally:
        os.unlink(draft)
