"""Read a CSV as apps write it: cells by the names of their columns, and a place for each complaint."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import NoReturn, TypeVar

from . import values
from .errors import ImportRefused
from .options import ImportOptions

DELIMITERS = ",;\t|"
_MOST_COLUMNS = 500

T = TypeVar("T")


class Row:
    """A row of a table; ``line`` is the number of its (first) line in the file."""

    __slots__ = ("_cells", "_columns", "_delimiter", "line")

    def __init__(self, line: int, cells: list[str], columns: Mapping[str, int], delimiter: str):
        self.line, self._cells, self._columns, self._delimiter = line, cells, columns, delimiter

    def column(self, *names: str) -> str:
        """Return the first of the columns ``names`` that the table has; empty where it has none of them."""
        return next((name for name in names if name.lower() in self._columns), "")

    def text(self, *names: str) -> str:
        """Return the cell in the first of the columns ``names`` that the table has, without blanks around it."""
        place = self._columns.get(self.column(*names).lower())
        return self._cells[place].strip() if place is not None and place < len(self._cells) else ""

    def decimal(
        self, *names: str, decimal_comma: bool | None = None, least: int = 0, most: int = 9_999_999
    ) -> Decimal | None:
        """Return the number in such a cell, None for an empty one; raises ImportRefused for any other text.

        Where ``decimal_comma`` does not say, 80,5 is a decimal comma, and so is 80,125 between semicolons; else that
        is a mark between thousands.
        """
        comma = decimal_comma if decimal_comma is not None else (self._delimiter == ";" or None)
        number = self._read(names, lambda text: values.number(text, comma))
        if number is not None and not least <= number <= most:
            self.refuse(f"{self.text(*names)} is not between {least} and {most}", self.column(*names))
        return number

    def moment(self, *names: str, options: ImportOptions) -> datetime | None:
        """Return the moment in such a cell, aware; None for an empty one; raises ImportRefused for any other text."""
        return self._read(names, lambda text: values.moment(text, options.zone, options.day_first))

    def day_and_time(self, day_column: str, time_column: str, options: ImportOptions) -> datetime:
        """Return the moment that two columns spell, midnight where the second is empty; raises ImportRefused."""
        clock = self.text(time_column)
        found = self._read((day_column,), lambda day: values.moment(f"{day} {clock}", options.zone, options.day_first))
        if found is None:
            self.refuse("there is no date", day_column)
        return found

    def seconds(self, *names: str) -> int | None:
        """Return the duration in such a cell in seconds, None for an empty one; raises ImportRefused otherwise."""
        return self._read(names, values.duration)

    def _read(self, names: tuple[str, ...], read: Callable[[str], T]) -> T | None:
        """Return what ``read`` makes of such a cell, None for an empty one; its ValueError refuses the row."""
        text = self.text(*names)
        try:
            return read(text) if text else None
        except ValueError as wrong:
            self.refuse(str(wrong), self.column(*names))

    def refuse(self, message: str, column: str | None = None) -> NoReturn:
        """Raise ImportRefused about this row."""
        raise ImportRefused(message, self.line, column)


def delimiter_of(header: str) -> str:
    """Return what is between the cells of a header."""
    return max(DELIMITERS, key=lambda one: len(_cells(header, one) or ()))


def cells_of(line: str, delimiter: str, number: int) -> list[str]:
    """Return the cells of one line; raises ImportRefused."""
    cells = _cells(line, delimiter)
    if cells is None:
        raise ImportRefused("the quotes of this line do not end", number)
    return cells


def _cells(line: str, delimiter: str) -> list[str] | None:
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return None


def rows_of(lines: Iterator[tuple[int, str]], header_line: int, delimiter: str) -> Iterator[Row]:
    """Yield the rows below ``header_line`` that are not blank; raises ImportRefused."""
    for _ in range(header_line - 1):
        next(lines, None)
    reader = csv.reader((line for _, line in lines), delimiter=delimiter, strict=True)
    columns: dict[str, int] | None = None
    while True:
        line = header_line + reader.line_num
        try:
            cells = next(reader, None)
        except csv.Error as wrong:
            raise ImportRefused(f"this is no row of a table: {wrong}", line) from None
        if cells is None:
            return
        if columns is None:
            columns = _columns(cells, line)
        elif any(cell and not cell.isspace() for cell in cells):
            if any(cells[len(columns) :]):
                raise ImportRefused(f"there are {len(cells)} cells for {len(columns)} columns", line)
            yield Row(line, cells, columns, delimiter)


def _columns(cells: list[str], line: int) -> dict[str, int]:
    if len(cells) > _MOST_COLUMNS:
        raise ImportRefused(f"there are more than {_MOST_COLUMNS} columns", line)
    places: dict[str, int] = {}
    for place, cell in enumerate(cells):
        places.setdefault(cell.strip().lower() or f"\0{place}", place)
    return places
