"""What a routine prescribes for each of its dates: rows in, the engine's answer out.

The rows of a routine are loaded flat, one query a table, and never more: logs and sessions
only where a rule or a day waits for them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from marshmallow import fields as plain

from wger_flask.api import (
    NOTHING,
    Action,
    Call,
    Clause,
    Invalid,
    Schema,
    Selection,
    along,
    any_of,
    equals,
    part_encoder,
    today,
    zone_of,
)
from wger_flask.domain.core.models import RepetitionUnit, WeightUnit
from wger_flask.engine import routine as engine
from wger_flask.engine.errors import EngineError
from wger_flask.engine.sequence import as_json, display_sequence, gym_sequence
from wger_flask.engine.wording import Wording

from . import models
from .plans import readable
from .schemas import DaySchema

FIELDS = {
    models.WeightConfig: "weight", models.MaxWeightConfig: "max_weight",
    models.RepetitionsConfig: "repetitions", models.MaxRepetitionsConfig: "max_repetitions",
    models.SetsConfig: "sets", models.MaxSetsConfig: "max_sets",
    models.RestConfig: "rest", models.MaxRestConfig: "max_rest",
    models.RiRConfig: "rir", models.MaxRiRConfig: "max_rir",
}  # fmt: skip

_DAY = ("id", "routine", "order", "name", "description", "is_rest", "need_logs_to_advance", "type", "config")
_SLOT = ("id", "day", "order", "comment")
_ENTRY = (
    "id", "slot", "order", "exercise", "type", "comment", "repetition_unit", "repetition_rounding", "weight_unit",
    "weight_rounding",
)  # fmt: skip
_RULE = ("slot_entry", "iteration", "value", "operation", "step", "repeat", "requirements")
_LOG = ("slot_entry", "iteration", "weight", "repetitions", "rir", "rest")


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows below a routine, as Python values: of days, slots, entries and rules.

    Their columns are :data:`_DAY`, :data:`_SLOT` and :data:`_ENTRY`; a rule is its field (of
    :data:`FIELDS`), its key, and :data:`_RULE`.
    """

    days: list[tuple]
    slots: list[tuple]
    entries: list[tuple]
    rules: list[tuple]


def rows_of(row: models.Routine) -> Rows:
    """Load the days of a routine with all that is below them, a query a table."""
    return Rows(
        list(_below(row, models.Day, ("routine",), _DAY)),
        list(_below(row, models.Slot, ("day", "routine"), _SLOT)),
        list(_below(row, models.SlotEntry, ("slot", "day", "routine"), _ENTRY)),
        [
            (name, *rule)
            for model, name in FIELDS.items()
            for rule in _below(row, model, ("slot_entry", "slot", "day", "routine"), ("id", *_RULE))
        ],
    )


def plan_of(row: models.Routine, rows: Rows | None = None) -> engine.Routine:
    """Load everything that the sequence of a routine depends on; ``rows`` are those that were loaded already."""
    rows = rows or rows_of(row)
    rules = [(name, *rule) for name, _, *rule in rows.rules]
    gated = list({rule[1] for rule in rules if engine.rules_of(rule[-1])})
    waiting = [day[0] for day in rows.days if day[_DAY.index("need_logs_to_advance")]]
    return engine.assemble(
        row.start,
        row.end,
        row.fit_in_week,
        days=rows.days,
        slots=rows.slots,
        entries=rows.entries,
        rules=rules,
        logs=_logs(row.user_id, gated),
        sessions=_sessions(row.user_id, waiting),
        labels=_below(row, models.Label, ("routine",), ("start_offset", "end_offset", "label")),
    )


def tree_of(rows: Rows) -> list[dict]:
    """Return the days of a routine in their order: dictionaries by column, each with what is below it.

    A day has ``slots``, a slot ``entries``, an entry ``rules``: dictionaries too, by field.
    """
    rules: dict[int, dict[str, list[dict]]] = defaultdict(lambda: defaultdict(list))
    for name, key, *rule in sorted(rows.rules, key=lambda rule: (rule[3], rule[1])):  # by iteration
        fields = dict(zip(("id", *_RULE), (key, *rule), strict=True))
        rules[fields["slot_entry"]][name].append(fields)
    entries = _in_order(_ENTRY, rows.entries, "rules", rules)
    slots = _in_order(_SLOT, rows.slots, "entries", _by(entries, "slot"))
    return _in_order(_DAY, rows.days, "slots", _by(slots, "day"))


def _in_order(names: tuple[str, ...], rows: list[tuple], inner: str, below: Mapping) -> list[dict]:
    """Return rows as dictionaries in their order, each with what is ``below`` it, by key, as ``inner``."""
    named = [dict(zip(names, row, strict=True)) for row in rows]
    for row in named:
        row[inner] = below.get(row["id"], [] if inner != "rules" else {})
    return sorted(named, key=lambda row: (row["order"], row["id"]))


