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
from decimal import localcontext
from functools import partial
from math import ceil
from operator import is_not
from typing import Any, NamedTuple

from .errors import TooManySets
from .progression import Values
from .rounding import PRECISION, Number
from .routine import Day, Routine, Slot
from .schedule import ScheduledDay, schedule
from .sets import Prescription, SetData
from .wording import ENGLISH, Wording

MAX_SETS = 100_000
"""More set objects than this in one sequence are refused: a rule may multiply sets without end."""


class SlotView(NamedTuple):
    """Hold the sets of one slot, or of several that were folded."""

    comment: str
    sets: tuple[SetData, ...]
    exercises: tuple[int, ...]  # distinct

    @property
    def is_superset(self) -> bool:
        """Whether more than one exercise takes turns."""
        return len(self.exercises) > 1


class SequenceDay(NamedTuple):
    """Hold one date of a sequence with its prescribed sets."""

    scheduled: ScheduledDay
    slots: tuple[SlotView, ...] = ()


def display_sequence(routine: Routine, today: datetime.date, words: Wording = ENGLISH) -> list[SequenceDay]:
    """Return every date of ``routine`` with its sets arranged for reading.

    Raises :class:`~wger_flask.engine.errors.TooManyDigits` where a value outgrew its field and
    :class:`~wger_flask.engine.errors.TooManySets` beyond :data:`MAX_SETS`.
    """
    with localcontext(PRECISION):
        return _sequence(routine, today, words, _DISPLAY)


def gym_sequence(routine: Routine, today: datetime.date, words: Wording = ENGLISH) -> list[SequenceDay]:
    """Return every date of ``routine`` with its single sets in the order of doing.

    Raises :class:`~wger_flask.engine.errors.TooManyDigits` where a value outgrew its field and
    :class:`~wger_flask.engine.errors.TooManySets` beyond :data:`MAX_SETS`.
    """
    with localcontext(PRECISION):
        return _sequence(routine, today, words, _GYM)


def sets_in_iteration(routine: Routine, iteration: int, words: Wording = ENGLISH) -> dict[int, SetData]:
    """Return what each entry of ``routine`` prescribes in an iteration, whether or not a date falls into it.

    Raises :class:`~wger_flask.engine.errors.TooManyDigits` where a value outgrew its field.
    """
    with localcontext(PRECISION):
        return {
            entry.id: Prescription(entry, words).at(iteration)
            for day in routine.days
            for slot in day.slots
            for entry in slot.entries
        }


def _as_it_is(part: Any) -> Any:
    return part


def as_json(sequence: Iterable[SequenceDay], pack: Callable[[Any], Any] = _as_it_is) -> list[dict[str, Any]]:
    """Return a sequence as clients get it; equal parts of the document are the same object.

    ``pack`` makes of a day, a slot or the slots of a date what stands in the document for it from its second time on:
    what changes with every date is not worth it.
    """
    known: dict[int, Any] = {}
    packed: dict[int, Any] = {}

    def once(part: Any, document: Callable[[], Any]) -> Any:
        key = id(part)
        if key not in known:
            known[key] = document()
        return known[key]

    def often(part: Any, document: Callable[[], Any]) -> Any:
        key = id(part)
        if key not in known:
            return once(part, document)
        if key not in packed:
            packed[key] = pack(known[key])
        return packed[key]

    def slot(view: SlotView) -> dict[str, Any]:
        return {
            "comment": view.comment,
            "is_superset": view.is_superset,
            "exercises": list(view.exercises),
            "sets": [once(set_, set_.as_json) for set_ in view.sets],
        }

    def slots_of(views: Iterable[SlotView]) -> list[dict[str, Any]]:
        return [often(view, partial(slot, view)) for view in views]

    days = list(sequence)  # keeps every part alive, and with it the identities
    return [
        {
            "iteration": item.scheduled.iteration,
            "date": item.scheduled.date.isoformat(),
            "label": item.scheduled.label,
            "day": None if (day := item.scheduled.day) is None else often(day, day.as_json),
            "slots": often(item.slots, partial(slots_of, item.slots)),
        }
        for item in days
    ]


