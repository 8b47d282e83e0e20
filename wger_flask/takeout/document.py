"""Read the document of a take-out bit by bit: no more than a row of it is there at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any, TypeGuard

from ..transfer.errors import ImportFailure
from ..transfer.reading import Window
from .archive import DATA, FORMAT, VERSION
from .errors import Refused

MOST_ROW = 1 << 21  # letters; a row's texts and JSON have limits that are far below
MOST_ENTRIES = 200_000  # rows of the catalogue, which are kept
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the catalogue that rows refer to: the label of its model, and what is told of it."""

    label: str
    number: int
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class GivenRow:
    """A row: the name of its table, its place in it from 1, and its values by column."""

    table: str
    number: int
    values: dict[str, Any]

    def __str__(self) -> str:
        return f"{DATA}, table {self.table}, row {self.number}"


def is_key(value: object) -> TypeGuard[int | str]:
    """Tell whether a value of the document can be the key of a row."""
    return isinstance(value, int | str) and not isinstance(value, bool)


def read(stream: IO[bytes]) -> Iterator[Entry | GivenRow]:
    """Yield the entries of the catalogue, then the rows, in the order of the document; raises :class:`Refused`."""
    text = Window(stream, MOST_ROW)
    try:
        yield from _document(text)
    except ImportFailure as wrong:
        raise Refused(f"{DATA}: {wrong}") from None


def _document(text: Window) -> Iterator[Entry | GivenRow]:
    told: dict[str, Any] = {}
    for name in _names(text):
        if name not in ("catalogue", "tables"):
            if name in told:
                raise text.error(f"{name!r} stands twice")
            told[name] = text.take()
            continue
        if told.get("format") != FORMAT:
            raise text.error(f"no take-out of this program: {FORMAT!r} must stand before {name!r}, as 'format'")
        if told.get("version") != VERSION:
            raise text.error(f"a take-out of another version than {VERSION}: bring it into a newer server")
        if name in told:
            raise text.error(f"{name!r} stands twice")
        if name == "catalogue" and "tables" in told:
            raise text.error("'catalogue' must stand before 'tables'")
        told[name] = True
        yield from _lists(text, name == "catalogue")
    if text.peek():
        raise text.error("text behind the end of the document")
    if "tables" not in told:
        raise text.error("no 'tables'")


def _lists(text: Window, is_catalogue: bool) -> Iterator[Entry | GivenRow]:
    seen: set[str] = set()
    entries = 0
    for name in _names(text):
        if name in seen:
            raise text.error(f"{name!r} stands twice")
        seen.add(name)
        for number, row in enumerate(text.objects(), 1):
            if is_catalogue:
                entries += 1
                if entries > MOST_ENTRIES:
                    raise text.error(f"more than {MOST_ENTRIES} rows of the catalogue")
                yield Entry(name, number, row)
            else:
                yield GivenRow(name, number, row)


def _names(text: Window) -> Iterator[str]:
    """Yield the names of an object, each with its value next in the text."""
    for _ in text.parts("{", "}"):
        if text.peek() != '"':
            raise text.error("a name in quotes expected")
        name = text.take()
        if len(name) > _LONGEST_NAME:
            raise text.error("a name that is longer than any")
        text.demand(":")
        text.peek()
        yield name
