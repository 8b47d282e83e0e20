"""Read a file as bytes, as lines or as a table, never more of it at once than a line.

A file may be packed: what fits is read from within a zip archive, and unpacked by gzip.  Nothing is written to a disk,
so that names in an archive lead nowhere, and unpacking is bounded.
"""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable, Iterator
from fnmatch import fnmatch
from functools import cached_property
from typing import Any, BinaryIO, Protocol, cast

from wger_flask.archives import BROKEN_ZIP, USUAL_METHODS, leads_elsewhere

from .errors import ImportRefused
from .table import Row, cells_of, delimiter_of, rows_of

HEAD = 1 << 16  # bytes that tell what a file is
LONGEST_LINE = 1 << 20  # bytes
_MOST_MEMBERS = 10_000
_MOST_LINES = 2_000_000  # blank ones too: a packed file of nothing else would keep its reader busy
# Texts of apps pack to a twentieth, or a fortieth; what packs better is made to fill a disk
_MOST_UNPACKED, _FREE_UNPACKED = 200, 64 << 20
_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
_WIDE = (b"\xff\xfe", b"\xfe\xff")
_UTF_8 = b"\xef\xbb\xbf"

_Packed = tuple[zipfile.ZipFile, zipfile.ZipInfo]  # an archive, and the file in it


class Stream(Protocol):
    """What bytes are read from."""

    def read(self, size: int = -1, /) -> bytes:
        """Return the next ``size`` bytes, less only at the end."""

    def readline(self, size: int = -1, /) -> bytes:
        """Return the rest of the line, ``size`` bytes at most."""


