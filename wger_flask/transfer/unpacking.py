"""Open a dump as people keep it: as it is, or packed by gzip, bzip2, xz or zip.

What the file is, its first bytes tell, not its name.  What is something else altogether is
named, so that its owner knows what to do.  Unpacking is bounded: a file of a few kilobytes
that becomes gigabytes is no dump.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Protocol

from ..archives import BROKEN_ZIP
from ..storage.formats import FORMATS
from .errors import ImportFailure

# Rows of a database pack to a tenth or a fiftieth.  Small dumps of rows that are all alike pack better.
MOST_UNPACKED, FREE_UNPACKED = 500, 256 << 20
_XZ_MEMORY = 256 << 20  # what unpacking may need; "xz -9" makes files that need a quarter
_AT_ONCE = 1 << 16
HEAD = 300  # bytes that tell what a file is

_GZIP, _BZIP2, _XZ, _ZIP = b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0", b"PK\x03\x04"
_PACKED = {_GZIP: "gzip", _BZIP2: "bzip2", _XZ: "xz", _ZIP: "zip"}
_OTHERS = (
    (b"\x28\xb5\x2f\xfd", "packed by zstd: unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive: unpack it first"),
    (b"Rar!\x1a\x07", "a RAR archive: unpack it first"),
    (b"PK\x05\x06", "a zip archive with nothing in it"),
    (b"<?xml", "XML: dump it as JSON"),
    (b"<django-objects", "XML: dump it as JSON"),
    (b"- model:", "YAML: dump it as JSON"),
    (b'{"model"', "JSON Lines: dump it as JSON"),
    (b'{"pk"', "JSON Lines: dump it as JSON"),
    *FORMATS,
)


class Readable(Protocol):
    """What a document is read from, of texts or of bytes."""

    def read(self, size: int, /) -> Any:
        """Return the next ``size`` characters or bytes, less only at the end."""


@contextmanager
def opened(source: str | Path | IO, progress: bool | None = None) -> Iterator[Readable]:
    """Open ``source``, a path (packed or not) or a stream, with a progress bar.

    ``progress`` None shows the bar on a terminal only, True always, False never.  Raises
    :class:`ImportFailure` where what is packed cannot be told.
    """
    if not isinstance(source, str | Path):
        yield source
        return
    from tqdm import tqdm

    with open(source, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        head = file.read(HEAD)
        file.seek(0)
        hidden = None if progress is None else not progress
        with tqdm.wrapattr(file, "read", total=size, disable=hidden, desc="import") as counted:
            unpack = next((_UNPACK[kind] for kind in _PACKED if head.startswith(kind)), None)
            yield _Bounded(unpack(counted), file) if unpack else counted


def named(head: bytes) -> str | None:
    """Return what a document is that begins with ``head``, as far as it is told from a JSON array; None if not."""
    for kind, name in _PACKED.items():
        if head.startswith(kind):
            return f"packed by {name} within what was unpacked: unpack it first"
    if head[257:262] == b"ustar":
        return "a tar archive: unpack it first"
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return next((name for kind, name in _OTHERS if text.startswith(kind)), None)


class _Bounded:
    """Read a packed file, as long as it does not grow beyond measure."""

    def __init__(self, stream: Readable, file: IO):
        self._stream, self._file, self._total = stream, file, 0

    def read(self, size: int) -> bytes:
        data = self._stream.read(size)
        self._total += len(data)
        if self._total > max(FREE_UNPACKED, MOST_UNPACKED * self._file.tell()):
            raise ImportFailure(f"what is packed is more than {MOST_UNPACKED} times as large as the file: no dump is")
        return data


class _Xz:
    """Read what xz packed, within bounds for memory that :class:`lzma.LZMAFile` does not know."""

    def __init__(self, file: IO):
        self._file = file
        self._packed = b""
        self._unpacker: lzma.LZMADecompressor | None = None

    def read(self, size: int) -> bytes:
        while True:
            if not self._packed and (self._unpacker is None or self._unpacker.needs_input):
                self._packed = self._file.read(_AT_ONCE)
                if not self._packed:
                    if self._unpacker is not None:
                        raise EOFError("it stops in the middle")
                    return b""
            if self._unpacker is None:
                # Streams may follow one another, filled up with zeros.
                self._packed = self._packed.lstrip(b"\0")
                if not self._packed:
                    continue
                self._unpacker = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY)
            data = self._unpacker.decompress(self._packed, size)
            self._packed = b""
            if self._unpacker.eof:
                self._packed, self._unpacker = self._unpacker.unused_data, None
            if data:
                return data


def _zipped(file: IO) -> Readable:
    try:
        archive = zipfile.ZipFile(file)
    except BROKEN_ZIP as broken:
        raise ImportFailure(f"the document cannot be read: {broken}") from None
    inside = [one for one in archive.infolist() if not one.is_dir() and not one.filename.startswith("__MACOSX/")]
    dumps = [one for one in inside if one.filename.endswith(".json")] or inside
    if len(dumps) != 1:
        raise ImportFailure(f"a zip archive with {len(dumps)} files in it: unpack the one that is the dump")
    if ".." in dumps[0].orig_filename.replace("\\", "/").split("/"):
        raise ImportFailure("the name of the file in the zip archive leads out of it")
    if dumps[0].flag_bits & 1:
        raise ImportFailure("a zip archive with a password: unpack it first")
    try:
        return archive.open(dumps[0])
    except BROKEN_ZIP as broken:
        raise ImportFailure(f"the document cannot be read: {broken}") from None


_UNPACK: dict[bytes, Callable[[IO], Readable]] = {
    _GZIP: lambda file: gzip.GzipFile(fileobj=file),
    _BZIP2: bz2.BZ2File,
    _XZ: _Xz,
    _ZIP: _zipped,
}
