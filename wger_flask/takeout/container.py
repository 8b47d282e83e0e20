"""Open the zip of a take-out that a user sends: what it says of itself is looked at before anything is unpacked.

Nothing is ever written under a name that the zip gives.  Names that lead elsewhere are refused all the same: no
take-out has such, so that the file is something else.
"""

from __future__ import annotations

import os
import zipfile
from types import TracebackType
from typing import IO

from ..archives import BROKEN, BROKEN_ZIP, USUAL_METHODS, leads_elsewhere
from ..media.images import MAX_MEGABYTES
from ..transfer.unpacking import FREE_UNPACKED, MOST_UNPACKED
from .archive import DATA
from .errors import Refused
from .rows import PICTURES

MOST_MEMBERS = 200_000
MOST_DATA = 2 << 30  # bytes of the document: some million rows
MOST_PICTURE = MAX_MEGABYTES << 20
_ENCRYPTED = 1


class Container:
    """The zip of a take-out, which can be read; a context that closes it."""

    def __init__(self, file: IO[bytes]):
        try:
            self._length = file.seek(0, os.SEEK_END)
            self._zip = zipfile.ZipFile(file)
        except BROKEN_ZIP as broken:
            raise Refused(f"This is no zip archive, or not all of one: {broken}") from None
        self._members: dict[str, zipfile.ZipInfo] = {}
        try:
            self._look()
        except BaseException:
            self._zip.close()
            raise

    def __enter__(self) -> Container:
        return self

    def __exit__(self, kind: type[BaseException] | None, wrong: BaseException | None, at: TracebackType | None) -> None:
        self._zip.close()

    def _look(self) -> None:
        members = self._zip.infolist()
        if len(members) > MOST_MEMBERS:
            raise Refused(f"The archive has {len(members)} files in it, more than {MOST_MEMBERS}.")
        if sum(one.compress_size for one in members) > self._length:
            raise Refused("The archive says of its files that they lie upon each other: no take-out does.")
        for one in members:
            self._check(one)
            if one.filename in self._members:
                raise Refused(f"The archive has two files called {_shown(one.filename)}.")
            self._members[one.filename] = one
        if DATA not in self._members:
            raise Refused(f"There is no {DATA} in the archive: it is no take-out of this program.")

    def _check(self, one: zipfile.ZipInfo) -> None:
        name = one.filename
        if leads_elsewhere(one.orig_filename) or "\\" in one.orig_filename:
            raise Refused(f"The archive has a file whose name leads elsewhere: {_shown(one.orig_filename)}.")
        if one.flag_bits & _ENCRYPTED:
            raise Refused(f"{_shown(name)} has a password: unpack the archive, and pack it without one.")
        if one.compress_type not in USUAL_METHODS:
            raise Refused(f"{_shown(name)} is packed in a way that no take-out is.")
        most = MOST_DATA if name == DATA else MOST_PICTURE if name.startswith(f"{PICTURES}/") else None
        if most is not None and one.file_size > most:
            raise Refused(f"{_shown(name)} would be {one.file_size} bytes, more than {most}.")
        if one.file_size > max(FREE_UNPACKED, MOST_UNPACKED * one.compress_size):
            raise Refused(f"{_shown(name)} would be more than {MOST_UNPACKED} times as large as it is packed.")

    def __contains__(self, name: object) -> bool:
        return name in self._members

    def open(self, name: str) -> IO[bytes]:
        """Open a file of the archive; no more bytes come than the archive has said.  Raises :class:`Refused`."""
        try:
            return self._zip.open(self._members[name])
        except BROKEN_ZIP as broken:
            raise Refused(f"{_shown(name)} cannot be read: {broken}") from None

    def read(self, name: str) -> bytes:
        """Return the bytes of a picture.  Raises :class:`Refused`."""
        try:
            with self.open(name) as file:
                return file.read(MOST_PICTURE)
        except BROKEN as broken:
            raise Refused(f"{_shown(name)} cannot be read: {broken}") from None


def _shown(name: str) -> str:
    return repr(name[:80])
