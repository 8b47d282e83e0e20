"""The shapes of plans and of what was done.

Numbers have the limits of their columns; those of a log may be missing, but not negative.
Whole numbers stop at 32 bits on every database: no plan needs more, and all of them can
store that.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from marshmallow import ValidationError

from wger_flask.api import Key, Schema, fields
from wger_flask.domain.core.models import RepetitionUnit, WeightUnit
from wger_flask.domain.exercises.models import Exercise

from . import models

LARGEST = 2**31 - 1
USUAL = timedelta(weeks=12, days=-1)  # a routine that begins today ends with its twelfth week
_RIR = tuple(Decimal(half) / 2 for half in range(10))


def not_negative(value: Decimal) -> None:
    """Refuse numbers below zero, in the words for values that may be missing."""
    if value < 0:
        raise ValidationError("Ensure this value is either NULL or greater than or equal to 0.")


def known_rir(value: Decimal) -> None:
    """Refuse repetitions in reserve that no person can tell apart."""
    if value not in _RIR:
        options = ", ".join(["None", *(f"{option:f}" for option in _RIR)])
        raise ValidationError(f"{value:.1f} is not a valid RiR option: [{options}]")


def in_reserve(**options) -> fields.Decimal:
    """Return a field for repetitions in reserve: 0, 0.5 and so on up to 4.5."""
    return fields.Decimal(2, 1, validate=[not_negative, known_rir], **options)


def _amount(**options) -> fields.Decimal:
    return fields.Decimal(6, 2, allow_none=True, validate=not_negative, **options)


def _count(**options) -> fields.Integer:
    return fields.Integer(min=0, max=LARGEST, **options)


class RoutineSchema(Schema):
    """A training plan."""

    id = fields.Integer(dump_only=True)
    name = fields.String(max_length=25, blank=True)
    description = fields.String(max_length=1000, blank=True)
    created = fields.DateTime(dump_only=True)
    start = fields.Date(required=True)
    end = fields.Date(required=True, ahead=USUAL, help="the last day, at most 120 days after the first")
    fit_in_week = fields.Boolean(label="Fit in weeks", help="begin every round on the same weekday")
    is_template = fields.Boolean(label="Template", help="a plan to copy, not to follow")
    is_public = fields.Boolean(label="Public", help="let everybody see this template")


class DaySchema(Schema):
    """A day of a routine."""

    id = fields.Integer(dump_only=True)
    routine = Key(models.Routine, required=True)
    order = _count()
    name = fields.String(max_length=20, blank=True)
    description = fields.String(max_length=1000, blank=True)
    is_rest = fields.Boolean(label="Rest day", help="its exercises are deleted")
    need_logs_to_advance = fields.Boolean(label="Wait for training", help="repeat this day until it has been trained")
    type = fields.Choice(models.DAY_TYPES)
    config = fields.Json(allow_none=True, help="settings of the client")


class SlotSchema(Schema):
    """A place in a day."""

    id = fields.Integer(dump_only=True)
    day = Key(models.Day, required=True)
    order = _count()
    comment = fields.String(max_length=200, blank=True)
    config = fields.Json(allow_none=True, help="settings of the client")


class SlotEntrySchema(Schema):
    """An exercise in a slot."""

    id = fields.Integer(dump_only=True)
    slot = Key(models.Slot, required=True)
    exercise = Key(Exercise, required=True)
    type = fields.Choice(models.SET_TYPES)
    repetition_unit = Key(RepetitionUnit, allow_none=True)
    repetition_rounding = fields.Decimal(4, 2, allow_none=True, help="round repetitions to multiples of this")
    weight_unit = Key(WeightUnit, allow_none=True)
    weight_rounding = fields.Decimal(4, 2, allow_none=True, help="round weights to multiples of this")
    order = _count(help="behind the slot's other entries unless given")
    comment = fields.String(max_length=100, blank=True)
    config = fields.Json(allow_none=True, help="settings of the client")


class WorkoutSessionSchema(Schema):
    """A visit to the gym."""

    id = fields.UUID(help="chosen by the server unless given")
    routine = Key(models.Routine, allow_none=True)
    day = Key(models.Day, allow_none=True)
    notes = fields.String(allow_none=True, blank=True)
    impression = fields.Choice(models.IMPRESSIONS)
    datetime_start = fields.DateTime(label="Start", help="now, unless given")
    datetime_end = fields.DateTime(label="End", allow_none=True, help="none while it goes on")


class FormerSessionSchema(Schema):
    """When a session was, as clients of wger 2.6 say it: a date and two times of day, on the owner's calendar."""

    date = fields.Date(allow_none=True)
    time_start = fields.Time(allow_none=True)
    time_end = fields.Time(allow_none=True)


class WorkoutLogSchema(Schema):
    """A set that was done."""

    id = fields.UUID(help="chosen by the server unless given")
    date = fields.DateTime()
    session = Key(models.WorkoutSession, allow_none=True, help="found or made unless given")
    routine = Key(models.Routine, allow_none=True)
    iteration = _count(allow_none=True)
    slot_entry = Key(models.SlotEntry, allow_none=True)
    next_log = Key(models.WorkoutLog, allow_none=True)
    exercise = Key(Exercise, required=True)
    repetitions_unit = Key(RepetitionUnit, allow_none=True)
    repetitions = _amount()
    repetitions_target = _amount()
    weight_unit = Key(WeightUnit, allow_none=True)
    weight = _amount()
    weight_target = _amount()
    rir = in_reserve(allow_none=True, label="RiR", help="repetitions in reserve")
    rir_target = in_reserve(allow_none=True, label="RiR target")
    rest = _count(allow_none=True, help="seconds")
    rest_target = _count(allow_none=True, help="seconds")
