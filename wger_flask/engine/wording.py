"""Say a set in one line: ``3-4 Sets, 8-12 × 62.50-65 kg @ 1.5 RiR 90-120s rest``.

The line is part of the wire format, so its grammar is fixed; the words are an argument.
Numbers are printed with every decimal that the progression left in them: rounding is what
the entry asks for, not what the line likes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from .rounding import Number, plain
from .units import REPETITIONS, UNTIL_FAILURE


@dataclass(frozen=True, slots=True)
class Wording:
    """Hold the words and unit names of one interface language."""

    sets: str = "Sets"
    reps: str = "Reps"
    rir: str = "RiR"
    rest: str = "rest"
    repetition_units: Mapping[int, str] = field(default_factory=dict)
    weight_units: Mapping[int, str] = field(default_factory=dict)


ENGLISH = Wording(
    repetition_units=MappingProxyType({
        1: "Repetitions", 2: "Until Failure", 3: "Seconds", 4: "Minutes",
        5: "Miles", 6: "Kilometers", 7: "Max Reps", 8: "Meters",
    }),
    weight_units=MappingProxyType({
        1: "kg", 2: "lb", 3: "Body Weight", 4: "Plates", 5: "Kilometers Per Hour", 6: "Miles Per Hour",
    }),
)  # fmt: skip
"""The words and the units that every database starts with."""


def range_text(least: Number | None, most: Number | None = None) -> str:
    """Print ``8`` or ``8-12``; nothing where ``least`` is None or 0."""
    if not least:
        return ""
    return f"{plain(least)}-{plain(most)}" if most else plain(least)


def text_of(
    words: Wording,
    *,
    sets: str = "",
    repetitions: str = "",
    weight: str = "",
    rir: str = "",
    rest: str = "",
    repetition_unit: int | None = None,
    weight_unit: int | None = None,
) -> str:
    """Return the line for one set out of printed values (see :func:`range_text`); empty ones leave no trace.

    A unit that ``words`` does not name is left out as well.
    """
    parts = []
    if sets:
        parts.append(f"{sets} {words.sets},")
    if repetitions:
        parts.append(_repetitions(words, repetitions, repetition_unit, bool(weight)))
    if weight:
        name = _name(words.weight_units, weight_unit)
        parts.append(f"{weight} {name}" if name else weight)
    if rir:
        parts.append(f"@ {rir} {words.rir}")
    if rest:
        parts.append(f"{rest}s {words.rest}")
    return " ".join(parts).strip(",")


def _repetitions(words: Wording, count: str, unit: int | None, weighted: bool) -> str:
    if not weighted:
        name = words.reps if unit in (REPETITIONS, UNTIL_FAILURE) else _name(words.repetition_units, unit)
        return f"{count} {name}" if name else count
    if unit == UNTIL_FAILURE:
        return "∞ ×"
    name = None if unit == REPETITIONS else _name(words.repetition_units, unit)
    return f"{count} {name} ×" if name else f"{count} ×"


def _name(units: Mapping[int, str], unit: int | None) -> str | None:
    return None if unit is None else units.get(unit)
