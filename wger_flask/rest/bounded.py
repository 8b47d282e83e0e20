"""Hold what may be given again, up to so many bytes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import TypeVar

T = TypeVar("T")


class Bounded(OrderedDict[Hashable, tuple[T, int]]):
    """Values by key, each with its size in bytes, ``size`` of all together; the first to go stands first.

    Not locked.  A value that is asked for is to be moved to the end.
    """

    size = 0

    def put(self, key: Hashable, value: T, size: int, most: int) -> None:
        """Hold a value of ``size`` bytes, in place of what had its key, and of others where there are over ``most``."""
        _, before = self.pop(key, (None, 0))
        self[key] = value, size
        self.size += size - before
        while self.size > most:
            _, (_, gone) = self.popitem(last=False)
            self.size -= gone

    def clear(self) -> None:
        """Let everything go."""
        super().clear()
        self.size = 0
