"""Body weight: the simplest thing that a user owns."""

from __future__ import annotations

from wger_flask.api import (
    WRITE,
    Call,
    Hooks,
    Invalid,
    Key,
    Resource,
    Schema,
    Selection,
    User,
    compared,
    equals,
    exact,
    fields,
    one_of,
    owned_by,
)

from .models import WeightEntry


class WeightEntrySchema(Schema):
    """A weight at a moment."""

    id = fields.Integer(dump_only=True)
    date = fields.DateTime(required=True)
    weight = fields.Decimal(5, 2, required=True, min=30, max=600, help="in the unit of your profile")
    user = Key(User, dump_only=True)


def one_a_moment(call: Call, data: dict, row: WeightEntry | None) -> None:
    """Refuse a second weight for a moment at which there is one."""
    moment = data.get("date")
    if moment is None:
        return
    found = Selection(WeightEntry, (equals(WeightEntry.user, call.user.id), equals(WeightEntry.date, moment))).keys()
    if found and (row is None or found != [row.id]):
        raise Invalid({"date": [WeightEntry._meta.clashes["date", "user"]]})


weightentry = Resource(
    "weightentry", WeightEntry, WeightEntrySchema,
    label="Body weight",
    about="What you weighed, and when.",
    methods=WRITE,
    filters={"id": (exact, one_of), "weight": compared, "date": compared},
    owner=owned_by("user"),
    hooks=Hooks(prepare=one_a_moment),
    view="chart:date:weight",
)  # fmt: skip

RESOURCES = (weightentry,)
