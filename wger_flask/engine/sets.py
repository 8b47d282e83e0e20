"""Turn walked values into the set that is shown: rounded, limited to its digits, described.

One :class:`SetData` is one object of the ``sets`` arrays in the sequence endpoints.  It keeps
numbers as numbers, prepared so that ``str()`` is their wire form.

From one iteration to the next most fields of an entry stay as they are.  A
:class:`Prescription` therefore works field by field and keeps what it rounded and printed
last; a field is touched again only when its walked value is another object.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

from .progression import Progression, Values, base_of
from .rounding import Number, integer, round_to, shown
from .routine import SlotEntry
from .wording import ENGLISH, Wording, range_text, text_of


class SetData(NamedTuple):
    """Hold what is to be done in one set (or in ``sets`` like ones) of an entry.

    Decimals are whole or have their fixed places (two; RiR and RPE one); ``rest`` is in
    seconds.  A maximum is None unless it really lies above its base value.
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
        """Return the twenty keys of a set, decimals printed as strings."""
        return {
            "slot_entry_id": self.slot_entry_id,
            "exercise": self.exercise,
            "sets": self.sets,
            "max_sets": self.max_sets,
            "weight": _printed(self.weight),
            "max_weight": _printed(self.max_weight),
            "weight_unit": self.weight_unit,
            "weight_rounding": _printed(self.weight_rounding),
            "repetitions": _printed(self.repetitions),
            "max_repetitions": _printed(self.max_repetitions),
            "repetitions_unit": self.repetitions_unit,
            "repetitions_rounding": _printed(self.repetitions_rounding),
            "rir": _printed(self.rir),
            "max_rir": _printed(self.max_rir),
            "rpe": _printed(self.rpe),
            "rest": _printed(self.rest),
            "max_rest": _printed(self.max_rest),
            "type": self.type,
            "text_repr": self.text_repr,
            "comment": self.comment,
        }


def _printed(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def rate_of_perceived_exertion(rir: Decimal) -> Decimal:
    """Return the RPE that corresponds to ``rir`` repetitions in reserve: 10 - RiR, 4 beyond five."""
    return Decimal(4) if rir > 5 else 10 - rir


class _Part(NamedTuple):
    """One field and its maximum: walked, shown, and as they stand in the text."""

    value: Number | None
    most: Number | None
    shown: Decimal | None
    shown_most: Decimal | None
    text: str


_EMPTY = _Part(None, None, None, None, "")
_DIGITS = {"weight": (2, 6), "repetitions": (2, 6), "rest": (2, 6), "rir": (1, 2)}  # places, digits in total


class Prescription:
    """Prescribe the sets of one slot entry, iteration by iteration.

    Ascending iterations are cheap; asking for an earlier one again is correct but computed anew.
    Like :class:`~wger_flask.engine.progression.Progression` it reckons in the decimal context it
    is called in, which is to be :data:`~wger_flask.engine.rounding.PRECISION`.
    """

    __slots__ = ("entry", "_words", "_progression", "_parts", "_latest")

    def __init__(self, entry: SlotEntry, words: Wording = ENGLISH):
        self.entry = entry
        self._words = words
        self._progression = Progression(entry)
        self._parts = dict.fromkeys(("weight", "repetitions", "rir", "rest"), _EMPTY)
        self._latest: dict[bool, tuple[Values, SetData]] = {}

    def values(self, iteration: int) -> Values:
        """Return what the rules say for ``iteration``; the same object as long as nothing changes."""
        return self._progression.at(iteration)

    def sets(self, iteration: int) -> Number:
        """Return how many sets are to be done, unrounded; one where nothing says otherwise."""
        sets = self._progression.at(iteration).sets
        return 1 if sets is None else sets

    def at(self, iteration: int, *, single: bool = False) -> SetData:
        """Return the set for ``iteration``; the same object as long as nothing changes.

        With ``single`` it is one set out of several, as a person in the gym goes through them:
        ``sets`` is 1.  Raises :class:`~wger_flask.engine.errors.TooManyDigits` where a number
        outgrew its field.
        """
        values = self._progression.at(iteration)
        known = self._latest.get(single)
        if known is None or known[0] is not values:
            known = self._latest[single] = values, self._compute(values, single)
        return known[1]

    def _compute(self, values: Values, single: bool) -> SetData:
        entry = self.entry
        sets = 1 if single or values.sets is None else values.sets
        max_sets = None if values.max_sets is None else round(values.max_sets)
        weight = self._part("weight", values.weight, values.max_weight)
        repetitions = self._part("repetitions", values.repetitions, values.max_repetitions)
        rir = self._part("rir", values.rir, values.max_rir)
        rest = self._part("rest", values.rest, values.max_rest)
        weighted, counted = weight.value is not None, repetitions.value is not None
        return SetData(
            entry.id,
            entry.exercise,
            integer(sets, "sets"),
            None if max_sets is None else integer(max_sets, "max_sets"),
            weight.shown,
            weight.shown_most,
            entry.weight_unit if weighted else None,
            entry.weight_rounding if weighted else None,
            repetitions.shown,
            repetitions.shown_most,
            entry.repetition_unit if counted else None,
            entry.repetition_rounding if counted else None,
            rir.shown,
            rir.shown_most,
            None if rir.shown is None else rate_of_perceived_exertion(rir.shown),
            rest.shown,
            rest.shown_most,
            entry.type,
            text_of(
                self._words,
                sets=range_text(sets, max_sets) if sets > 1 else "",
                repetitions=repetitions.text,
                weight=weight.text,
                rir=rir.text,
                rest=rest.text,
                repetition_unit=entry.repetition_unit,
                weight_unit=entry.weight_unit,
            ),
            entry.comment,
        )

    def _part(self, name: str, value: Number | None, most: Number | None) -> _Part:
        part = self._parts[name]
        if part.value is not value or part.most is not most:
            part = self._parts[name] = self._new_part(name, value, most)
        return part

    def _new_part(self, name: str, value: Number | None, most: Number | None) -> _Part:
        if value is None:
            return _Part(None, most, None, None, "")
        places, digits = _DIGITS[name]
        base = base_of(self.entry, name)
        least = round_to(value, base)
        # A maximum counts only above its base, and the two are compared before they are rounded.
        if not (value and most and most > value):
            return _Part(value, most, shown(least, name, places, digits), None, range_text(least))
        upper = round_to(most, base)
        text = range_text(least) if name == "rir" else range_text(least, upper)
        name_most = f"max_{name}"
        return _Part(value, most, shown(least, name, places, digits), shown(upper, name_most, places, digits), text)
