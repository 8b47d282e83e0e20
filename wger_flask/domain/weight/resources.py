"""Body weight: the simplest thing that a user owns."""

from __future__ import annotations

from wger_flask.api import WRITE, Key, Resource, Schema, User, compared, exact, fields, one_of, owned_by

from .models import WeightEntry


class WeightEntrySchema(Schema):
    """A weight at a moment."""

    id = fields.Integer(dump_only=True)
    date = fields.DateTime(required=True)
    weight = fields.Decimal(5, 2, required=True, min=30, max=600, help="in the unit of your profile")
    user = Key(User, dump_only=True)


weightentry = Resource(
    "weightentry", WeightEntry, WeightEntrySchema,
    about="What you weighed, and when.",
    methods=WRITE,
    filters={"id": (exact, one_of), "weight": compared, "date": compared},
    owner=owned_by("user"),
    view="chart:date:weight",
)  # fmt: skip

RESOURCES = (weightentry,)
