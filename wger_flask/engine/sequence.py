"""Arrange the sets of every date, to be read or to be trained.

The *display* arrangement is for reading: one object an entry, slots of the same exercise in a
row folded into one.  The *gym* arrangement is for doing: every single set in the order in
which it is done, supersets interleaved round by round.

A long routine repeats itself: the same day with the same iteration, the same set three times
in a row, the same values for weeks.  Each of these is computed once and shared, and
:func:`as_json` builds one document for each shared object.  Encoders do not mind meeting a
dict twice; callers must not change the documents in place.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import localcontext
from functools import partial
from math import ceil
from operator import is_not
from typing import Any

from .errors import TooManySets
from .progression import Values
from .rounding import PRECISION, Number
from .routine import Routine, Slot, SlotEntry
from .schedule import ScheduledDay, schedule
from .sets import Prescription, SetData
from .wording import ENGLISH, Wording

__all__ = [
    "MAX_SETS", "SequenceDay", "SlotView", "as_json", "display_sequence", "gym_sequence", "sets_in_iteration",
]  # fmt: skip

MAX_SETS = 100_000
"""More set objects than this in one sequence are refused: a rule may multiply sets without end."""


@dataclass(frozen=True, slots=True)
class SlotView:
    """Hold the sets of one slot, or of several that were folded."""

    comment: str
    sets: tuple[SetData, ...]
    exercises: tuple[int, ...]  # distinct

    @property
    def is_superset(self) -> bool:
        """Whether more than one exercise takes turns."""
        return len(self.exercises) > 1


@dataclass(frozen=True, slots=True)
class SequenceDay:
    """Hold one date of a sequence with its prescribed sets."""

    scheduled: ScheduledDay
    slots: tuple[SlotView, ...] = ()


def display_sequence(routine: Routine, today: datetime.date, words: Wording = ENGLISH) -> list[SequenceDay]:
    """Return every date of ``routine`` with its sets arranged for reading.

    Raises :class:`~wger_flask.engine.errors.TooManyDigits` where a value outgrew its field and
    :class:`~wger_flask.engine.errors.TooManySets` beyond :data:`MAX_SETS`.
    """
    with localcontext(PRECISION):
        return _sequence(routine, today, _Prescriptions(words), _fold)


def gym_sequence(routine: Routine, today: datetime.date, words: Wording = ENGLISH) -> list[SequenceDay]:
    """Return every date of ``routine`` with its single sets in the order of doing.

    Raises :class:`~wger_flask.engine.errors.TooManyDigits` where a value outgrew its field and
    :class:`~wger_flask.engine.errors.TooManySets` beyond :data:`MAX_SETS`.
    """
    with localcontext(PRECISION):
        return _sequence(routine, today, _Prescriptions(words), _unroll)


def sets_in_iteration(routine: Routine, iteration: int, words: Wording = ENGLISH) -> dict[int, SetData]:
    """Return what each entry of ``routine`` prescribes in an iteration, whether or not a date falls into it.

    Raises :class:`~wger_flask.engine.errors.TooManyDigits` where a value outgrew its field.
    """
    with localcontext(PRECISION):
        return {
            entry.id: Prescription(entry, words).at(iteration)
            for day in routine.days for slot in day.slots for entry in slot.entries
        }  # fmt: skip


def as_json(sequence: Iterable[SequenceDay]) -> list[dict[str, Any]]:
    """Return a sequence as clients get it; equal parts of the document are the same object."""
    known: dict[int, Any] = {}

    def once(part: Any, document: Callable[[], Any]) -> Any:
        if id(part) not in known:
            known[id(part)] = document()
        return known[id(part)]

    def slot(view: SlotView) -> dict[str, Any]:
        return {
            "comment": view.comment,
            "is_superset": view.is_superset,
            "exercises": list(view.exercises),
            "sets": [once(set_, set_.as_json) for set_ in view.sets],
        }

    def slots_of(views: Iterable[SlotView]) -> list[dict[str, Any]]:
        return [once(view, partial(slot, view)) for view in views]

    days = list(sequence)  # keeps every part alive, and with it the identities
    return [
        {
            "iteration": item.scheduled.iteration,
            "date": item.scheduled.date.isoformat(),
            "label": item.scheduled.label,
            "day": None if (day := item.scheduled.day) is None else once(day, day.as_json),
            "slots": once(item.slots, partial(slots_of, item.slots)),
        }
        for item in days
    ]


class _Prescriptions(dict[int, Prescription]):
    """Hold one :class:`Prescription` an entry, made when it is first asked for, and the views made of them last."""

    def __init__(self, words: Wording):
        super().__init__()
        self._words = words
        self._views: dict[int, tuple[list[Values], SlotView]] = {}
        self._days: dict[int, tuple[SlotView, ...]] = {}

    def of(self, entry: SlotEntry) -> Prescription:
        prescription = self.get(entry.id)
        if prescription is None:
            prescription = self[entry.id] = Prescription(entry, self._words)
        return prescription

    def unrolled(self, slot: Slot, iteration: int) -> SlotView:
        """Return the single sets of a slot; the same object as long as nothing changes."""
        prescribed = [self.of(entry) for entry in slot.entries]
        values = [prescription.values(iteration) for prescription in prescribed]
        known = self._views.get(id(slot))
        if known is None or any(map(is_not, known[0], values)):
            known = self._views[id(slot)] = values, _view(slot.comment, _in_turns(_shares(prescribed, iteration)))
        return known[1]

    def shared(self, day: int, views: tuple[SlotView, ...]) -> tuple[SlotView, ...]:
        """Return ``views``, or those of the iteration before where they are the same objects."""
        last = self._days.get(day, ())
        if len(last) != len(views) or any(map(is_not, last, views)):
            self._days[day] = last = views
        return last


_Arrange = Callable[[tuple[Slot, ...], int, _Prescriptions], tuple[SlotView, ...]]
_Shares = list[tuple[Number, SetData | None]]
"""How many sets of each entry are to be done, and such a set; None where there is none to do."""


def _sequence(
    routine: Routine, today: datetime.date, prescriptions: _Prescriptions, arrange: _Arrange
) -> list[SequenceDay]:
    arranged: dict[tuple[int, int], tuple[SlotView, ...]] = {}
    sequence = []
    total = 0
    for scheduled in schedule(routine, today):
        slots: tuple[SlotView, ...] = ()
        if scheduled.day is not None:
            key = scheduled.day.id, scheduled.iteration
            if key not in arranged:
                found = arrange(scheduled.day.slots, scheduled.iteration, prescriptions)
                arranged[key] = prescriptions.shared(scheduled.day.id, found)
            slots = arranged[key]
            total += sum([len(view.sets) for view in slots])
            if total > MAX_SETS:
                raise TooManySets(MAX_SETS)
        sequence.append(SequenceDay(scheduled, slots))
    return sequence


def _view(comment: str, sets: tuple[SetData, ...]) -> SlotView:
    return SlotView(comment, sets, tuple({set_.exercise for set_ in sets}))


def _fold(slots: tuple[Slot, ...], iteration: int, prescriptions: _Prescriptions) -> tuple[SlotView, ...]:
    """Join neighbouring slots of one and the same exercise; a superset stands alone, empty slots vanish."""
    views: list[SlotView] = []
    for slot in slots:
        if not slot.entries:
            continue
        view = _view(slot.comment, tuple(prescriptions.of(entry).at(iteration) for entry in slot.entries))
        if views and not view.is_superset and view.exercises == views[-1].exercises:
            view = SlotView(views[-1].comment, views.pop().sets + view.sets, view.exercises)
        views.append(view)
    return tuple(views)


def _unroll(slots: tuple[Slot, ...], iteration: int, prescriptions: _Prescriptions) -> tuple[SlotView, ...]:
    return tuple([prescriptions.unrolled(slot, iteration) for slot in slots])


def _shares(prescribed: list[Prescription], iteration: int) -> _Shares:
    """Return what each entry has to do: a lone one cuts the fraction of a set off, 4.5 sets are 4."""
    numbers = [prescription.sets(iteration) for prescription in prescribed]
    if len(numbers) == 1:
        numbers = [int(numbers[0])]
    return [
        (number, prescription.at(iteration, single=True) if number > 0 else None)
        for number, prescription in zip(numbers, prescribed, strict=True)
    ]


def _in_turns(shares: _Shares) -> tuple[SetData, ...]:
    """List single sets; several entries take turns until each has done its share.

    In a round an entry still takes part with a fraction of a set left: 4.5 sets are 5 in company.
    """
    remaining = [(number, set_) for number, set_ in shares if set_ is not None]
    if len(remaining) == 1:
        return (remaining[0][1],) * ceil(remaining[0][0])
    done = []
    while remaining:
        done += [set_ for _, set_ in remaining]
        remaining = [(number - 1, set_) for number, set_ in remaining if number > 1]
    return tuple(done)
