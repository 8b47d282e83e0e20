"""Training: what is planned (routine, day, slot, entry, configs) and what was done (session, log).

A slot is one exercise or a superset; its entries are the exercises.  How an entry progresses
is said by configs, one table a quantity, one row an iteration at which a rule begins.

What was done outlives what was planned: sessions and logs are the history of the routine, the day
and the entry that they name.
"""

from __future__ import annotations

from wger_flask.auth.models import User
from wger_flask.domain.core.models import KILOGRAMS, REPETITIONS, RepetitionUnit, WeightUnit
from wger_flask.domain.exercises.models import Exercise
from wger_flask.rest.clock import today
from wger_flask.storage import fields
from wger_flask.storage.model import Model, abstract

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


class Routine(Model):
    """A training plan from ``start`` to ``end``, both included."""

    id = fields.Auto()
    user = fields.ForeignKey(User)
    name = fields.Char(max_length=25, default="")
    description = fields.Text(default="")
    created = fields.DateTime(default=fields.now)
    start = fields.Date()
    end = fields.Date()
    is_template = fields.Boolean(default=False)
    is_public = fields.Boolean(default=False)
    fit_in_week = fields.Boolean(default=False)

    class Meta:
        table_name = "manager_routine"
        label = "manager.routine"
        ordering = ("-start", "-created")


class Day(Model):
    """A day of a routine; a rest day has no slots."""

    id = fields.Auto()
    routine = fields.ForeignKey(Routine)
    order = fields.Integer(default=1, index=True)
    type = fields.Char(max_length=10, default="custom", choices=tuple(DAY_TYPES.items()))
    name = fields.Char(max_length=20, default="")
    description = fields.Char(max_length=1000, default="")
    is_rest = fields.Boolean(default=False)
    need_logs_to_advance = fields.Boolean(default=False)
    config = fields.Json(null=True)

    class Meta:
        table_name = "manager_day"
        label = "manager.day"
        ordering = ("order",)


class Slot(Model):
    """A place in a day, for one exercise or a superset of several."""

    id = fields.Auto()
    day = fields.ForeignKey(Day)
    order = fields.Integer(default=1, index=True)
    comment = fields.Char(max_length=200, default="")
    config = fields.Json(null=True)

    class Meta:
        table_name = "manager_slot"
        label = "manager.slot"
        ordering = ("order",)


class SlotEntry(Model):
    """An exercise in a slot, with the units its configs are in and what values are rounded to."""

    id = fields.Auto()
    slot = fields.ForeignKey(Slot)
    exercise = fields.ForeignKey(Exercise)
    repetition_unit = fields.ForeignKey(RepetitionUnit, null=True, default=REPETITIONS)
    repetition_rounding = fields.Decimals(4, 2, null=True)
    weight_unit = fields.ForeignKey(WeightUnit, null=True, default=KILOGRAMS)
    weight_rounding = fields.Decimals(4, 2, null=True)
    order = fields.Integer(default=1, index=True)
    comment = fields.Char(max_length=100, default="")
    type = fields.Char(max_length=10, default="normal", choices=tuple(SET_TYPES.items()))
    class_name = fields.Char(max_length=50, null=True)
    config = fields.Json(null=True)

    class Meta:
        table_name = "manager_slotentry"
        label = "manager.slotentry"
        ordering = ("order", "id")


@abstract
class Config(Model):
    """A rule: from ``iteration`` on, ``value`` replaces (r) or changes (+, -) a quantity of an entry.

    ``step`` says whether the change is absolute or in percent, ``repeat`` whether it happens
    again in every iteration, ``requirements`` which quantities must have been logged for it.
    """

    id = fields.Auto()
    slot_entry = fields.ForeignKey(SlotEntry)
    iteration = fields.Integer()
    operation = fields.Char(max_length=1, default="r", choices=tuple(OPERATIONS.items()))
    step = fields.Char(max_length=10, default="abs", choices=tuple(STEPS.items()))
    repeat = fields.Boolean(default=False)
    requirements = fields.Json(null=True)

    class Meta:
        ordering = ("slot_entry.order", "slot_entry.id", "iteration")
        indexes = ((("slot_entry", "iteration"), True),)
        clashes = {("slot_entry", "iteration"): "The fields slot_entry, iteration must make a unique set."}


