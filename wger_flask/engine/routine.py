"""Hold a routine as values, the input of everything that sequences and prescribes.

The tree mirrors the data model (routine, days, slots, entries, rules), but a rule knows its
field by name instead of by table, and logs and session dates sit where they are asked for.
:func:`assemble` builds the tree bottom-up from flat rows, so that a caller needs one query a
table, whatever the size of the routine.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, NamedTuple

from .rounding import Number, exact

FIELDS = (
    "weight", "max_weight", "repetitions", "max_repetitions", "sets",
    "max_sets", "rest", "max_rest", "rir", "max_rir",
)  # fmt: skip
"""The ten fields that rules prescribe, every base field before its maximum."""

REQUIRABLE = ("weight", "repetitions", "rir", "rest")
"""The fields that a log can reach: whatever else a rule requires, it will never apply."""


class Rule(NamedTuple):
    """Change one field from one iteration on.

    ``value`` is in the field's own unit (kg or lb, repetitions, sets, seconds, RiR) or in
    percent; ``requirements`` names the fields (of :data:`REQUIRABLE`) that a logged set has to
    reach before the rule applies.
    """

    iteration: int
    value: Number | str
    operation: str = "r"  # r, + or -
    step: str = "abs"  # abs, percent, or na, which reckons like percent
    repeat: bool = False
    requirements: tuple[str, ...] = ()


class LoggedSet(NamedTuple):
    """What the user did in one set of an entry; None means not noted."""

    iteration: int | None
    weight: Number | None = None
    repetitions: Number | None = None
    rir: Number | None = None
    rest: int | None = None


@dataclass(frozen=True, slots=True)
class SlotEntry:
    """Hold one exercise in a slot with the rules of its fields and the sets logged for it.

    Roundings are decimals with two places, as they are printed.
    """

    id: int
    exercise: int
    type: str = "normal"
    comment: str = ""
    repetition_unit: int | None = 1
    repetition_rounding: Decimal | None = None
    weight_unit: int | None = 1
    weight_rounding: Decimal | None = None
    rules: Mapping[str, tuple[Rule, ...]] = field(default_factory=dict)  # field name -> rules, any order
    logs: tuple[LoggedSet, ...] = ()


@dataclass(frozen=True, slots=True)
class Slot:
    """Hold one or, as a superset, several entries that are done together."""

    entries: tuple[SlotEntry, ...] = ()
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """Hold one training or rest day of a routine; ``session_dates`` are the days it was trained on."""

    id: int
    routine: int | None = None
    order: int = 1
    name: str = ""
    description: str = ""
    is_rest: bool = False
    need_logs_to_advance: bool = False
    type: str = "custom"
    config: Any = None
    slots: tuple[Slot, ...] = ()
    session_dates: frozenset[datetime.date] = frozenset()

    def as_json(self) -> dict[str, Any]:
        """Return the day as clients get it inside a sequence."""
        return {
            "id": self.id,
            "routine": self.routine,
            "order": self.order,
            "name": self.name,
            "description": self.description,
            "is_rest": self.is_rest,
            "need_logs_to_advance": self.need_logs_to_advance,
            "type": self.type,
            "config": self.config,
        }


@dataclass(frozen=True, slots=True)
class Label:
    """Name the dates from ``start_offset`` to ``end_offset`` (days after the start, inclusive)."""

    start_offset: int
    end_offset: int
    label: str


@dataclass(frozen=True, slots=True)
class Routine:
    """Hold a training plan from ``start`` to ``end``, both inclusive; ``days`` in their order."""

    start: datetime.date
    end: datetime.date
    days: tuple[Day, ...] = ()
    fit_in_week: bool = False
    labels: tuple[Label, ...] = ()


Row = tuple[Any, ...]
"""A row as a database gives it: its columns differ in type."""


def rules_of(requirements: Any) -> tuple[str, ...]:
    """Return the required fields in a stored ``requirements`` document, e.g. ``{"rules": ["weight"]}``."""
    rules = requirements.get("rules") if isinstance(requirements, dict) else None
    return tuple(rules) if isinstance(rules, list) else ()


def assemble(
    start: datetime.date,
    end: datetime.date,
    fit_in_week: bool = False,
    *,
    days: Iterable[Row] = (),
    slots: Iterable[Row] = (),
    entries: Iterable[Row] = (),
    rules: Iterable[Row] = (),
    logs: Iterable[Row] = (),
    sessions: Iterable[Row] = (),
    labels: Iterable[Row] = (),
) -> Routine:
    """Build a :class:`Routine` from flat rows in any order.

    ========  ==================================================================================
    days      id, routine, order, name, description, is_rest, need_logs_to_advance, type, config
    slots     id, day, order, comment
    entries   id, slot, order, exercise, type, comment, repetition_unit, repetition_rounding,
              weight_unit, weight_rounding
    rules     field, slot_entry, iteration, value, operation, step, repeat, requirements
    logs      slot_entry, iteration, weight, repetitions, rir, rest
    sessions  day, date
    labels    start_offset, end_offset, label
    ========  ==================================================================================

    ``field`` is one of :data:`FIELDS`, ``requirements`` the stored document.  Rows of parents
    that were not given are left out.
    """
    rules_by_entry: dict[int, dict[str, list[Rule]]] = defaultdict(lambda: defaultdict(list))
    for name, entry, iteration, value, operation, step, repeat, requirements in rules:
        rule = Rule(iteration, value, operation, step, bool(repeat), rules_of(requirements))
        rules_by_entry[entry][name].append(rule)
    logs_by_entry = defaultdict(list)
    for entry, *achieved in logs:
        logs_by_entry[entry].append(LoggedSet(*achieved))
    dates_by_day = defaultdict(set)
    for day, date in sessions:
        dates_by_day[day].add(date)

    entries_by_slot = defaultdict(list)
    for id, slot, _, exercise, type, comment, r_unit, r_base, w_unit, w_base in sorted(entries, key=_order_then_id):
        own = {name: tuple(configs) for name, configs in rules_by_entry[id].items()}
        rounded = r_unit, _base(r_base), w_unit, _base(w_base)
        entry = SlotEntry(id, exercise, type, comment, *rounded, own, tuple(logs_by_entry[id]))
        entries_by_slot[slot].append(entry)
    slots_by_day = defaultdict(list)
    for id, day, _, comment in sorted(slots, key=_order_then_id):
        slots_by_day[day].append(Slot(tuple(entries_by_slot[id]), comment))
    tree = tuple(
        replace(Day(*row), slots=tuple(slots_by_day[row[0]]), session_dates=frozenset(dates_by_day[row[0]]))
        for row in sorted(days, key=_order_then_id)
    )
    return Routine(start, end, tree, bool(fit_in_week), tuple(Label(*row) for row in labels))


def _order_then_id(row: Row) -> tuple[int, int]:
    return row[2], row[0]


def _base(rounding: Number | None) -> Decimal | None:
    return None if rounding is None else exact(rounding, 2)
