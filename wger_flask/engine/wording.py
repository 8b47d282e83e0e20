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

__all__ = ["ENGLISH", "Range", "Wording", "text_of"]

Range = tuple[Number | None, Number | None]
"""A rounded value and its maximum; None or 0 is left out."""


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


def text_of(
    words: Wording,
    *,
    sets: Range,
    repetitions: Range,
    weight: Range,
    rir: Number | None,
    rest: Range,
    repetition_unit: int | None,
    weight_unit: int | None,
) -> str:
    """Return the line for one set; values that are None or 0 leave their part out.

    ``sets`` is named only above one.  A unit without a name in ``words`` is left out too.
    """
    parts = []
    if sets[0] and sets[0] > 1:
        parts.append(f"{_range(sets)} {words.sets},")
    if repetitions[0]:
        parts.append(_repetitions(words, repetitions, repetition_unit, bool(weight[0])))
    if weight[0]:
        name = words.weight_units.get(weight_unit)
        parts.append(f"{_range(weight)} {name}" if name else _range(weight))
    if rir:
        parts.append(f"@ {plain(rir)} {words.rir}")
    if rest[0]:
        parts.append(f"{_range(rest)}s {words.rest}")
    return " ".join(parts).strip(",")


def _range(value: Range) -> str:
    least, most = value
    return f"{plain(least)}-{plain(most)}" if most else plain(least)


def _repetitions(words: Wording, repetitions: Range, unit: int | None, weighted: bool) -> str:
    count = _range(repetitions)
    if not weighted:
        name = words.reps if unit in (REPETITIONS, UNTIL_FAILURE) else words.repetition_units.get(unit)
        return f"{count} {name}" if name else count
    if unit == UNTIL_FAILURE:
        return "∞ ×"
    name = None if unit == REPETITIONS else words.repetition_units.get(unit)
    return f"{count} {name} ×" if name else f"{count} ×"
