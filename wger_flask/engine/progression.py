"""Walk the rules of a slot entry, iteration by iteration.

What is prescribed in week seven depends on everything before it: a rule adds to the value
of the week before, repeats, or waits until a logged set was good enough, and "good enough"
is the prescription of *that* week, as it was displayed.  Answering for one iteration means
walking all earlier ones, so :class:`Progression` walks once and remembers: asking for a
hundred iterations costs a hundred steps, not five thousand.

Values carry full precision from step to step and are rounded only where they are shown or
compared with a log.  Weights, repetitions and RiR are decimals.  Sets and seconds are
integers until a percentage turns them into floats: the text of a set shows the difference
("75.0 Sets").
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import NamedTuple

from .rounding import Number, exact, round_to
from .routine import FIELDS, REQUIRABLE, LoggedSet, Rule, SlotEntry


class Values(NamedTuple):
    """Hold the ten prescribed values of one iteration, unrounded; None where nothing is prescribed yet."""

    weight: Number | None = None
    max_weight: Number | None = None
    repetitions: Number | None = None
    max_repetitions: Number | None = None
    sets: Number | None = None
    max_sets: Number | None = None
    rest: Number | None = None
    max_rest: Number | None = None
    rir: Number | None = None
    max_rir: Number | None = None


_HALF = Decimal("0.5")
_NOTHING = Decimal(0)
_CAP = Decimal("9999.99")
_CAPS = {"rir": Decimal("9.5"), "max_rir": Decimal("9.5")}
_PLACES = {"weight": 2, "max_weight": 2, "repetitions": 2, "max_repetitions": 2, "rir": 1, "max_rir": 1}


class _Step(NamedTuple):
    """A rule with its value in the arithmetic of the field."""

    value: Number
    operation: str
    absolute: bool
    repeat: bool
    requirements: tuple[str, ...]

    def apply(self, before: Number | None, cap: Decimal) -> Number:
        if self.operation == "r":
            after = self.value
        else:
            # the values of a field are all decimals or all integers and floats: mypy sees their mixtures, too
            base = _NOTHING if before is None else before
            delta = self.value if self.absolute else base * self.value / 100  # type: ignore[operator]
            after = base + delta if self.operation == "+" else base - delta  # type: ignore[operator]
        return cap if after > cap else after


class _Track:
    """The rules of one field and how far they have got."""

    __slots__ = ("index", "steps", "cap", "base", "active", "waiting")

    def __init__(self, name: str, steps: dict[int, _Step], base: _Track | None):
        self.index = FIELDS.index(name)
        self.steps = steps
        self.cap = _CAPS.get(name, _CAP)
        self.base = base
        self.active: _Step | None = None  # the newest rule so far
        self.waiting = False  # it applies once and its requirements were not met yet

    def requirements(self, step: _Step) -> tuple[str, ...]:
        """A maximum follows its base: only without one do its own requirements count."""
        if self.base is not None and self.base.active is not None:
            return self.base.active.requirements
        return step.requirements


class Progression:
    """Prescribe the values of one slot entry for any iteration.

    The iterations asked for are remembered, and iterations in which nothing changes share one
    :class:`Values` object: callers may compare by identity to reuse what they derived.

    It reckons in the decimal context it is called in, which is to be
    :data:`~wger_flask.engine.rounding.PRECISION`: entering a context takes as long as a step.
    """

    __slots__ = ("entry", "is_settled", "_tracks", "_logs", "_walked", "_last_word")

    def __init__(self, entry: SlotEntry):
        self.entry = entry
        self._walked = [Values()]
        self._logs: dict[int, list[LoggedSet]] = defaultdict(list)
        for log in entry.logs:
            if log.iteration is not None:
                self._logs[log.iteration].append(log)
        tracks: dict[str, _Track] = {}
        for name in FIELDS:
            steps = {rule.iteration: _step(name, rule) for rule in entry.rules.get(name, ()) if rule.iteration >= 1}
            if steps:
                tracks[name] = _Track(name, steps, tracks.get(name.removeprefix("max_")))
        self._tracks = tuple(tracks.values())
        # Behind it no rule begins, and what waits for a log waits for ever.
        self._last_word = max([0, *(max(track.steps) for track in self._tracks), *(log + 1 for log in self._logs)])
        self.is_settled = self._last_word == 0

    def at(self, iteration: int) -> Values:
        """Return the values of ``iteration``, counted from 1; nothing is prescribed before that.

        Once ``is_settled``, all later iterations have the values of the last one that was asked for.
        """
        walked = self._walked
        while iteration >= len(walked):
            if self.is_settled:
                return walked[-1]
            self._walk(len(walked))
        return walked[max(iteration, 0)]

    def _walk(self, iteration: int) -> None:
        before = self._walked[-1]
        after = None
        for track in self._tracks:
            step = track.steps.get(iteration)
            if step is not None:
                track.active = step
                track.waiting = True
            else:
                step = track.active
                if step is None or not (track.waiting or step.repeat):
                    continue
            required = track.requirements(step) if iteration > 1 else ()
            if required and not self._met(required, iteration - 1, before):
                continue
            track.waiting = False
            if after is None:
                after = list(before)
            after[track.index] = step.apply(after[track.index], track.cap)
        self._walked.append(before if after is None else Values._make(after))
        if iteration == self._last_word:
            self.is_settled = not any(map(_goes_on, self._tracks))

    def _met(self, required: tuple[str, ...], iteration: int, prescribed: Values) -> bool:
        """One single log has to reach every required field; none reaches what was not prescribed."""
        candidates = self._logs.get(iteration, ())
        for name in required:
            value = getattr(prescribed, name) if name in REQUIRABLE else None
            if not candidates or value is None:
                return False
            least = round_to(value, base_of(self.entry, name))
            candidates = [log for log in candidates if _reaches(getattr(log, name), least)]
        return bool(candidates)


def _goes_on(track: _Track) -> bool:
    """Say whether a field changes in every iteration to come."""
    step = track.active
    return step is not None and step.repeat and not track.requirements(step)


def _step(name: str, rule: Rule) -> _Step:
    places = _PLACES.get(name)
    value = int(rule.value) if places is None else exact(rule.value, places)
    return _Step(value, rule.operation, rule.step == "abs", rule.repeat, rule.requirements)


def base_of(entry: SlotEntry, name: str) -> Decimal | int | None:
    """Return what the values of a base field are rounded to when they are shown; None: not at all."""
    if name == "weight":
        return entry.weight_rounding
    if name == "repetitions":
        return entry.repetition_rounding
    return _HALF if name == "rir" else 1


def _reaches(achieved: Number | None, least: Number) -> bool:
    if achieved is None:
        return False
    return (exact(achieved, 2) if isinstance(achieved, float) else achieved) >= least
