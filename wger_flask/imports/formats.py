"""Declare the file of an app: what it is called, how it is recognised, how it is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from .errors import ImportRefused
from .options import OPTIONS, ImportOptions
from .records import KINDS, Record
from .source import ImportSource

Read = Callable[[ImportSource, ImportOptions], Iterator[Record]]


@dataclass(frozen=True, slots=True)
class ImportFormat:
    """The file that an app exports.

    * ``name``: what commands and programs call it; ``label``: what people do; ``about``: one line, where in the app the
      file comes from.
    * ``read(source, options)`` yields records, of the classes in ``kinds``, in the order of the file; it raises
      :class:`~.errors.ImportRefused` for what it cannot read, and nothing else.
    * ``files``: how names of such files end, also inside a zip archive, of which the first is read, or, where it
      ``reads_all``, each one that is recognised.
    * ``columns``: the columns of a CSV that tell it from others, all of which are there; ``header_line`` is where they
      are. Where that is not enough, ``recognises(source)`` says whether a file is one.
    * ``options``: which of :data:`OPTIONS` a file of this app may leave open.
    """

    name: str
    label: str
    about: str
    read: Read
    kinds: tuple[type[Record], ...]
    files: tuple[str, ...] = (".csv",)
    columns: tuple[str, ...] = ()
    header_line: int = 1
    recognises: Callable[[ImportSource], bool] | None = None
    options: tuple[str, ...] = ()
    reads_all: bool = False

    def __post_init__(self) -> None:
        if not self.columns and self.recognises is None:
            raise ValueError(f"import format {self.name!r} has neither columns nor a function that recognises it")
        if unknown := [option for option in self.options if option not in OPTIONS]:
            raise ValueError(f"import format {self.name!r} has unknown options: {', '.join(unknown)}")
        if unknown := [kind.__name__ for kind in self.kinds if kind not in KINDS]:
            raise ValueError(f"import format {self.name!r} has records of unknown kinds: {', '.join(unknown)}")

    def fits(self, source: ImportSource) -> int:
        """Return how sure it is that ``source`` is such a file: 0 for one that is not."""
        try:
            members = source.members(self.files)
        except ImportRefused:
            return 0
        found = any(map(self._is_one, members if self.reads_all else members[:1]))
        return 1 + len(self.columns) if found else 0

    def _is_one(self, source: ImportSource) -> bool:
        try:
            if self.columns and not source.has_columns(self.columns, self.header_line):
                return False
            return self.recognises is None or self.recognises(source)
        except ImportRefused:
            return False

    def _parts(self, source: ImportSource) -> list[ImportSource]:
        """Return the files that are read; raises ImportRefused for an archive without any."""
        members = source.members(self.files)
        return [one for one in members if self._is_one(one)] or members[:1] if self.reads_all else members[:1]

    def unread(self, source: ImportSource) -> list[str]:
        """Return the names of the files of an archive that :meth:`records` leaves out."""
        names = source.names()
        read = {one.name for one in self._parts(source)} if names else set()
        return [name for name in names if name not in read]

    def records(
        self, source: ImportSource, options: ImportOptions, most: int, each: Callable[[], None] | None = None
    ) -> list[Record]:
        """Return what ``source`` holds; ``each`` is called whenever a record was read.

        Raises ImportRefused: also for a file that lacks columns, holds nothing, or more than ``most`` records.
        """
        parts, found = self._parts(source), list[Record]()
        for part in parts:
            name = part.name.rpartition("/")[2] if len(parts) > 1 else ""
            try:
                for record in self._read(part, options):
                    if len(found) == most:
                        raise ImportRefused(f"the file holds more than {most} records: split it", record.line)
                    found.append(replace(record, file=name) if name else record)
                    if each is not None:
                        each()
            except ImportRefused as refused:
                raise refused.within(name) from None
        if not found:
            raise ImportRefused("there is nothing to import in this file", self.header_line)
        return found

    def _read(self, source: ImportSource, options: ImportOptions) -> Iterator[Record]:
        missing = [] if not self.columns else source.missing_columns(self.columns, self.header_line)
        if missing:
            raise ImportRefused(f"this is no file of {self.label}: there is no column {missing[0]}", self.header_line)
        yield from self.read(source, options)


def recognised(formats: Iterable[ImportFormat], source: ImportSource) -> ImportFormat:
    """Return the format that fits ``source`` best; raises ImportRefused where none does."""
    fitting = [(format.fits(source), format) for format in formats]
    best = max(fitting, key=lambda found: found[0], default=(0, None))
    if not best[0] or best[1] is None:
        raise ImportRefused("this file is of no app that is known here: choose the app", 1)
    return best[1]
