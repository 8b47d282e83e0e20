"""Say how what a file leaves open is meant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, tzinfo

OPTIONS = ("weight_unit", "distance_unit", "decimal_comma", "day_first")


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How what a file leaves open is meant: ``zone`` is that of its moments; None is for what was not told.

    ``weight_unit`` is "kg" or "lb", the profile's unless told, ``distance_unit`` "km" or "mi"; ``decimal_comma`` says
    that 80,125 is a bit more than 80, ``day_first`` that 3/4/2024 is in April.
    """

    zone: tzinfo = UTC
    weight_unit: str | None = None
    distance_unit: str | None = None
    decimal_comma: bool | None = None
    day_first: bool | None = None
