"""What is needed of a file to send it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO


@dataclass(frozen=True, slots=True)
class Served:
    """A file to be sent: its bytes, what tells it from another one, when it was stored; ``open()`` reads it."""

    size: int
    etag: str
    modified: datetime | None
    open: Callable[[], BinaryIO]
