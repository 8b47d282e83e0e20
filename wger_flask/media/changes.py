"""What a block that holds a transaction does to the files of a store."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO

from wger_flask.media.names import UnsafeName

if TYPE_CHECKING:
    from wger_flask.media.store import MediaStore

logger = logging.getLogger(__name__)


class Changes:
    """What a block does to the files: see `MediaStore.changes`."""

    def __init__(self, store: MediaStore) -> None:
        self._store = store
        self.added: list[str] = []
        self.removed: list[str] = []

    def mark(self) -> tuple[int, int]:
        """Return a mark for `rewind`."""
        return len(self.added), len(self.removed)

    def rewind(self, mark: tuple[int, int]) -> None:
        """Delete what was added since a mark, and keep what was to go since then."""
        added, removed = mark
        self._store._delete_all(reversed(self.added[added:]))
        del self.added[added:], self.removed[removed:]

    def add(self, content: bytes | BinaryIO, name: str) -> str:
        """Store a file now, and return its name. Raises like `MediaStore.save`."""
        name = self._store.save(content, name)
        self.added.append(name)
        return name

    def remove(self, name: str) -> None:
        """Delete a file and its thumbnails once the block has ended. An empty name is none.

        Raises `NotStored` now if that will not be possible.
        """
        if name:
            with suppress(UnsafeName):  # what the row names was never ours
                self._store.demand_deletable(name)
            self.removed.append(name)

    def move(self, old: str, new: str) -> str:
        """Return the name under which a file is stored from now on; the old one goes once the block has ended.

        A file that is not there cannot be moved: its row keeps the name it has. Raises `NotStored`.
        """
        try:
            name = self._store.copy(old, new)
        except FileNotFoundError:
            logger.warning("the file %s is missing", old)
            return old
        self.added.append(name)
        self.remove(old)
        return name
