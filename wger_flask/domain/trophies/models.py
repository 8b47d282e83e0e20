"""Trophies, who earned them, and the running figures that decide it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from wger_flask.auth.models import User
from wger_flask.storage import fields
from wger_flask.storage.model import Model

KINDS = ("time", "volume", "count", "sequence", "date", "pr", "other")


class Trophy(Model):
    """An award; ``checker_class`` and ``checker_params`` say what it is given for."""

    id = fields.Auto()
    uuid = fields.UUID(unique=True, default=fields.uuid4)
    name = fields.Char(max_length=100)
    description = fields.Text(default="")
    trophy_type = fields.Char(max_length=20, default="other", choices=[(kind, kind) for kind in KINDS])
    checker_class = fields.Char(max_length=255)
    checker_params = fields.Json(default=dict)
    is_hidden = fields.Boolean(default=False)
    is_progressive = fields.Boolean(default=False)
    is_active = fields.Boolean(default=True)
    is_repeatable = fields.Boolean(default=False)
    order = fields.Integer(default=0)
    created = fields.DateTime(default=fields.now)
    updated = fields.DateTime(touched=True)

    class Meta:
        table_name = "trophies_trophy"
        label = "trophies.trophy"
        ordering = ("order", "name")


class UserStatistics(Model):
    """Running figures of a user (weight in kg, streaks in days or weekends)."""

    id = fields.Auto()
    user = fields.ForeignKey(User, unique=True, backref="+")
    total_weight_lifted = fields.Decimals(12, 2, default=Decimal(0))
    total_workouts = fields.Integer(default=0)
    current_streak = fields.Integer(default=0)
    longest_streak = fields.Integer(default=0)
    last_workout_date = fields.Date(null=True)
    earliest_workout_time = fields.Time(null=True)
    latest_workout_time = fields.Time(null=True)
    weekend_workout_streak = fields.Integer(default=0)
    last_complete_weekend_date = fields.Date(null=True)
    last_inactive_date = fields.Date(null=True)
    worked_out_jan_1 = fields.Boolean(default=False)
    last_updated = fields.DateTime(touched=True)

    last_activity: date | None = None  # no column: read along, see .activity

    class Meta:
        table_name = "trophies_userstatistics"
        label = "trophies.userstatistics"


class UserTrophy(Model):
    """A trophy that a user earned (``progress`` in percent)."""

    id = fields.Auto()
    user = fields.ForeignKey(User)
    trophy = fields.ForeignKey(Trophy)
    earned_at = fields.DateTime(default=fields.now)
    progress = fields.Float(default=0.0)
    is_notified = fields.Boolean(default=False)
    context_data = fields.Json(null=True)

    class Meta:
        table_name = "trophies_usertrophy"
        label = "trophies.usertrophy"
        ordering = ("-earned_at",)


class AwardMark(Model):
    """What there is to say of an award besides: it is void, its owner hides it.

    An award is void when what it was given for is gone, and it is of a kind that a genuine server is
    known to keep nevertheless.
    """

    id = fields.Auto()
    award = fields.ForeignKey(UserTrophy, unique=True, backref="+")
    is_void = fields.Boolean(default=False)
    is_hidden = fields.Boolean(default=False)

    class Meta:
        table_name = "wger_flask_awardmark"


MODELS = (Trophy, UserStatistics, UserTrophy)
OWN_MODELS = (AwardMark,)
