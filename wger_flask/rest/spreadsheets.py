"""Write rows as a workbook (Office Open XML, ECMA-376), a part at a time.

Libraries put a workbook together in a file of its own before its first byte can be sent, which takes as long as all of
the table.  What a plain table needs of the format is little: sheets whose texts stand in their cells.  No cell is a
formula.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from xml.sax.saxutils import escape

from .renderers import to_json

NUMBER, DAY, MOMENT, TEXT = "number", "day", "moment", "text"
MOST_ROWS = 1_048_576  # of a sheet
MOST_LETTERS = 32_767  # of a cell
_MOST_BYTES = 2**30  # of a sheet: an entry of a zip that is written in one go ends at twice as much
_MOST_DIGITS = 15  # that a cell keeps of a number
_TOO_LARGE = 10**_MOST_DIGITS
_FIRST_DAY, _DAY_ZERO = date(1900, 3, 1), date(1899, 12, 30)  # days before are counted in two ways
_STYLES = {DAY: 1, MOMENT: 2}
_HEAD = 3
_not_in_xml = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)|\r")
_not_in_a_title = re.compile(r"[\[\]:*?/\\']")
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, and the kind of its values."""

    name: str
    kind: str


class Pieces:
    """What a zip archive is written to: its bytes until they are taken, ``size`` of them."""

    def __init__(self) -> None:
        self._held: list[bytes] = []
        self.size = 0

    def write(self, data: bytes) -> int:
        """Hold more bytes."""
        self._held.append(bytes(data))
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        """Do nothing: it is all there."""

    def take(self) -> bytes:
        """Return what was written since the last time."""
        taken, self._held, self.size = b"".join(self._held), [], 0
        return taken


def spreadsheet(title: str, columns: list[Column], parts: Iterable[list[tuple[Any, ...]]]) -> Iterator[bytes]:
    """Yield the bytes of a workbook with ``parts``, lists of rows; the cells are what JSON has.

    Its sheets are called ``title``: there are several where one would have too many rows.
    """
    sent = Pieces()
    with zipfile.ZipFile(sent, "w", zipfile.ZIP_DEFLATED) as workbook:  # type: ignore[call-overload]  # all it needs
        rows, sheets = _Rows(parts), 0
        while not sheets or rows.are_left:
            sheets += 1
            with workbook.open(_entry(f"xl/worksheets/sheet{sheets}.xml"), "w") as sheet:
                for piece in _sheet(columns, rows):
                    sheet.write(piece)
                    yield sent.take()
        for name, text in _surroundings(_not_in_a_title.sub(" ", title)[:24], sheets).items():
            workbook.writestr(_entry(name), _XML + text)
    yield sent.take()


def _entry(name: str) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(name)
    made.compress_type = zipfile.ZIP_DEFLATED
    return made


class _Rows:
    """The rows that are left; those that fit on no sheet are kept for the next one."""

    def __init__(self, parts: Iterable[list[tuple[Any, ...]]]):
        self._parts, self._kept = iter(parts), list[tuple[Any, ...]]()

    @property
    def are_left(self) -> bool:
        while not self._kept:
            part = next(self._parts, None)
            if part is None:
                return False
            self._kept = part
        return True

    def take(self, most: int) -> list[tuple[Any, ...]]:
        taken, self._kept = self._kept[:most], self._kept[most:]
        return taken


def _sheet(columns: list[Column], rows: _Rows) -> Iterator[bytes]:
    """Yield a sheet with as many rows as it takes."""
    frozen = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    head = "".join(_text(column.name, f' s="{_HEAD}"') for column in columns)
    yield (
        f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">{frozen}</sheetView></sheetViews>'
        f"<sheetData><row>{head}</row>"
    ).encode()
    kinds = [column.kind for column in columns]
    left, size = MOST_ROWS - 1, 0
    while left and size < _MOST_BYTES and rows.are_left:
        taken = rows.take(left)
        left -= len(taken)
        lines = (f"<row>{''.join(map(_cell, row, kinds))}</row>" for row in taken)
        piece = "".join(lines).encode("utf-8", "replace")
        size += len(piece)
        yield piece
    yield b"</sheetData></worksheet>"


def _cell(value: Any, kind: str) -> str:
    if value is None or value == "":
        return "<c/>"
    what = type(value)
    if what is bool:
        return f'<c t="b"><v>{value:d}</v></c>'
    if what is int or what is float:
        return f"<c><v>{value!r}</v></c>" if abs(value) < _TOO_LARGE else _text(str(value))
    if what is not str:
        return _text(to_json(value).decode())
    if kind is NUMBER and sum(map(str.isdecimal, value)) <= _MOST_DIGITS and _is_number(value):
        return f"<c><v>{value}</v></c>"
    if kind is DAY or kind is MOMENT:
        return _moment(value, kind)
    return _text(value)


def _is_number(text: str) -> bool:
    return text.isascii() and text.removeprefix("-").replace(".", "", 1).isdigit()


def _moment(text: str, kind: str) -> str:
    """Return a cell with a day, or a moment as the clock showed it: cells know no time zones."""
    try:
        read = datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return _text(text)
    if read.date() < _FIRST_DAY:
        return _text(text)
    passed = (read - datetime.combine(_DAY_ZERO, datetime.min.time())).total_seconds() / 86400
    return f'<c s="{_STYLES[kind]}"><v>{int(passed) if kind is DAY else repr(passed)}</v></c>'


def _text(text: str, style: str = "") -> str:
    if len(text) > MOST_LETTERS:
        text = f"{text[: MOST_LETTERS - 1]}…"
    if _not_in_xml.search(text):
        text = _not_in_xml.sub(lambda found: f"_x{ord(found[0]):04X}_", text)
    return f'<c t="inlineStr"{style}><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def _surroundings(title: str, sheets: int) -> dict[str, str]:
    """Return what surrounds the sheets of a workbook: texts of XML by name."""
    numbers = range(1, sheets + 1)
    titles = [escape(title if number == 1 else f"{title} {number}", {'"': "&quot;"}) for number in numbers]
    listed = "".join(
        f'<sheet name="{name}" sheetId="{number}" r:id="rId{number}"/>'
        for name, number in zip(titles, numbers, strict=True)
    )
    related = "".join(
        f'<Relationship Id="rId{number}" Type="{_DOCUMENT}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        for number in numbers
    )
    typed = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{_KIND}.worksheet+xml"/>'
        for number in numbers
    )
    return {
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_DOCUMENT}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{related}'
        f'<Relationship Id="rId0" Type="{_DOCUMENT}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": _LOOKS,
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_DOCUMENT}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/>{typed}</Types>',
    }


# Cells are as they come, or days, or moments, or headings: the order in which _STYLES and _HEAD count them.
_LOOKS = (
    f'<styleSheet xmlns="{_MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
