"""The vocabulary whose ids clients rely on, and what a person told us about themselves."""

from __future__ import annotations

from typing import Protocol

from wger_flask.auth.models import User
from wger_flask.storage import columns
from wger_flask.storage.model import Numbered, abstract

ENGLISH = 2
CC_BY_SA_4 = 2
REPETITIONS = 1
KILOGRAMS = 1


class WithKey(Protocol):
    """A user, as the database or as a request knows them."""

    id: int


class Language(Numbered):
    """A language of texts; clients know them by id."""

    short_name = columns.Char(max_length=2, unique=True)
    full_name = columns.Char(max_length=30)
    full_name_en = columns.Char(max_length=30)

    class Meta:
        table_name = "core_language"
        matched_by = ("short_name",)
        ordering = ("full_name",)


class License(Numbered):
    """A licence of contributions."""

    full_name = columns.Char(max_length=60)
    short_name = columns.Char(max_length=15)
    url = columns.Char(max_length=200, null=True)

    class Meta:
        table_name = "core_license"
        matched_by = ("short_name",)
        ordering = ("full_name",)


@abstract
class Licensed(Numbered):
    """A work under a licence: who made it, and what it derives from."""

    license = columns.ForeignKey(License, default=CC_BY_SA_4)
    license_title = columns.Char(max_length=300, default="")
    license_object_url = columns.Char(max_length=200, default="")
    license_author = columns.Text(default="")
    license_author_url = columns.Char(max_length=200, default="")
    license_derivative_source_url = columns.Char(max_length=200, default="")


class RepetitionUnit(Numbered):
    """What a set is counted in: repetitions, a time or a distance.

    ``multiplier`` is the unit's size in seconds or metres.
    """

    name = columns.Char(max_length=100)
    unit_type = columns.Char(max_length=20, default="REPETITIONS")
    multiplier = columns.Integer(null=True)

    class Meta:
        table_name = "core_repetitionunit"
        ordering = ("unit_type", "name")


class WeightUnit(Numbered):
    """What a load is measured in."""

    name = columns.Char(max_length=100)

    class Meta:
        table_name = "core_weightunit"
        ordering = ("name",)


class Gym(Numbered):
    """A gym that users belong to."""

    name = columns.Char(max_length=60)
    phone = columns.Char(max_length=20, null=True)
    email = columns.Char(max_length=254, null=True)
    owner = columns.Char(max_length=100, null=True)
    zip_code = columns.Char(max_length=10, null=True)
    city = columns.Char(max_length=30, null=True)
    street = columns.Char(max_length=30, null=True)

    class Meta:
        table_name = "gym_gym"
        ordering = ("name",)


class GymConfig(Numbered):
    """The one row that says which gym new users belong to."""

    default_gym = columns.ForeignKey(Gym, null=True)

    class Meta:
        table_name = "config_gymconfig"


class UserProfile(Numbered):
    """What a user prefers and told us about their body and days (heights in cm, times in hours)."""

    user = columns.ForeignKey(User, unique=True, backref="+")
    user_id: int
    gym = columns.ForeignKey(Gym, null=True, cascade="null")
    is_temporary = columns.Boolean(default=False)
    workout_reminder_active = columns.Boolean(default=False)
    workout_reminder = columns.Integer(default=14)
    workout_duration = columns.Integer(default=12)
    last_workout_notification = columns.Date(null=True)
    notification_language = columns.ForeignKey(Language, default=ENGLISH)
    weight_rounding = columns.Decimals(4, 2, null=True)
    repetitions_rounding = columns.Decimals(4, 2, null=True)
    age = columns.Integer(null=True)
    birthdate = columns.Date(null=True)
    height = columns.Integer(null=True)
    gender = columns.Char(max_length=1, null=True, default="1")
    sleep_hours = columns.Integer(null=True, default=7)
    work_hours = columns.Integer(null=True, default=8)
    work_intensity = columns.Char(max_length=1, null=True, default="1")
    sport_hours = columns.Integer(null=True, default=3)
    sport_intensity = columns.Char(max_length=1, null=True, default="2")
    freetime_hours = columns.Integer(null=True, default=8)
    freetime_intensity = columns.Char(max_length=1, null=True, default="1")
    calories = columns.Integer(null=True, default=2500)
    weight_unit = columns.Char(max_length=2, default="kg")
    num_days_weight_reminder = columns.Integer(default=0)
    # An account that goes takes along no profile that its owner made.
    added_by = columns.ForeignKey(User, null=True, backref="+", cascade="null")
    can_add_user = columns.Boolean(default=False)
    trophies_enabled = columns.Boolean(default=True)
    time_zone = columns.Char(max_length=50, default="")

    class Meta:
        table_name = "core_userprofile"


def weight_unit_of(user: WithKey | None) -> str:
    """Return the unit ("kg" or "lb") that a user reads masses in; kg without a user or a profile."""
    unit = user and UserProfile.select(UserProfile.weight_unit).where(UserProfile.user == user.id).scalar()
    return unit or "kg"


class UserCache(Numbered):
    """When a user was last active."""

    user = columns.ForeignKey(User, unique=True, backref="+")
    last_activity = columns.Date(null=True)

    class Meta:
        table_name = "core_usercache"


MODELS = (Language, License, RepetitionUnit, WeightUnit, Gym, GymConfig, UserProfile, UserCache)
