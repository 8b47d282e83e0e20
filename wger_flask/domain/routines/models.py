"""Training: what is planned (routine, day, slot, entry, configs) and what was done (session, log).

A slot is one exercise or a superset; its entries are the exercises.  How an entry progresses
is said by configs, one table a quantity, one row an iteration at which a rule begins.

What was done outlives what was planned: sessions and logs are the history of the routine, the day
and the entry that they name.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from wger_flask.auth.models import User
from wger_flask.domain.core.models import KILOGRAMS, REPETITIONS, RepetitionUnit, WeightUnit
from wger_flask.domain.exercises.models import Exercise
from wger_flask.storage import columns
from wger_flask.storage.model import Model, Numbered, abstract, declare_index, make_model

DAY_TYPES = {
    "custom": "Custom", "enom": "EMOM", "amrap": "AMRAP", "hiit": "HIIT", "tabata": "Tabata", "edt": "EDT",
    "rft": "RFT", "afap": "AFAP",
}  # fmt: skip
SET_TYPES = {
    "normal": "Normal", "warmup": "Warm-up", "dropset": "Drop set", "myo": "Myo-reps", "partial": "Partial reps",
    "forced": "Forced reps", "tut": "Time under tension", "iso": "Isometric hold", "jump": "Jump",
}  # fmt: skip
OPERATIONS = {"r": "Replace", "+": "Plus", "-": "Minus"}
STEPS = {"na": "Not applicable", "abs": "Absolute", "percent": "Percent"}
IMPRESSIONS = {"1": "Bad", "2": "Neutral", "3": "Good"}


class Routine(Numbered):
    """A training plan from ``start`` to ``end``, both included."""

    user = columns.ForeignKey(User)
    user_id: int
    name = columns.Char(max_length=25, default="")
    description = columns.Text(default="")
    created = columns.DateTime(default=columns.now)
    start = columns.Date()
    end = columns.Date()
    is_template = columns.Boolean(default=False)
    is_public = columns.Boolean(default=False)
    fit_in_week = columns.Boolean(default=False)

    class Meta:
        table_name = "manager_routine"
        ordering = ("-start", "-created")


class Day(Numbered):
    """A day of a routine; a rest day has no slots."""

    routine = columns.ForeignKey(Routine)
    order = columns.Integer(default=1, index=True)
    type = columns.Char(max_length=10, default="custom", choices=tuple(DAY_TYPES.items()))
    name = columns.Char(max_length=20, default="")
    description = columns.Char(max_length=1000, default="")
    is_rest = columns.Boolean(default=False)
    need_logs_to_advance = columns.Boolean(default=False)
    config = columns.Json(null=True)

    class Meta:
        table_name = "manager_day"
        ordering = ("order",)


class Slot(Numbered):
    """A place in a day, for one exercise or a superset of several."""

    day = columns.ForeignKey(Day)
    order = columns.Integer(default=1, index=True)
    comment = columns.Char(max_length=200, default="")
    config = columns.Json(null=True)

    class Meta:
        table_name = "manager_slot"
        ordering = ("order",)


class SlotEntry(Numbered):
    """An exercise in a slot, with the units its configs are in and what values are rounded to."""

    slot = columns.ForeignKey(Slot)
    exercise = columns.ForeignKey(Exercise)
    repetition_unit = columns.ForeignKey(RepetitionUnit, null=True, default=REPETITIONS)
    repetition_rounding = columns.Decimals(4, 2, null=True)
    weight_unit = columns.ForeignKey(WeightUnit, null=True, default=KILOGRAMS)
    weight_rounding = columns.Decimals(4, 2, null=True)
    order = columns.Integer(default=1, index=True)
    comment = columns.Char(max_length=100, default="")
    type = columns.Char(max_length=10, default="normal", choices=tuple(SET_TYPES.items()))
    class_name = columns.Char(max_length=50, null=True)
    config = columns.Json(null=True)

    class Meta:
        table_name = "manager_slotentry"
        ordering = ("order", "id")


@abstract
class Config(Numbered):
    """A rule: from ``iteration`` on, ``value`` replaces (r) or changes (+, -) a quantity of an entry.

    ``step`` says whether the change is absolute or in percent, ``repeat`` whether it happens
    again in every iteration, ``requirements`` which quantities must have been logged for it.
    """

    slot_entry = columns.ForeignKey(SlotEntry)
    iteration = columns.Integer()
    operation = columns.Char(max_length=1, default="r", choices=tuple(OPERATIONS.items()))
    step = columns.Char(max_length=10, default="abs", choices=tuple(STEPS.items()))
    repeat = columns.Boolean(default=False)
    requirements = columns.Json(null=True)
    value: Any  # a column of the models below: a number of their own kind

    class Meta:
        ordering = ("slot_entry.order", "slot_entry.id", "iteration")
        indexes = ((("slot_entry", "iteration"), True),)
        clashes = {("slot_entry", "iteration"): "The fields slot_entry, iteration must make a unique set."}


def _config(name: str, title: str, value: columns.Integer | columns.Decimals) -> type[Config]:
    about = f"A rule for the {title.removesuffix(' config')} of an entry."
    members = {"__module__": __name__, "__doc__": about, "value": value}
    return make_model(name, members, Config, table_name=f"manager_{name.lower()}", title=title)


WeightConfig = _config("WeightConfig", "weight config", columns.Decimals(6, 2))
MaxWeightConfig = _config("MaxWeightConfig", "max weight config", columns.Decimals(6, 2))
RepetitionsConfig = _config("RepetitionsConfig", "repetitions config", columns.Decimals(6, 2))
MaxRepetitionsConfig = _config("MaxRepetitionsConfig", "max repetitions config", columns.Decimals(6, 2))
SetsConfig = _config("SetsConfig", "sets config", columns.Integer())
MaxSetsConfig = _config("MaxSetsConfig", "max sets config", columns.Integer())
RestConfig = _config("RestConfig", "rest config", columns.Integer())
MaxRestConfig = _config("MaxRestConfig", "max rest config", columns.Integer())
RiRConfig = _config("RiRConfig", "RiR config", columns.Decimals(2, 1))
MaxRiRConfig = _config("MaxRiRConfig", "max RiR config", columns.Decimals(2, 1))

CONFIGS = (
    WeightConfig, MaxWeightConfig, RepetitionsConfig, MaxRepetitionsConfig, SetsConfig, MaxSetsConfig,
    RestConfig, MaxRestConfig, RiRConfig, MaxRiRConfig,
)  # fmt: skip


class Label(Numbered):
    """A name for a span of a routine (offsets in days from its start)."""

    routine = columns.ForeignKey(Routine)
    start_offset = columns.Integer(default=1)
    end_offset = columns.Integer(default=2)
    label = columns.Char(max_length=35)
    comment = columns.Char(max_length=500, default="")

    class Meta:
        table_name = "manager_label"
        ordering = ("start_offset",)


class WorkoutSession(Model):
    """One visit to the gym, open while it has no end; ``impression`` is 1 bad, 2 neutral, 3 good.

    It belongs to the day on which it began, on its owner's calendar.
    """

    id = columns.UUID(primary_key=True, default=columns.uuid7)
    user = columns.ForeignKey(User)
    user_id: int
    routine = columns.ForeignKey(Routine, null=True, cascade="history")
    day = columns.ForeignKey(Day, null=True, cascade="history")
    notes = columns.Text(null=True)
    impression = columns.Char(max_length=2, default="2", choices=tuple(IMPRESSIONS.items()))
    datetime_start = columns.DateTime(default=columns.now)
    datetime_end = columns.DateTime(null=True, constraints=[columns.Check("datetime_end >= datetime_start")])

    class Meta:
        table_name = "manager_workoutsession"
        ordering = ("datetime_start",)
        indexes = ((("routine", "datetime_start"), False),)


class WorkoutLog(Model):
    """One set that was done, beside what was aimed at (rest in seconds)."""

    id = columns.UUID(primary_key=True, default=columns.uuid7)
    date = columns.DateTime(default=columns.now)
    user = columns.ForeignKey(User)
    user_id: int
    next_log = columns.ForeignKey("self", null=True, backref="+")
    session = columns.ForeignKey(WorkoutSession, null=True)
    session_id: UUID | None
    exercise = columns.ForeignKey(Exercise)
    exercise_id: int
    routine = columns.ForeignKey(Routine, null=True, cascade="history")
    routine_id: int | None
    slot_entry = columns.ForeignKey(SlotEntry, null=True, cascade="history")
    slot_entry_id: int | None
    iteration = columns.Integer(null=True)
    repetitions_unit = columns.ForeignKey(RepetitionUnit, null=True, default=REPETITIONS)
    repetitions_unit_id: int | None
    repetitions = columns.Decimals(6, 2, null=True)
    repetitions_target = columns.Decimals(6, 2, null=True)
    weight_unit = columns.ForeignKey(WeightUnit, null=True, default=KILOGRAMS)
    weight_unit_id: int | None
    weight = columns.Decimals(6, 2, null=True)
    weight_target = columns.Decimals(6, 2, null=True)
    rir = columns.Decimals(2, 1, null=True)
    rir_target = columns.Decimals(2, 1, null=True)
    rest = columns.Integer(null=True)
    rest_target = columns.Integer(null=True)

    class Meta:
        table_name = "manager_workoutlog"
        ordering = ("date", "repetitions", "weight")


declare_index(Routine, "wger_flask_routine_public", "is_public")
declare_index(WorkoutSession, "wger_flask_session_starts", "user", "datetime_start")
declare_index(WorkoutLog, "wger_flask_log_dates", "user", "date")
declare_index(WorkoutLog, "wger_flask_log_exercises", "user", "exercise", "date")
declare_index(WorkoutLog, "wger_flask_log_routines", "user", "routine", "date")
declare_index(WorkoutLog, "wger_flask_log_sessions", "user", "session", "date")

MODELS = (Routine, Day, Slot, SlotEntry, *CONFIGS, Label, WorkoutSession, WorkoutLog)
