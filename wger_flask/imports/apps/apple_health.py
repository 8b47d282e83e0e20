"""Apple Health: body weight and a few other measurements, out of ``export.xml``.

An export of some years has hundreds of megabytes, of which little is taken: it is read as it comes, and nothing is
kept. Heart rate, steps and energy are left out, since what a telephone and a watch measured of them is counted twice.

The document begins with a type definition, in some versions with a faulty one. It is not read, only looked at: one that
declares entities, or leads to a file elsewhere, is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, tzinfo
from xml.parsers import expat

from .. import values
from ..body_columns import CUSTOM, measured
from ..errors import ImportRefused
from ..formats import ImportFormat
from ..options import ImportOptions
from ..records import BodyMeasurement
from ..source import ImportSource, Stream

_TYPE = "HKQuantityTypeIdentifier"
_TAKEN = {
    "BodyMass": ("body_weight", ""),
    "BodyFatPercentage": ("body_fat", "%"),
    "LeanBodyMass": ("lean_body_mass", ""),
    "Height": ("height", ""),
    "WaistCircumference": (CUSTOM, "Waist"),
    "RestingHeartRate": ("resting_heart_rate", "bpm"),
    "BloodPressureSystolic": ("blood_pressure_systolic", "mmHg"),
    "BloodPressureDiastolic": ("blood_pressure_diastolic", "mmHg"),
}
"""The type of measurement of each of Apple's, and its name where it is custom, else the unit where Apple's differs."""

_AT_ONCE = 1 << 16
_LONGEST = 1 << 20  # bytes of one element, or of what stands before the first
_DEEPEST = 50  # elements within one another; Apple's have five
_RECORDS = 2  # within the whole document; those deeper within a correlation are there once more
_DOCTYPE = re.compile(rb"<!DOCTYPE\s+HealthData\s*\[(.*?)\]\s*>", re.DOTALL)
_ENTITY = re.compile(rb"<!ENTITY|%\s*[\w.]+;", re.IGNORECASE)


def read(source: ImportSource, options: ImportOptions) -> Iterator[BodyMeasurement]:
    """Yield what was measured, in the order of the document."""
    found: list[BodyMeasurement] = []
    document = _Document(found, options.zone)
    stream, sent = source.open(), 0
    start = _without_definition(_start_of(stream))
    while True:
        data = start or stream.read(_AT_ONCE)
        start = b""
        document.feed(data)
        sent += len(data)
        parsed = document.position if document.has_begun else 0
        if sent - parsed > _LONGEST + 2 * _AT_ONCE:
            raise ImportRefused(f"there is an element of more than {_LONGEST} bytes", document.line)
        yield from found
        found.clear()
        if not data:
            return


def _start_of(stream: Stream) -> bytes:
    """Return the bytes up to the first element, and some beyond it."""
    start = b""
    while b"<HealthData" not in start and len(start) < _LONGEST:
        data = stream.read(_AT_ONCE)
        if not data:
            break
        start += data
    return start


def _without_definition(start: bytes) -> bytes:
    """Return the beginning of a document without the definition of its type; raises ImportRefused for an entity."""
    definition = _DOCTYPE.search(start)
    if definition is None:
        return start
    if entity := _ENTITY.search(definition[1]):
        line = 1 + start.count(b"\n", 0, definition.start(1) + entity.start())
        raise ImportRefused("the document declares entities, which no export of Apple Health does", line)
    return start[: definition.start()] + b"\n" * definition[0].count(b"\n") + start[definition.end() :]


class _Document:
    """Reads a document piece by piece and adds what was measured to ``found``."""

    def __init__(self, found: list[BodyMeasurement], zone: tzinfo):
        self._found, self._zone, self._depth = found, zone, 0
        self.has_begun = False  # the first element was there
        self._parser = parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = self._refuse_definition
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)

    @property
    def line(self) -> int:
        """Where it is in the document."""
        return self._parser.CurrentLineNumber

    @property
    def position(self) -> int:
        """How many bytes of it have been parsed."""
        return max(self._parser.CurrentByteIndex, 0)

    def feed(self, data: bytes) -> None:
        """Read on, to the end where there is no more; raises ImportRefused."""
        try:
            self._parser.Parse(data, not data)
        except expat.ExpatError as wrong:
            raise ImportRefused(f"this is no XML: {expat.ErrorString(wrong.code)}", wrong.lineno) from None
        except (ValueError, LookupError) as wrong:
            if isinstance(wrong, ImportRefused):
                raise
            raise ImportRefused(f"this cannot be read: {wrong}", self.line) from None

    def _refuse_definition(self, *what: object) -> None:
        raise ImportRefused("the definition of the document's type is none of Apple Health's", self.line)

    def _end(self, name: str) -> None:
        self._depth -= 1

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self.has_begun = True
        if self._depth == 1 and name != "HealthData":
            raise ImportRefused("this is no export of Apple Health: it begins with another element", self.line)
        if self._depth > _DEEPEST:
            raise ImportRefused("there are too many elements within one another", self.line)
        if self._depth == _RECORDS and name == "Record":
            taken = _TAKEN.get(attributes.get("type", "").removeprefix(_TYPE))
            if taken is not None:
                self._found.append(self._measured(*taken, attributes))

    def _measured(self, metric: str, called: str, attributes: dict[str, str]) -> BodyMeasurement:
        moment = self._moment(attributes.get("startDate", ""))
        try:
            value, unit = values.number(attributes.get("value", "")), attributes.get("unit", "")
            if not 0 <= value < 1_000_000:
                raise ValueError(f"{value:.6g} is not between 0 and 999999")
            if metric == "body_fat":
                value = value * 100 if value <= 1 else value
            if metric == CUSTOM:
                return measured(self.line, moment, metric, value, unit, called)
            return measured(self.line, moment, metric, value, called or unit)
        except ValueError as wrong:
            raise ImportRefused(str(wrong), self.line, "value") from None

    def _moment(self, text: str) -> datetime:
        try:
            return values.moment(text, self._zone)
        except ValueError as wrong:
            raise ImportRefused(str(wrong), self.line, "startDate") from None


FORMAT = ImportFormat(
    "apple-health", "Apple Health", "your picture > Export All Health Data: the archive, or its export.xml", read,
    (BodyMeasurement,), files=("export.xml", "*apple_health_export/*.xml"),
    recognises=lambda source: b"<HealthData" in source.head or b"<!DOCTYPE HealthData" in source.head,
)  # fmt: skip
