"""Trophies, who earned them, and the running figures that decide it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from wger_flask.auth.models import User
from wger_flask.domain.core.models import RepetitionUnit, WeightUnit
from wger_flask.domain.exercises.models import Exercise
from wger_flask.domain.routines.models import WorkoutLog, WorkoutSession
from wger_flask.storage import columns
from wger_flask.storage.model import Numbered

KINDS = ("time", "volume", "count", "sequence", "date", "pr", "other")


class Trophy(Numbered):
    """An award; ``checker_class`` and ``checker_params`` say what it is given for."""

    uuid = columns.UUID(unique=True, default=columns.uuid4)
    name = columns.Char(max_length=100)
    description = columns.Text(default="")
    trophy_type = columns.Char(max_length=20, default="other", choices=[(kind, kind) for kind in KINDS])
    checker_class = columns.Char(max_length=255)
    checker_params = columns.Json(default=dict)
    is_hidden = columns.Boolean(default=False)
    is_progressive = columns.Boolean(default=False)
    is_active = columns.Boolean(default=True)
    is_repeatable = columns.Boolean(default=False)
    order = columns.Integer(default=0)
    created = columns.DateTime(default=columns.now)
    updated = columns.DateTime(touched=True)

    class Meta:
        table_name = "trophies_trophy"
        ordering = ("order", "name")


class UserStatistics(Numbered):
    """Running figures of a user (weight in kg, streaks in days or weekends)."""

    user = columns.ForeignKey(User, unique=True, backref="+")
    user_id: int
    total_weight_lifted = columns.Decimals(12, 2, default=Decimal(0))
    total_workouts = columns.Integer(default=0)
    current_streak = columns.Integer(default=0)
    longest_streak = columns.Integer(default=0)
    last_workout_date = columns.Date(null=True)
    earliest_workout_time = columns.Time(null=True)
    latest_workout_time = columns.Time(null=True)
    weekend_workout_streak = columns.Integer(default=0)
    last_complete_weekend_date = columns.Date(null=True)
    last_inactive_date = columns.Date(null=True)
    worked_out_jan_1 = columns.Boolean(default=False)
    last_updated = columns.DateTime(touched=True)

    last_activity: date | None = None  # no column: read along, see .activity

    class Meta:
        table_name = "trophies_userstatistics"


class UserTrophy(Numbered):
    """A trophy that a user earned (``progress`` in percent)."""

    user = columns.ForeignKey(User)
    trophy = columns.ForeignKey(Trophy)
    trophy_id: int
    earned_at = columns.DateTime(default=columns.now)
    progress = columns.Float(default=0.0)
    is_notified = columns.Boolean(default=False)
    context_data = columns.Json(null=True, references={
        "log_id": WorkoutLog, "session_id": WorkoutSession, "exercise_id": Exercise,
        "repetitions_unit_id": RepetitionUnit, "weight_unit_id": WeightUnit,
    })  # fmt: skip

    class Meta:
        table_name = "trophies_usertrophy"
        ordering = ("-earned_at",)


class AwardMark(Numbered):
    """What there is to say of an award besides: it is void, its owner hides it.

    An award is void when what it was given for is gone, and it is of a kind that a genuine server is
    known to keep nevertheless.
    """

    award = columns.ForeignKey(UserTrophy, unique=True, backref="+")
    is_void = columns.Boolean(default=False)
    is_hidden = columns.Boolean(default=False)

    class Meta:
        table_name = "wger_flask_awardmark"


MODELS = (Trophy, UserStatistics, UserTrophy)
OWN_MODELS = (AwardMark,)
