"""Measurements of the body: values at moments, in categories that users make for themselves."""

from __future__ import annotations

from wger_flask.api import WRITE, Key, Resource, Schema, compared, exact, fields, one_of, owned_by

from .models import Category, Measurement


class MeasurementCategorySchema(Schema):
    """Something that is measured."""

    id = fields.UUID(help="chosen by the server unless given")
    name = fields.String(required=True, max_length=100)
    unit = fields.String(required=True, max_length=30)


class MeasurementSchema(Schema):
    """A value at a moment."""

    id = fields.UUID(help="chosen by the server unless given")
    category = Key(Category, required=True)
    date = fields.DateTime(help="now unless given")
    value = fields.Decimal(6, 2, required=True, min=0, max=5000, as_number=True, help="in the unit of the category")
    notes = fields.String(max_length=100, blank=True)


category = Resource(
    "measurement-category", Category, MeasurementCategorySchema,
    label="Kinds of measurements",
    about="What you measure, and in which unit.",
    methods=WRITE,
    filters={"id": exact, "name": exact, "unit": exact},
    owner=owned_by("user", checks={}),
    view="measured",
)  # fmt: skip

measurement = Resource(
    "measurement", Measurement, MeasurementSchema,
    label="Measurements",
    about="What you measured, and when.",
    methods=WRITE,
    filters={"id": (exact, one_of), "category": (exact, one_of), "date": compared},
    owner=owned_by("category.user", checks={"category": "user"}),
    view="measurements",
)  # fmt: skip

RESOURCES = (measurement, category)
