"""What a user told about themselves, and what they may do: ``userprofile`` and ``check-permission``.

A profile is no collection: every user has exactly one, at one URL.  It is made with the account;
for accounts that came without one (from a dump, say) it is made when it is first asked for.
"""

from __future__ import annotations

from datetime import date

from marshmallow import ValidationError

from wger_flask.api import (
    ApiError,
    Batch,
    Computed,
    Endpoints,
    Key,
    NoMatch,
    NotFound,
    Schema,
    Selection,
    advisory_lock,
    any_of,
    dumper,
    equals,
    fields,
    has_verified,
    private,
    request_verification,
    today,
    transaction,
)

from .models import ENGLISH, GymConfig, Language, UserCache, UserProfile

YOUNGEST, OLDEST = 10, 100
GENDERS = {"1": "Male", "2": "Female"}
INTENSITIES = {"1": "Low", "2": "Medium", "3": "High"}
WEIGHT_UNITS = {"kg": "Metric (kilogram)", "lb": "Imperial (pound)"}


def age_on(day: date, birthdate: date) -> int:
    """Return the age in full years on ``day``; born on 29 February, one grows older on 1 March."""
    return day.year - birthdate.year - ((day.month, day.day) < (birthdate.month, birthdate.day))


class Birthdate(fields.Date):
    """A date of birth of a user who is neither too young nor too old."""

    def _deserialize(self, value, attr, data, **kwargs):
        birthdate = super()._deserialize(value, attr, data, **kwargs)
        if not YOUNGEST <= age_on(today(), birthdate) <= OLDEST:
            raise ValidationError(f"{birthdate.isoformat()} is not a valid birthdate")
        return birthdate


def _verified(keys, context) -> dict[int, bool]:
    rows = Selection(UserProfile, (any_of(UserProfile.id, keys),)).rows(("id", "user", "user.email"))
    return {key: has_verified(user, email) for key, user, email in rows}


def _is_trustworthy(context, user) -> bool:
    return context.user is not None and context.user.id == user and context.user.is_trustworthy


def _hours(most: int, least: int = 1, **more) -> fields.Integer:
    return fields.Integer(min=least, max=most, allow_none=True, help="hours", **more)


class ProfileSchema(Schema):
    """A user's profile."""

    username = fields.String(attribute="user.username", dump_only=True)
    email = fields.String(attribute="user.email", dump_only=True)
    email_verified = Batch(_verified, otherwise=bool, describes=fields.Boolean())
    is_trustworthy = Computed(_is_trustworthy, of=("user",), describes=fields.Boolean())
    date_joined = fields.DateTime(attribute="user.date_joined", dump_only=True)
    gym = fields.Integer(dump_only=True, allow_none=True)
    weight_rounding = fields.Decimal(4, 2, allow_none=True)
    repetitions_rounding = fields.Decimal(4, 2, allow_none=True)
    is_temporary = fields.Boolean(dump_only=True)
    workout_reminder_active = fields.Boolean()
    workout_reminder = fields.Integer(min=1, max=30, help="days")
    workout_duration = fields.Integer(min=1, max=30, help="weeks")
    last_workout_notification = fields.Date(dump_only=True, allow_none=True)
    notification_language = Key(Language)
    age = fields.Integer(min=YOUNGEST, max=OLDEST, allow_none=True, help="years")
    birthdate = Birthdate(allow_none=True)
    height = fields.Integer(min=140, max=230, allow_none=True, help="cm")
    gender = fields.Choice(GENDERS, allow_none=True)
    sleep_hours = _hours(10, least=4)
    work_hours = _hours(15)
    work_intensity = fields.Choice(INTENSITIES, allow_none=True)
    sport_hours = _hours(30)
    sport_intensity = fields.Choice(INTENSITIES, allow_none=True)
    freetime_hours = _hours(15)
    freetime_intensity = fields.Choice(INTENSITIES, allow_none=True)
    calories = fields.Integer(min=1500, max=5000, allow_none=True, help="kcal a day")
    weight_unit = fields.Choice(WEIGHT_UNITS)
    num_days_weight_reminder = fields.Integer(min=0, max=30, help="days; 0 for never")
    time_zone = fields.TimeZone(help="yours, such as Europe/Berlin; empty for that of the server")


