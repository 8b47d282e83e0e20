"""Measurements of the body, in categories that each user makes."""

from __future__ import annotations

from wger_flask.auth.models import User
from wger_flask.storage import fields
from wger_flask.storage.model import Model


class Category(Model):
    """What a user measures, and in which unit."""

    id = fields.UUID(primary_key=True, default=fields.uuid7)
    user = fields.ForeignKey(User)
    name = fields.Char(max_length=100)
    unit = fields.Char(max_length=30)

    class Meta:
        table_name = "measurements_category"
        label = "measurements.category"
        ordering = ("-name",)


class Measurement(Model):
    """A value of a category at a moment."""

    id = fields.UUID(primary_key=True, default=fields.uuid7)
    category = fields.ForeignKey(Category)
    date = fields.DateTime(default=fields.now)
    value = fields.Decimals(6, 2)
    notes = fields.Char(max_length=100, default="")

    class Meta:
        table_name = "measurements_measurement"
        label = "measurements.measurement"
        ordering = ("-date",)


MODELS = (Category, Measurement)
