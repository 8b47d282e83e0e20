"""Measurements of the body, body weight among them, in categories that each user has."""

from __future__ import annotations

from uuid import UUID

from wger_flask.auth.models import User
from wger_flask.domain.exercises.models import Exercise
from wger_flask.storage import columns
from wger_flask.storage.model import Model, Numbered, declare_index
from wger_flask.storage.predicates import equals
from wger_flask.storage.query import Selection
from wger_flask.storage.types import Expression
from wger_flask.storage.value_series import declare_covering_index

from .metric_types import BODY_WEIGHT, CHART_TYPES, CUSTOM, METRIC_TYPES, SOURCES, USER

NOT_DYNAMIC = "NONE"


class Category(Model):
    """What a user measures, in which unit, and how it is drawn.

    ``is_official`` is the one category that body weight is kept in.
    """

    id = columns.UUID(primary_key=True, default=columns.uuid7)
    user = columns.ForeignKey(User)
    user_id: int
    name = columns.Char(max_length=100)
    unit = columns.Char(max_length=30, default="")
    metric_type = columns.Char(max_length=30, default=CUSTOM, choices=list(METRIC_TYPES.items()))
    chart_type = columns.Char(max_length=20, null=True, choices=list(CHART_TYPES.items()))
    chart_config = columns.Json(default=dict)
    parent = columns.ForeignKey("self", null=True, backref="children")
    parent_id: UUID | None
    order = columns.Integer(default=0)
    is_official = columns.Boolean(default=False)
    dynamic_type = columns.Char(max_length=20, default=NOT_DYNAMIC, index=True)
    dynamic_params = columns.Json(
        default=dict, references={"category_id": "self", "exercise_id": Exercise, "exercise_ids": Exercise}
    )

    class Meta:
        table_name = "measurements_category"
        ordering = ("order", "name")


class Measurement(Model):
    """A value of a category at a moment; ``extra_data`` may give its own unit, and the bounds of what it sums up."""

    id = columns.UUID(primary_key=True, default=columns.uuid7)
    category = columns.ForeignKey(Category)
    category_id: UUID
    date = columns.DateTime(default=columns.now)
    value = columns.Decimals(8, 2)
    notes = columns.Char(max_length=100, default="")
    source = columns.Char(max_length=10, default=USER, choices=list(SOURCES.items()))
    external_id = columns.UUID(null=True)
    extra_data = columns.Json(default=dict)

    class Meta:
        table_name = "measurements_measurement"
        ordering = ("-date", "-id")
        clashes = {
            ("category", "source", "external_id"): "The fields category, source, external_id must make a unique set."
        }


declare_index(
    Category, "unique_typed_category_per_user", "user", "metric_type", unique=True, where=f"metric_type <> '{CUSTOM}'"
)
declare_index(
    Measurement, "unique_external_measurement", "category", "source", "external_id", unique=True,
    where="external_id IS NOT NULL",
)  # fmt: skip
declare_index(Measurement, "measurement_category_date", "category", "-date", "-id")
declare_index(Measurement, "wger_flask_measurement_values", "category", "value", "date")


def own_unit() -> Expression:
    """Return the SQL expression for the unit that a measurement itself has, null for none."""
    return Measurement.extra_data.text("unit")


def bound(name: str) -> Expression:
    """Return the SQL expression for the ``min`` or ``max`` of what is summed up, null where it is no number."""
    return Measurement.extra_data.number(name)


declare_covering_index(
    Measurement, "wger_flask_measurement_sums", "category", "date", "value",
    expressions=lambda: (own_unit(), bound("min"), bound("max")),
)  # fmt: skip


class Calculation(Numbered):
    """On which day, of its owner, all entries of a calculated category were last calculated; null to do so again."""

    category = columns.ForeignKey(Category, index=False, backref="+")
    day = columns.Date(null=True)

    class Meta:
        table_name = "wger_flask_calculation"
        indexes = ((("category",), True),)


BODY_WEIGHT_NAME = "Body weight"


def official_category(user: int, unit: str = "kg") -> Category:
    """Return the category of a user's body weight; it is made, with ``unit``, where there is none."""
    of_weight = equals(Category.user, user), equals(Category.metric_type, BODY_WEIGHT)
    found = Selection(Category, of_weight).first()
    if not isinstance(found, Category):
        return Category.create(user=user, name=BODY_WEIGHT_NAME, unit=unit, metric_type=BODY_WEIGHT, is_official=True)
    if not found.is_official:  # there is no place for a second one
        found.is_official = True
        found.save(only=[Category.is_official])
    return found


MODELS = (Category, Measurement)
OWN_MODELS = (Calculation,)
