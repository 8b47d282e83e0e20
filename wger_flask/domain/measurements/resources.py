"""Measurements of the body: values at moments, in categories that users make for themselves."""

from __future__ import annotations

from wger_flask.api import WRITE, Call, Compare, Hooks, Resource, compared, exact, one_of, owned_by

from . import aggregates, dynamic_types
from .category_rules import add_components, check_category, prepare_category, refuse_official
from .measurement_rules import check_measurement, prepare_measurement, refuse_calculated
from .models import Category, Measurement
from .schemas import MeasurementCategorySchema, MeasurementSchema


def prepare(call: Call, data: dict, row: Category | None) -> None:
    """Complete a category, and refuse what does not fit together: what it is calculated from at last."""
    prepare_category(call, data, row)
    dynamic_types.check_calculation(call.required_user.id, data, row)


category = Resource(
    "measurement-category", Category, MeasurementCategorySchema,
    label="Kinds of measurements",
    about="What you measure, and in which unit.",
    methods=WRITE,
    filters={
        "id": exact, "name": exact, "unit": exact, "metric_type": exact, "parent": exact,
        "is_official": Compare(exact, spelling="any"),
    },
    owner=owned_by("user", checks={"parent": "user"}),
    hooks=Hooks(check=check_category, prepare=prepare, saved=add_components, change=refuse_official),
    actions=(dynamic_types.ACTION,),
    view="measured",
)  # fmt: skip

measurement = Resource(
    "measurement",
    Measurement,
    MeasurementSchema,
    label="Measurements",
    about="What you measured, and when.",
    methods=WRITE,
    filters={"id": (exact, one_of), "category": (exact, one_of), "date": compared, "source": exact},
    owner=owned_by("category.user", checks={"category": "user"}),
    hooks=Hooks(check=check_measurement, prepare=prepare_measurement, change=refuse_calculated),
    actions=aggregates.ACTIONS,
    view="measurements",
)

RESOURCES = (measurement, category)
