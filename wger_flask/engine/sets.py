"""Turn walked values into the set that is shown: rounded, limited to its digits, described.

One :class:`SetData` is one object of the ``sets`` arrays in the sequence endpoints.  It keeps
numbers as numbers; :meth:`SetData.as_json` prints them, in the key order that clients know.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from decimal import Decimal, localcontext
from typing import Any

from .progression import Values, base_of
from .rounding import PRECISION, Number, integer, quantised, rendered, round_to
from .routine import SlotEntry
from .wording import ENGLISH, Range, Wording, text_of

__all__ = ["SetData", "prescribed_set", "rate_of_perceived_exertion"]

_LEAST_RPE = Decimal(4)
_TENTHS = {"places": 1, "digits": 2}


@dataclass(frozen=True, slots=True)
class SetData:
    """Hold what is to be done in one set (or in ``sets`` like ones) of an entry.

    Decimals are quantised (two places; RiR and RPE one); ``rest`` is in seconds.  A maximum is
    None unless it really lies above its base value.
    """

    slot_entry_id: int
    exercise: int
    sets: int
    max_sets: int | None
    weight: Decimal | None
    max_weight: Decimal | None
    weight_unit: int | None
    weight_rounding: Decimal | None
    repetitions: Decimal | None
    max_repetitions: Decimal | None
    repetitions_unit: int | None
    repetitions_rounding: Decimal | None
    rir: Decimal | None
    max_rir: Decimal | None
    rpe: Decimal | None
    rest: Decimal | None
    max_rest: Decimal | None
    type: str
    text_repr: str
    comment: str

    def as_json(self) -> dict[str, Any]:
        """Return the twenty keys of a set, numbers printed as strings."""
        document = {name: getattr(self, name) for name in _KEYS}
        for name in _PRINTED:
            document[name] = rendered(document[name])
        for name in _ROUNDINGS:
            if document[name] is not None:
                document[name] = str(document[name])
        return document


_KEYS = tuple(f.name for f in fields(SetData))
_PRINTED = ("weight", "max_weight", "repetitions", "max_repetitions", "rir", "max_rir", "rpe", "rest", "max_rest")
_ROUNDINGS = ("weight_rounding", "repetitions_rounding")


def rate_of_perceived_exertion(rir: Decimal | None) -> Decimal | None:
    """Return the RPE that corresponds to ``rir`` repetitions in reserve: 10 - RiR, 4 beyond five."""
    if rir is None:
        return None
    return _LEAST_RPE if rir > 5 else 10 - rir


def prescribed_set(entry: SlotEntry, values: Values, words: Wording = ENGLISH, *, single: bool = False) -> SetData:
    """Return the set of ``entry`` with the walked ``values`` of one iteration.

    With ``single`` it is one set out of several, as a person in the gym goes through them:
    ``sets`` is 1.  Raises :class:`~wger_flask.engine.errors.TooManyDigits` where a number
    outgrew its field.
    """
    with localcontext(PRECISION):
        return _prescribed_set(entry, values, words, single)


def _prescribed_set(entry: SlotEntry, values: Values, words: Wording, single: bool) -> SetData:
    sets = 1 if single or values.sets is None else values.sets
    max_sets = None if values.max_sets is None else round(values.max_sets)
    weight = _range(entry, "weight", values.weight, values.max_weight)
    repetitions = _range(entry, "repetitions", values.repetitions, values.max_repetitions)
    rir = _range(entry, "rir", values.rir, values.max_rir)
    rest = _range(entry, "rest", values.rest, values.max_rest)
    weighted, counted = weight[0] is not None, repetitions[0] is not None
    rpe = rate_of_perceived_exertion(rir[0])
    return SetData(
        slot_entry_id=entry.id,
        exercise=entry.exercise,
        sets=integer(sets, "sets"),
        max_sets=None if max_sets is None else integer(max_sets, "max_sets"),
        weight=_shown(weight[0], "weight"),
        max_weight=_shown(weight[1], "max_weight"),
        weight_unit=entry.weight_unit if weighted else None,
        weight_rounding=entry.weight_rounding if weighted else None,
        repetitions=_shown(repetitions[0], "repetitions"),
        max_repetitions=_shown(repetitions[1], "max_repetitions"),
        repetitions_unit=entry.repetition_unit if counted else None,
        repetitions_rounding=entry.repetition_rounding if counted else None,
        rir=_shown(rir[0], "rir", **_TENTHS),
        max_rir=_shown(rir[1], "max_rir", **_TENTHS),
        rpe=_shown(rpe, "rpe", places=1, digits=3),
        rest=_shown(rest[0], "rest"),
        max_rest=_shown(rest[1], "max_rest"),
        type=entry.type,
        text_repr=text_of(
            words,
            sets=(sets, max_sets),
            repetitions=repetitions,
            weight=weight,
            rir=rir[0],
            rest=rest,
            repetition_unit=entry.repetition_unit,
            weight_unit=entry.weight_unit,
        ),
        comment=entry.comment,
    )


def _range(entry: SlotEntry, name: str, value: Number | None, most: Number | None) -> Range:
    """Round both ends; the upper one counts only above a lower one, compared before rounding."""
    if value is None:
        return None, None
    base = base_of(entry, name)
    rounded = round_to(value, base)
    return rounded, round_to(most, base) if value and most and most > value else None


def _shown(value: Number | None, name: str, **digits: int) -> Decimal | None:
    return None if value is None else quantised(value, name, **digits)