class _Part:
    """What stands in one place of a day: a view of some entries, made anew where what they prescribe is other objects.

    In the gym that is the values of an entry, to be read the set that is made of them.
    """

    __slots__ = ("comment", "prescribed", "_seen", "_view")

    def __init__(self, comment: str, prescribed: list[Prescription]):
        self.comment, self.prescribed = comment, prescribed
        self._seen: list[Values] | list[SetData] = []
        self._view: SlotView | None = None

    def folded(self, iteration: int) -> SlotView:
        """Return the sets of the entries, an object each."""
        sets = [prescription.at(iteration) for prescription in self.prescribed]
        return self._again(sets) or self._show(sets, tuple(sets))

    def unrolled(self, iteration: int) -> SlotView:
        """Return the single sets of the entries, in turns."""
        values = [prescription.values(iteration) for prescription in self.prescribed]
        return self._again(values) or self._show(values, _in_turns(_shares(self.prescribed, iteration)))

    def _again(self, seen: list[Values] | list[SetData]) -> SlotView | None:
        return None if any(map(is_not, self._seen, seen)) else self._view

    def _show(self, seen: list[Values] | list[SetData], sets: tuple[SetData, ...]) -> SlotView:
        self._seen, self._view = seen, SlotView(self.comment, sets, tuple({set_.exercise for set_ in sets}))
        return self._view


class _Parts:
    """The parts of each day, found when it is first asked for, and the views that were made of them last."""

    def __init__(self, words: Wording, arrange: _Arrange):
        self._words, self._arrange = words, arrange
        self._parts: dict[int, list[_Part]] = {}
        self._views: dict[int, tuple[SlotView, ...]] = {}

    def of(self, day: Day, iteration: int) -> tuple[SlotView, ...]:
        """Return the views of a day; the same object as in the iteration before if all of them are."""
        parts = self._parts.get(day.id)
        if parts is None:
            parts = self._parts[day.id] = self._arrange.parts(day.slots, self._words)
        views = tuple([self._arrange.view(part, iteration) for part in parts])
        last = self._views.get(day.id)
        if last is None or any(map(is_not, last, views)):
            self._views[day.id] = last = views
        return last


class _Arrange(NamedTuple):
    """A way to arrange the sets of a day: in which parts, and how one is viewed in an iteration."""

    parts: Callable[[tuple[Slot, ...], Wording], list[_Part]]
    view: Callable[[_Part, int], SlotView]


_Shares = list[tuple[Number, SetData | None]]
"""How many sets of each entry are to be done, and such a set; None where there is none to do."""


def _sequence(routine: Routine, today: datetime.date, words: Wording, arrange: _Arrange) -> list[SequenceDay]:
    arranged: dict[tuple[int, int], tuple[SlotView, ...]] = {}
    parts = _Parts(words, arrange)
    sequence = []
    total = 0
    for scheduled in schedule(routine, today):
        slots: tuple[SlotView, ...] = ()
        if scheduled.day is not None:
            key = scheduled.day.id, scheduled.iteration
            if key not in arranged:
                arranged[key] = parts.of(scheduled.day, scheduled.iteration)
            slots = arranged[key]
            total += sum([len(view.sets) for view in slots])
            if total > MAX_SETS:
                raise TooManySets(MAX_SETS)
        sequence.append(SequenceDay(scheduled, slots))
    return sequence


def _folded(slots: tuple[Slot, ...], words: Wording) -> list[_Part]:
    """Join neighbouring slots of one and the same exercise; a superset stands alone, empty slots vanish."""
    parts: list[_Part] = []
    last: set[int] = set()
    for slot in slots:
        if not slot.entries:
            continue
        part = _part(slot, words)
        exercises = {entry.exercise for entry in slot.entries}
        if len(exercises) == 1 and exercises == last:
            parts[-1].prescribed.extend(part.prescribed)
        else:
            parts.append(part)
        last = exercises
    return parts


def _slot_by_slot(slots: tuple[Slot, ...], words: Wording) -> list[_Part]:
    return [_part(slot, words) for slot in slots]


def _part(slot: Slot, words: Wording) -> _Part:
    return _Part(slot.comment, [Prescription(entry, words) for entry in slot.entries])


_DISPLAY, _GYM = _Arrange(_folded, _Part.folded), _Arrange(_slot_by_slot, _Part.unrolled)


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