class ImportSource:
    """A file that a user chose: ``stream`` can be rewound, ``name`` is what it is called.

    One reader at a time: what was opened before must not be read on.
    """

    def __init__(
        self, stream: BinaryIO, name: str = "", _packed: _Packed | None = None, _unpacked: list[int] | None = None
    ):
        self._stream, self.name, self._packed = stream, name, _packed
        self._unpacked = _unpacked  # bytes, of all files that are read of an archive

    @cached_property
    def head(self) -> bytes:
        """The first bytes, :data:`HEAD` at most."""
        return self.open().read(HEAD)

    def open(self) -> Stream:
        """Return a stream of the file's bytes, unpacked, from the start on; reading it may raise ImportRefused."""
        if self._packed is not None:
            archive, member = self._packed
            return _Bounded(lambda: cast(Stream, archive.open(member)), self._size, self._unpacked)
        self._stream.seek(0)
        is_packed, size = self._stream.read(2) == _GZIP, self._size
        self._stream.seek(0)
        if is_packed:
            return _Bounded(lambda: cast(Stream, gzip.GzipFile(fileobj=self._stream)), size)
        return self._stream

    def member(self, files: tuple[str, ...]) -> ImportSource:
        """Return the first of :meth:`members`."""
        return self.members(files)[0]

    def members(self, files: tuple[str, ...]) -> list[ImportSource]:
        """Return the files in a zip archive whose names end like one of ``files``, and this one if it is no archive.

        What has an asterisk in it is a pattern. Those in the fewest folders come first. Raises ImportRefused for an
        archive that has no such file.
        """
        if self._packed is not None or self._archive is None:
            return [self]
        patterns = [ending.lower() if "*" in ending else f"*{ending.lower()}" for ending in files]
        fitting = [one for one in self._files if any(fnmatch(one.filename.lower(), pattern) for pattern in patterns)]
        if not fitting:
            raise ImportRefused(f"there is no {' or '.join(files)} in the archive")
        if any(one.flag_bits & 1 for one in fitting):
            raise ImportRefused("the archive has a password: unpack it first")
        if any(one.compress_type not in USUAL_METHODS for one in fitting):
            raise ImportRefused("the archive is packed in a way that no app knows: unpack it first")
        fitting.sort(key=lambda one: (one.filename.count("/"), one.filename))
        unpacked = [0]
        return [ImportSource(self._stream, one.filename, (self._archive, one), unpacked) for one in fitting]

    def names(self) -> list[str]:
        """Return the names of all files in a zip archive, in order; none where it is no archive."""
        if self._packed is not None or self._archive is None:
            return []
        return sorted(one.filename for one in self._files)

    @property
    def _files(self) -> list[zipfile.ZipInfo]:
        members = self._archive.infolist() if self._archive is not None else []
        return [one for one in members if not one.is_dir() and not one.filename.startswith("__MACOSX/")]

    @cached_property
    def _archive(self) -> zipfile.ZipFile | None:
        """The zip archive that the file is, None where it is none; raises ImportRefused for one that cannot be."""
        self._stream.seek(0)
        if self._stream.read(4) != _ZIP:
            return None
        try:
            archive = zipfile.ZipFile(self._stream)
        except BROKEN_ZIP as broken:
            raise ImportRefused(f"the archive cannot be read: {broken}") from None
        members = archive.infolist()
        if len(members) > _MOST_MEMBERS:
            raise ImportRefused(f"there are more than {_MOST_MEMBERS} files in the archive")
        if any(leads_elsewhere(one.orig_filename) for one in members):
            raise ImportRefused("there is a file in the archive whose name leads out of it")
        return archive

    def lines(self) -> Iterator[tuple[int, str]]:
        """Yield the lines with their numbers, from 1, and their ends.

        They are UTF-8, UTF-16 with a mark, or, where a line is not UTF-8, of the Windows of Western Europe. Raises
        ImportRefused for a line that is too long or holds what no text does.
        """
        lines = self._wide_lines() if self.head.startswith(_WIDE) else self._narrow_lines()
        for number, line in lines:
            if number > _MOST_LINES:
                raise ImportRefused(f"there are more than {_MOST_LINES} lines", number)
            if "\x00" in line:
                raise ImportRefused("there is a null character", number)
            yield number, line

    def _narrow_lines(self) -> Iterator[tuple[int, str]]:
        stream, number = self.open(), 0
        while line := stream.readline(LONGEST_LINE):
            number += 1
            _demand_short(line, number)
            line = line.removeprefix(_UTF_8) if number == 1 else line
            try:
                yield number, line.decode()
            except UnicodeDecodeError:
                yield number, line.decode("cp1252", "replace")

    def _wide_lines(self) -> Iterator[tuple[int, str]]:
        stream, number = io.TextIOWrapper(cast(BinaryIO, _Kept(self.open())), "utf-16", newline="\n"), 0
        try:
            while line := stream.readline(LONGEST_LINE):
                number += 1
                _demand_short(line, number)
                yield number, line
        except UnicodeError:
            raise ImportRefused("this is no text in UTF-16", number + 1) from None

    def header(self, line: int = 1) -> tuple[str, ...]:
        """Return the cells of ``line`` of a table, without blanks around them; none where there is no such line."""
        found = self._header_line(line)
        return tuple(cell.strip() for cell in cells_of(found, delimiter_of(found), line)) if found else ()

    def has_columns(self, names: tuple[str, ...], line: int = 1) -> bool:
        """Tell whether ``line`` names all of these columns, in letters of any case."""
        return not self.missing_columns(names, line)

    def missing_columns(self, names: tuple[str, ...], line: int = 1) -> list[str]:
        """Return those of ``names`` that ``line`` does not name."""
        there = {cell.lower() for cell in self.header(line)}
        return [name for name in names if name.lower() not in there]

    def table(self, header_line: int = 1) -> Iterator[Row]:
        """Yield the rows of a table (CSV) that are not blank; the names of its columns are in ``header_line``.

        Commas, semicolons, tabs or bars are between cells, as the header shows. Raises ImportRefused for a row with
        more cells than there are columns, and for quotes that nothing ends.
        """
        start = header_line + (1 if self._says_delimiter() else 0)
        yield from rows_of(self.lines(), start, delimiter_of(self._header_line(header_line)))

    def _header_line(self, line: int) -> str:
        wanted = line + (1 if self._says_delimiter() else 0)
        return next((text for number, text in self.lines() if number == wanted), "").rstrip("\r\n")

    def _says_delimiter(self) -> bool:
        """Tell whether the first line is ``sep=;``, as spreadsheets write it."""
        first = next((text for _, text in self.lines()), "")
        return first.lower().startswith("sep=") and len(first.strip()) == 5

    @property
    def _size(self) -> int:
        return self._stream.seek(0, io.SEEK_END)


def _demand_short(line: bytes | str, number: int) -> None:
    if len(line) >= LONGEST_LINE:
        raise ImportRefused(f"the line is longer than {LONGEST_LINE} bytes", number)


class _Bounded:
    """Read what is packed, as long as it does not grow beyond measure."""

    def __init__(self, opened: Callable[[], Stream], size: int, unpacked: list[int] | None = None):
        self._unpacked, self._most = unpacked or [0], max(_FREE_UNPACKED, _MOST_UNPACKED * size)
        try:
            self._stream = opened()
        except BROKEN_ZIP as broken:
            raise ImportRefused(f"the file cannot be unpacked: {broken}") from None

    def read(self, size: int = -1) -> bytes:
        return self._taken(lambda: self._stream.read(size if size >= 0 else HEAD))

    def readline(self, size: int = -1) -> bytes:
        return self._taken(lambda: self._stream.readline(LONGEST_LINE if size < 0 else size))

    def _taken(self, take: Callable[[], bytes]) -> bytes:
        try:
            data = take()
        except BROKEN_ZIP as broken:
            raise ImportRefused(f"the file cannot be unpacked: {broken}") from None
        self._unpacked[0] += len(data)
        if self._unpacked[0] > self._most:
            raise ImportRefused("what is packed is too large: no file of an app is")
        return data


class _Kept(io.RawIOBase):
    """A stream for a wrapper that would close it with itself."""

    def __init__(self, stream: Stream):
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def read1(self, size: int = -1) -> bytes:
        return self._stream.read(HEAD if size < 0 else size)
