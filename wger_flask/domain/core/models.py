"""The vocabulary whose ids clients rely on, and what a person told us about themselves."""

from __future__ import annotations

from wger_flask.auth.models import User
from wger_flask.storage import fields
from wger_flask.storage.model import Model, abstract

ENGLISH = 2
CC_BY_SA_4 = 2
REPETITIONS = 1
KILOGRAMS = 1


class Language(Model):
    """A language of texts; clients know them by id."""

    id = fields.Auto()
    short_name = fields.Char(max_length=2, unique=True)
    full_name = fields.Char(max_length=30)
    full_name_en = fields.Char(max_length=30)

    class Meta:
        table_name = "core_language"
        label = "core.language"
        ordering = ("full_name",)


class License(Model):
    """A licence of contributions."""

    id = fields.Auto()
    full_name = fields.Char(max_length=60)
    short_name = fields.Char(max_length=15)
    url = fields.Char(max_length=200, null=True)

    class Meta:
        table_name = "core_license"
        label = "core.license"
        ordering = ("full_name",)


@abstract
class Licensed(Model):
    """A work under a licence: who made it, and what it derives from."""

    license = fields.ForeignKey(License, default=CC_BY_SA_4)
    license_title = fields.Char(max_length=300, default="")
    license_object_url = fields.Char(max_length=200, default="")
    license_author = fields.Text(default="")
    license_author_url = fields.Char(max_length=200, default="")
    license_derivative_source_url = fields.Char(max_length=200, default="")


class RepetitionUnit(Model):
    """What a set is counted in: repetitions, a time or a distance.

    ``multiplier`` is the unit's size in seconds or metres.
    """

    id = fields.Auto()
    name = fields.Char(max_length=100)
    unit_type = fields.Char(max_length=20, default="REPETITIONS")
    multiplier = fields.Integer(null=True)

    class Meta:
        table_name = "core_repetitionunit"
        label = "core.repetitionunit"
        ordering = ("unit_type", "name")


class WeightUnit(Model):
    """What a load is measured in."""

    id = fields.Auto()
    name = fields.Char(max_length=100)

    class Meta:
        table_name = "core_weightunit"
        label = "core.weightunit"
        ordering = ("name",)


class Gym(Model):
    """A gym that users belong to."""

    id = fields.Auto()
    name = fields.Char(max_length=60)
    phone = fields.Char(max_length=20, null=True)
    email = fields.Char(max_length=254, null=True)
    owner = fields.Char(max_length=100, null=True)
    zip_code = fields.Char(max_length=10, null=True)
    city = fields.Char(max_length=30, null=True)
    street = fields.Char(max_length=30, null=True)

    class Meta:
        table_name = "gym_gym"
        label = "gym.gym"
        ordering = ("name",)


class GymConfig(Model):
    """The one row that says which gym new users belong to."""

    id = fields.Auto()
    default_gym = fields.ForeignKey(Gym, null=True)

    class Meta:
        table_name = "config_gymconfig"
        label = "config.gymconfig"


class UserProfile(Model):
    """What a user prefers and told us about their body and days (heights in cm, times in hours)."""

    id = fields.Auto()
    user = fields.ForeignKey(User, unique=True, backref="+")
    gym = fields.ForeignKey(Gym, null=True, cascade="null")
    is_temporary = fields.Boolean(default=False)
    workout_reminder_active = fields.Boolean(default=False)
    workout_reminder = fields.Integer(default=14)
    workout_duration = fields.Integer(default=12)
    last_workout_notification = fields.Date(null=True)
    notification_language = fields.ForeignKey(Language, default=ENGLISH)
    weight_rounding = fields.Decimals(4, 2, null=True)
    repetitions_rounding = fields.Decimals(4, 2, null=True)
    age = fields.Integer(null=True)
    birthdate = fields.Date(null=True)
    height = fields.Integer(null=True)
    gender = fields.Char(max_length=1, null=True, default="1")
    sleep_hours = fields.Integer(null=True, default=7)
    work_hours = fields.Integer(null=True, default=8)
    work_intensity = fields.Char(max_length=1, null=True, default="1")
    sport_hours = fields.Integer(null=True, default=3)
    sport_intensity = fields.Char(max_length=1, null=True, default="2")
    freetime_hours = fields.Integer(null=True, default=8)
    freetime_intensity = fields.Char(max_length=1, null=True, default="1")
    calories = fields.Integer(null=True, default=2500)
    weight_unit = fields.Char(max_length=2, default="kg")
    num_days_weight_reminder = fields.Integer(default=0)
    added_by = fields.ForeignKey(User, null=True, backref="+")
    can_add_user = fields.Boolean(default=False)
    trophies_enabled = fields.Boolean(default=True)

    class Meta:
        table_name = "core_userprofile"
        label = "core.userprofile"


def weight_unit_of(user: User | None) -> str:
    """Return the unit ("kg" or "lb") that somebody sees masses in; kg for nobody, and where there is no profile yet."""
    found = user and UserProfile.select(UserProfile.weight_unit).where(UserProfile.user == user.id).scalar()
    return found or "kg"


class UserCache(Model):
    """When a user was last active."""

    id = fields.Auto()
    user = fields.ForeignKey(User, unique=True, backref="+")
    last_activity = fields.Date(null=True)

    class Meta:
        table_name = "core_usercache"
        label = "core.usercache"


MODELS = (Language, License, RepetitionUnit, WeightUnit, Gym, GymConfig, UserProfile, UserCache)