class OwnProfileSchema(ProfileSchema):
    """What a user brings from another server: also what no request tells; but not the gym, which is that server's."""

    trophies_enabled = fields.Boolean()


profile = Endpoints("userprofile", "Your profile.")
permissions = Endpoints("permissions", "What you may do.")


def show_profile(call):
    """Show your profile."""
    selection = own_profile(call)
    dump = dumper(ProfileSchema, UserProfile)
    rows = dump.of(selection, call.context)
    if not rows:
        with transaction():
            advisory_lock(f"profile of user {call.user.id}")
            if not selection.exists():
                make_profile(call.user.id)
        rows = dump.of(selection, call.context)
    return rows[0]


def own_profile(call) -> Selection:
    """Select the profile of the user who is logged in."""
    return Selection(UserProfile, (equals(UserProfile.user, call.user.id),))


def change_profile(call):
    """Change what you send of your profile; nothing is required."""
    store_profile(call.user.id, call.load(ProfileSchema, partial=True))
    return show_profile(call)


def store_profile(user: int, data: dict) -> None:
    """Store fields of a user's profile, which is made where there is none; an age follows from a date of birth."""
    row = UserProfile.get_or_none(UserProfile.user == user) or make_profile(user)
    birthdate = data.get("birthdate", row.birthdate)
    if birthdate and data.get("age", row.age) is None:
        data["age"] = age_on(today(), birthdate)
    for name, value in data.items():
        setattr(row, name, value)
    row.save()


profile.endpoint("userprofile", access=private, request=ProfileSchema, response=ProfileSchema, deprecated=("POST",))(
    {"GET": show_profile, "POST": change_profile, "PUT": change_profile, "PATCH": change_profile}
)


def take_profile(call, data):
    """Change your profile as an offline client has changed its copy; raises NotFound for a row that is not yours."""
    own = UserProfile.get_or_none(UserProfile.user == call.user.id)
    if "id" in data and str(data["id"]) != str(own and own.id):
        raise NotFound()  # written, say, by who had the phone before
    change_profile(call.on(profile.target("userprofile"), "PATCH", data))


@profile.endpoint("userprofile/verify-email", methods=("POST",), access=private, throttle="mail")
def verify_email(call):
    """Send yourself the letter that verifies your e-mail address."""
    row = request_verification(call.user.id)
    if row is None:
        return {"result": "not sent", "message": "The user has no associated email"}
    if row.verified:
        return {"status": "verified", "message": "This email is already verified"}
    return {"status": "sent", "message": f"A verification email was sent to {row.email}"}


@permissions.endpoint("check-permission")
def check_permission(call):
    """Tell whether you have the permission in ``?permission=``, such as ``exercises.add_exercise``."""
    wanted = call.args.get("permission")
    if wanted is None:
        raise ApiError("Please pass a permission name in the 'permission' parameter")
    return {"result": call.user is not None and call.user.may(wanted)}


# -- what belongs to every account ----------------------------------------------------------------
def furnish(user: int, language: str = "") -> None:
    """Make the profile and the cache row of a new user, who reads ``language``.

    Where the vocabulary is not loaded yet, the language that they read is unknown: the profile
    is made when it is first asked for.
    """
    UserCache.get_or_create(user=user)
    if Language.select(Language.id).exists():
        make_profile(user, language)


def make_profile(user: int, language: str = "") -> UserProfile:
    """Make the profile of a user, who trains at the site's gym where there is one."""
    config = GymConfig.select().first()
    gym = config.default_gym_id if config else None
    return UserProfile.create(user=user, notification_language=_language(language), gym=gym)


def _language(code: str) -> int:
    keys: dict[str, int] = dict(Selection(Language).rows((Language.short_name, Language.id)))
    if not keys:
        raise NoMatch(Language)
    return keys.get(code) or (ENGLISH if ENGLISH in keys.values() else min(keys.values()))


def is_temporary(user: int) -> bool:
    """Tell whether the account of ``user`` was only made to look around."""
    return Selection(UserProfile, (equals(UserProfile.user, user), equals(UserProfile.is_temporary, True))).exists()
