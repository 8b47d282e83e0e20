"""Declare the file of an app: what it is called, how it is recognised, how it is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

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
    * ``files``: how names of such files end, also inside a zip archive.
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
            source = source.member(self.files)
            if self.columns and not source.has_columns(self.columns, self.header_line):
                return 0
            if self.recognises is not None and not self.recognises(source):
                return 0
        except ImportRefused:
            return 0
        return 1 + len(self.columns)

    def records(
        self, source: ImportSource, options: ImportOptions, most: int, each: Callable[[], None] | None = None
    ) -> list[Record]:
        """Return what ``source`` holds; ``each`` is called whenever a record was read.

        Raises ImportRefused: also for a file that lacks columns, holds nothing, or more than ``most`` records.
        """
        source = source.member(self.files)
        missing = [] if not self.columns else source.missing_columns(self.columns, self.header_line)
        if missing:
            raise ImportRefused(f"this is no file of {self.label}: there is no column {missing[0]}", self.header_line)
        found: list[Record] = []
        for record in self.read(source, options):
            if len(found) == most:
                raise ImportRefused(f"the file holds more than {most} records: split it", record.line)
            found.append(record)
            if each is not None:
                each()
        if not found:
            raise ImportRefused("there is nothing to import in this file", self.header_line)
        return found


def recognised(formats: Iterable[ImportFormat], source: ImportSource) -> ImportFormat:
    """Return the format that fits ``source`` best; raises ImportRefused where none does."""
    fitting = [(format.fits(source), format) for format in formats]
    best = max(fitting, key=lambda found: found[0], default=(0, None))
    if not best[0] or best[1] is None:
        raise ImportRefused("this file is of no app that is known here: choose the app", 1)
    return best[1]
