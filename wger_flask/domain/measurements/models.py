"""Measurements of the body, in categories that each user makes."""

from __future__ import annotations

from wger_flask.auth.models import User
from wger_flask.storage import columns
from wger_flask.storage.model import Model


class Category(Model):
    """What a user measures, and in which unit."""

    id = columns.UUID(primary_key=True, default=columns.uuid7)
    user = columns.ForeignKey(User)
    name = columns.Char(max_length=100)
    unit = columns.Char(max_length=30)

    class Meta:
        table_name = "measurements_category"
        label = "measurements.category"
        ordering = ("-name",)


class Measurement(Model):
    """A value of a category at a moment."""

    id = columns.UUID(primary_key=True, default=columns.uuid7)
    category = columns.ForeignKey(Category)
    date = columns.DateTime(default=columns.now)
    value = columns.Decimals(6, 2)
    notes = columns.Char(max_length=100, default="")

    class Meta:
        table_name = "measurements_measurement"
        label = "measurements.measurement"
        ordering = ("-date",)


MODELS = (Category, Measurement)