def _by(rows: list[dict], name: str) -> dict[int, list[dict]]:
    groups: dict[int, list[dict]] = defaultdict(list)
    for row in rows:
        groups[row[name]].append(row)
    return groups


def _below(row: models.Routine, model, path: tuple[str, ...], names: tuple[str, ...]) -> Iterator[tuple]:
    return _rows(model, (along(model, path, row.id),), names)


def _logs(user: int, entries: list[int]) -> Iterator[tuple]:
    log = models.WorkoutLog
    return _rows(log, (any_of(log.slot_entry, entries), equals(log.user, user), Clause(_is_counted)), _LOG)


def _sessions(owner: int, days: list[int]) -> Iterator[tuple[int, date]]:
    """Yield of each session of ``days`` its day, and the date on which it began on the owner's calendar."""
    if not days:
        return
    sessions, zone = models.WorkoutSession, zone_of(owner)
    for day, start in _rows(sessions, (any_of(sessions.day, days),), ("day", "datetime_start")):
        yield day, start.astimezone(zone).date()


def _is_counted():
    return models.WorkoutLog.iteration > 0


def _rows(model, clauses: tuple, names: tuple[str, ...]) -> Iterator[tuple]:
    """Yield rows as Python values; in lists that must be empty nothing is looked for."""
    if NOTHING in clauses:
        return
    yield from Selection(model, clauses).rows(names)


def wording() -> Wording:
    """Return the words of sets, with the units that the database knows."""
    repetitions, weights = (dict(Selection(unit).rows(("id", "name"))) for unit in (RepetitionUnit, WeightUnit))
    return Wording(repetition_units=repetitions, weight_units=weights)


def _sequence(arrange: Callable) -> Callable:
    def handle(call: Call) -> list[dict]:
        row = call.row()
        try:
            return as_json(arrange(plan_of(row), today(), wording()), part_encoder(call.format))
        except EngineError as wrong:
            raise Invalid({wrong.field: [str(wrong)]}) from None

    return handle


# -- the shapes, for the documentation: clients are generated with these names -------------------
class SetConfigDataSchema(Schema):
    """What is to be done in a set; numbers are strings, whole ones without decimals."""

    slot_entry_id = plain.Integer()
    exercise = plain.Integer()
    sets = plain.Integer()
    max_sets = plain.Integer(allow_none=True)
    weight = plain.String(allow_none=True)
    max_weight = plain.String(allow_none=True)
    weight_unit = plain.Integer(allow_none=True)
    weight_rounding = plain.String(allow_none=True)
    repetitions = plain.String(allow_none=True)
    max_repetitions = plain.String(allow_none=True)
    repetitions_unit = plain.Integer(allow_none=True)
    repetitions_rounding = plain.String(allow_none=True)
    rir = plain.String(allow_none=True)
    max_rir = plain.String(allow_none=True)
    rpe = plain.String(allow_none=True)
    rest = plain.String(allow_none=True)
    max_rest = plain.String(allow_none=True)
    type = plain.String()
    text_repr = plain.String()
    comment = plain.String()


class SlotDataSchema(Schema):
    """The sets of one place in a day."""

    comment = plain.String()
    is_superset = plain.Boolean()
    exercises = plain.List(plain.Integer())
    sets = plain.List(plain.Nested(SetConfigDataSchema))


class _DateSchema(Schema):
    """A date of a routine; ``day`` is null while a week is filled up."""

    iteration = plain.Integer()
    date = plain.Date()
    label = plain.String(allow_none=True)
    day = plain.Nested(DaySchema, allow_none=True)
    slots = plain.List(plain.Nested(SlotDataSchema))


class WorkoutDayDataDisplayModeSchema(_DateSchema):
    """A date of a routine, arranged for reading; ``day`` is null while a week is filled up."""


class WorkoutDayDataGymModeSchema(_DateSchema):
    """A date of a routine with each single set; ``day`` is null while a week is filled up."""


ACTIONS = (
    Action(
        "date-sequence-display", _sequence(display_sequence),
        schema=WorkoutDayDataDisplayModeSchema, many=True, access=readable, label="Dates and sets", view="sequence",
        cache="private",
        about="Every date of the routine with its sets, arranged for reading.",
    ),
    Action(
        "date-sequence-gym", _sequence(gym_sequence),
        schema=WorkoutDayDataGymModeSchema, many=True, access=readable, label="Set by set", view="sequence",
        cache="private",
        about="Every date of the routine with each single set, in the order of doing.",
    ),
)  # fmt: skip
