"""Read an archive that may be anything: damaged, cut off, or made to do harm.

What is in it is a handful of plain files with known names and what lies below ``media/``.  No link, device or hole,
no name that leads elsewhere, no name twice; memory is bounded, and so is what a small file may become.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from ..media.names import UnsafeName, parts_of
from ..storage.backups import BackupRefused
from ..storage.upgrades import Progress
from .format import (
    AT_ONCE,
    DATABASE,
    MANIFEST,
    MEDIA,
    MOST_KEY,
    MOST_MANIFEST,
    SUMS,
    Manifest,
    Packing,
    manifest_of,
    packing_of,
)
from .sums import SummedReader, sum_line

MOST_UNPACKED, FREE_UNPACKED = 500, 256 << 20
"""How many times as large as the archive its content may be, and from how many bytes on."""
_LONGEST_READ = 4 << 20  # headers of a tar archive are read whole
_DIGEST = 64

Sink = Callable[[str, IO[bytes], int], None]
"""Called with the name of each file, the file, and its size; what it does not read is read after it."""


class Damaged(BackupRefused):
    """An archive is not what was written."""


@dataclass(slots=True)
class Content:
    """What an archive was found to hold: its manifest, the sum of each file, the bytes of all media."""

    manifest: Manifest
    digests: dict[str, str] = field(default_factory=dict)
    media_bytes: int = 0


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """Open an archive, which is the same file for a block; raises :class:`BackupRefused` where it cannot be read."""
    try:
        file = path.open("rb")
    except OSError as wrong:
        raise BackupRefused(f"{path} cannot be read: {wrong.strerror or wrong}") from None
    with file:
        yield file


def verify_whole(file: IO[bytes], progress: Progress) -> tuple[Packing, int]:
    """Hold a file against the sum at its end; returns how it is packed, and the length of the archive in it.

    Raises :class:`Damaged`.
    """
    size = os.fstat(file.fileno()).st_size
    file.seek(0)
    packing = packing_of(file.read(512))
    length = size - len(packing.trailer("0" * _DIGEST))
    if length <= 0:
        raise Damaged("it was cut off, or is no backup of this server")
    file.seek(0)
    found, done = hashlib.sha256(), 0
    while done < length:
        data = file.read(min(AT_ONCE, length - done))
        if not data:
            raise Damaged("it was cut off while it was read")
        found.update(data)
        done += len(data)
        progress("checking the archive", done, length)
    if file.read() != packing.trailer(found.hexdigest()):
        raise Damaged("it is damaged or was cut off, or it is no backup of this server: its sum does not fit")
    return packing, length


def read(file: IO[bytes], packing: Packing, length: int, take: Sink, progress: Progress, told: str) -> Content:
    """Read a file that :func:`verify_whole` has seen, give each of its files to ``take``, and check all sums.

    The manifest and the sums are not given.  Raises :class:`BackupRefused`; what was taken by then may be wrong.
    """
    import zstandard

    broken = tarfile.TarError, zlib.error, gzip.BadGzipFile, zstandard.ZstdError, EOFError, ValueError, RecursionError
    file.seek(0)
    packed = _Part(file, length)
    try:
        with closing(packing.reader(packed)) as stream:  # type: ignore[arg-type]  # read() is all that is asked
            plain: Any = _Forward(stream, max(FREE_UNPACKED, MOST_UNPACKED * length))
            with tarfile.open(fileobj=plain, mode="r:", encoding="utf-8", errors="strict") as tar:
                return _files(tar, take, lambda: progress(told, packed.done, length))
    except broken as wrong:
        raise Damaged(f"it cannot be unpacked: {' '.join(str(wrong).split())[:200]}") from None


def _files(tar: tarfile.TarFile, take: Sink, tick: Callable[[], None]) -> Content:
    content: Content | None = None
    sums, listed = hashlib.sha256(), None
    expected = {MANIFEST}
    for member in iter(tar.next, None):
        tar.members = []  # type: ignore[attr-defined]  # it would keep all of them
        name = member.name
        if listed is not None:
            raise Damaged(f"{name!r} stands behind its end")
        if member.type != tarfile.REGTYPE or member.issparse():
            raise Damaged(f"{name!r} is no plain file")
        stream = tar.extractfile(member)
        assert stream is not None  # of a plain file
        summed = SummedReader(stream)
        if content is None:
            if name != MANIFEST or member.size > MOST_MANIFEST:
                raise Damaged("it does not begin with a manifest")
            content = Content(manifest_of(summed.read(member.size)))
            expected = {*content.manifest.keys}
        elif name == SUMS:
            listed = summed
        else:
            _check_name(name, member.size, content, expected)
            take(name, summed, member.size)  # type: ignore[arg-type]  # read() is all that is asked
        while summed.read(AT_ONCE):
            tick()
        tick()
        if name != SUMS:
            content.digests[name] = summed.sum.hexdigest()
            sums.update(sum_line(summed, name))
    if content is None or listed is None or listed.sum.digest() != sums.digest():
        raise Damaged("its files are not those in its list of sums")
    if expected or not _has_database(content):
        raise Damaged("a part is missing")
    return content


def _check_name(name: str, size: int, content: Content, expected: set[str]) -> None:
    """Raise :class:`Damaged` for a name that an archive of ours has not, or has once already."""
    if name in content.digests:
        raise Damaged(f"{name!r} is in it twice")
    if name in expected:
        expected.discard(name)
        if size > MOST_KEY:
            raise Damaged(f"{name!r} is no key")
    elif name.startswith(MEDIA) and content.manifest.media:
        try:
            parts_of(name.removeprefix(MEDIA))
        except UnsafeName:
            raise Damaged(f"{name!r} leads elsewhere") from None
        content.media_bytes += size
    elif not (name.startswith(f"{DATABASE}.") and "/" not in name) or _has_database(content):
        raise Damaged(f"{name!r} does not belong into a backup")


def _has_database(content: Content) -> bool:
    return any(name.startswith(f"{DATABASE}.") for name in content.digests)


class _Part:
    """The first ``length`` bytes of a file."""

    def __init__(self, file: IO[bytes], length: int):
        self._file, self._length, self.done = file, length, 0

    def read(self, size: int = -1) -> bytes:
        left = self._length - self.done
        data = self._file.read(left if size < 0 else min(size, left))
        self.done += len(data)
        return data

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        raise tarfile.ReadError("an archive is read once, from its beginning")

    def close(self) -> None:
        """Do nothing: who opened the file closes it."""


class _Forward:
    """What was unpacked, as a file that is read from its beginning to its end, and never beyond ``most`` bytes."""

    def __init__(self, stream: Any, most: int):
        self._stream, self._most, self._at = stream, most, 0

    def read(self, size: int) -> bytes:
        if size > _LONGEST_READ:
            raise tarfile.ReadError("a header is too long")
        pieces, left = [], size
        while left and (piece := self._stream.read(left)):
            pieces.append(piece)
            left -= len(piece)
        self._at += size - left
        if self._at > self._most:
            raise Damaged(f"it holds more than {MOST_UNPACKED} times its own size: no backup does")
        return b"".join(pieces)

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        if whence != os.SEEK_SET or offset < self._at:
            raise tarfile.ReadError("its parts lie over one another")
        while self._at < offset:
            if not self.read(min(AT_ONCE, offset - self._at)):
                raise tarfile.ReadError("it stops in the middle")
        return self._at

    def close(self) -> None:
        """Do nothing: who opened the stream closes it."""
