"""The shapes of trophies, awards and statistics."""

from __future__ import annotations

from uuid import UUID

from wger_flask.api import Computed, Context, Nested, Schema, fields

from .models import KINDS


def picture(context: Context, kind: str, uuid: UUID) -> str:
    """Return the URL of a trophy's picture."""
    return context.static(f"trophies/{kind}/{uuid}.png")


class TrophySchema(Schema):
    """Something to be earned by training."""

    id = fields.Integer()
    uuid = fields.UUID()
    name = fields.String()
    description = fields.String()
    image = Computed(picture, of=("trophy_type", "uuid"), describes=fields.URL())
    trophy_type = fields.Choice(KINDS)
    is_hidden = fields.Boolean(help="a surprise: listed once you have earned it")
    is_progressive = fields.Boolean(help="it can be told how far you are")
    is_repeatable = fields.Boolean(help="can be earned again and again")
    order = fields.Integer()


class UserTrophySchema(Schema):
    """An award: a trophy that was earned."""

    id = fields.Integer()
    trophy = Nested(TrophySchema)
    earned_at = fields.DateTime()
    progress = fields.Float(help="percent")
    is_notified = fields.Boolean(help="the user was told")
    context_data = fields.Json(allow_none=True, help="what it was earned with, for personal records")


class ProgressSchema(Schema):
    """The progress of a user towards a trophy."""

    trophy = Nested(TrophySchema)
    is_earned = fields.Boolean()
    earned_at = fields.DateTime(allow_none=True)
    progress = fields.Float(help="percent")
    current_value = fields.String(allow_none=True)
    target_value = fields.String(allow_none=True)
    progress_display = fields.String(allow_none=True)


class UserStatisticsSchema(Schema):
    """Figures about all training of the user."""

    id = fields.Integer()
    total_weight_lifted = fields.Decimal(12, 2, help="kg times repetitions")
    total_workouts = fields.Integer()
    current_streak = fields.Integer(help="days in a row")
    longest_streak = fields.Integer(help="days in a row")
    last_workout_date = fields.Date(allow_none=True)
    earliest_workout_time = fields.Time(allow_none=True)
    latest_workout_time = fields.Time(allow_none=True)
    weekend_workout_streak = fields.Integer(help="weekends in a row with a workout on both days")
    last_complete_weekend_date = fields.Date(allow_none=True, help="its Saturday")
    worked_out_jan_1 = fields.Boolean(label="Trained on a New Year's Day")
    last_updated = fields.DateTime()
