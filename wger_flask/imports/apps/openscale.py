"""openScale: body weight and what else a scale measures.

Version 2 writes ``dateTime`` and names such as ``visceralFat``, version 3 ``DATE`` and ``TIME`` and names such as
``VISCERAL_FAT``. What was not measured is 0, or empty.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..body_columns import CUSTOM, BodyColumn, measurements
from ..formats import ImportFormat
from ..options import ImportOptions
from ..records import BodyMeasurement
from ..source import ImportSource

_COLUMNS = (
    BodyColumn(("weight",), "body_weight"),
    BodyColumn(("fat", "body_fat"), "body_fat", "%"),
    BodyColumn(("lbm", "lbw"), "lean_body_mass"),
    BodyColumn(("heart_rate",), "heart_rate", "bpm"),
    BodyColumn(("water",), CUSTOM, "%", "Body water"),
    BodyColumn(("muscle",), CUSTOM, "%", "Muscle"),
    BodyColumn(("bone",), CUSTOM, "kg", "Bone mass"),
    BodyColumn(("visceralFat", "visceral_fat"), CUSTOM, "", "Visceral fat"),
    BodyColumn(("waist",), CUSTOM, "cm", "Waist"),
    BodyColumn(("hip", "hips"), CUSTOM, "cm", "Hips"),
    BodyColumn(("chest",), CUSTOM, "cm", "Chest"),
    BodyColumn(("thigh",), CUSTOM, "cm", "Thigh"),
    BodyColumn(("biceps",), CUSTOM, "cm", "Biceps"),
    BodyColumn(("neck",), CUSTOM, "cm", "Neck"),
    BodyColumn(("caliper1", "caliper_1"), CUSTOM, "", "Caliper 1"),
    BodyColumn(("caliper2", "caliper_2"), CUSTOM, "", "Caliper 2"),
    BodyColumn(("caliper3", "caliper_3"), CUSTOM, "", "Caliper 3"),
)


def read(source: ImportSource, options: ImportOptions) -> Iterator[BodyMeasurement]:
    """Yield what was measured."""
    for row in source.table():
        moment = row.day_and_time(row.column("dateTime", "date"), "time", options)
        yield from measurements(row, moment, _COLUMNS, options, row.text("comment"))


FORMAT = ImportFormat(
    "openscale", "openScale", "Menu > Export, a CSV", read, (BodyMeasurement,),
    recognises=lambda source: any(map(source.has_columns, (("dateTime", "weight"), ("date", "time", "weight")))),
    options=("weight_unit", "decimal_comma", "day_first"),
)  # fmt: skip