def _config(name: str, title: str, value: fields.Integer | fields.Decimals) -> type[Config]:
    meta = type("Meta", (), {
        "table_name": f"manager_{name.lower()}", "label": f"manager.{name.lower()}", "title": title,
    })  # fmt: skip
    return type(Config)(name, (Config,), {
        "__module__": __name__, "__doc__": f"A rule for the {title.removesuffix(' config')} of an entry.",
        "value": value, "Meta": meta,
    })  # fmt: skip


WeightConfig = _config("WeightConfig", "weight config", fields.Decimals(6, 2))
MaxWeightConfig = _config("MaxWeightConfig", "max weight config", fields.Decimals(6, 2))
RepetitionsConfig = _config("RepetitionsConfig", "repetitions config", fields.Decimals(6, 2))
MaxRepetitionsConfig = _config("MaxRepetitionsConfig", "max repetitions config", fields.Decimals(6, 2))
SetsConfig = _config("SetsConfig", "sets config", fields.Integer())
MaxSetsConfig = _config("MaxSetsConfig", "max sets config", fields.Integer())
RestConfig = _config("RestConfig", "rest config", fields.Integer())
MaxRestConfig = _config("MaxRestConfig", "max rest config", fields.Integer())
RiRConfig = _config("RiRConfig", "RiR config", fields.Decimals(2, 1))
MaxRiRConfig = _config("MaxRiRConfig", "max RiR config", fields.Decimals(2, 1))

CONFIGS = (
    WeightConfig, MaxWeightConfig, RepetitionsConfig, MaxRepetitionsConfig, SetsConfig, MaxSetsConfig,
    RestConfig, MaxRestConfig, RiRConfig, MaxRiRConfig,
)  # fmt: skip


class Label(Model):
    """A name for a span of a routine (offsets in days from its start)."""

    id = fields.Auto()
    routine = fields.ForeignKey(Routine)
    start_offset = fields.Integer(default=1)
    end_offset = fields.Integer(default=2)
    label = fields.Char(max_length=35)
    comment = fields.Char(max_length=500, default="")

    class Meta:
        table_name = "manager_label"
        label = "manager.label"
        ordering = ("start_offset",)


class WorkoutSession(Model):
    """One visit to the gym; ``impression`` is 1 bad, 2 neutral, 3 good."""

    id = fields.UUID(primary_key=True, default=fields.uuid7)
    user = fields.ForeignKey(User)
    routine = fields.ForeignKey(Routine, null=True, cascade="history")
    day = fields.ForeignKey(Day, null=True, cascade="history")
    date = fields.Date(default=today)
    notes = fields.Text(null=True)
    impression = fields.Char(max_length=2, default="2", choices=tuple(IMPRESSIONS.items()))
    time_start = fields.Time(null=True)
    time_end = fields.Time(null=True)

    class Meta:
        table_name = "manager_workoutsession"
        label = "manager.workoutsession"
        ordering = ("date",)
        indexes = ((("date", "user", "routine"), True), (("routine", "date"), False))
        clashes = {("date", "user", "routine"): "There is a session of this routine on this date already."}


class WorkoutLog(Model):
    """One set that was done, beside what was aimed at (rest in seconds)."""

    id = fields.UUID(primary_key=True, default=fields.uuid7)
    date = fields.DateTime(default=fields.now)
    user = fields.ForeignKey(User)
    next_log = fields.ForeignKey("self", null=True, backref="+")
    session = fields.ForeignKey(WorkoutSession, null=True)
    exercise = fields.ForeignKey(Exercise)
    routine = fields.ForeignKey(Routine, null=True, cascade="history")
    slot_entry = fields.ForeignKey(SlotEntry, null=True, cascade="history")
    iteration = fields.Integer(null=True)
    repetitions_unit = fields.ForeignKey(RepetitionUnit, null=True, default=REPETITIONS)
    repetitions = fields.Decimals(6, 2, null=True)
    repetitions_target = fields.Decimals(6, 2, null=True)
    weight_unit = fields.ForeignKey(WeightUnit, null=True, default=KILOGRAMS)
    weight = fields.Decimals(6, 2, null=True)
    weight_target = fields.Decimals(6, 2, null=True)
    rir = fields.Decimals(2, 1, null=True)
    rir_target = fields.Decimals(2, 1, null=True)
    rest = fields.Integer(null=True)
    rest_target = fields.Integer(null=True)

    class Meta:
        table_name = "manager_workoutlog"
        label = "manager.workoutlog"
        ordering = ("date", "repetitions", "weight")


MODELS = (Routine, Day, Slot, SlotEntry, *CONFIGS, Label, WorkoutSession, WorkoutLog)
