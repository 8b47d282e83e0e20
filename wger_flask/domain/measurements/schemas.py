"""What categories and measurements look like on the wire."""

from __future__ import annotations

from wger_flask.api import Key, Schema, fields

from .dynamic_types import CHOICES
from .measurement_rules import check_bounds
from .metric_types import CHART_TYPES, METRIC_TYPES, SOURCES, USER
from .models import Category

_MOST_JSON = 1000  # bytes


class MeasurementCategorySchema(Schema):
    """Something that is measured."""

    id = fields.UUID(help="chosen by the server unless given")
    name = fields.String(required=True, max_length=100)
    unit = fields.String(max_length=30, blank=True)
    metric_type = fields.Choice(METRIC_TYPES, help="custom unless given; cannot be changed")
    chart_type = fields.Choice(CHART_TYPES, allow_none=True, blank=True, help="how it is drawn")
    chart_config = fields.Json(most=_MOST_JSON, is_object=True, help="what clients keep about the chart")
    parent = Key(Category, allow_none=True, help="the group that it is part of")
    order = fields.Integer()
    is_official = fields.Boolean(dump_only=True, help="whether body weight is kept in it")
    dynamic_type = fields.Choice(CHOICES, label="Calculated", help="NONE unless given; cannot be changed")
    dynamic_params = fields.Json(most=_MOST_JSON, label="Calculated from", help="see dynamic-types/")


class MeasurementSchema(Schema):
    """A value at a moment."""

    id = fields.UUID(help="chosen by the server unless given")
    category = Key(Category, required=True)
    date = fields.DateTime(help="now unless given")
    value = fields.Decimal(8, 2, required=True, min=0, as_number=True, help="in the unit of the category")
    notes = fields.String(max_length=100, blank=True)
    source = fields.Choice(SOURCES, load_default=USER, help="where it comes from; user unless given")
    external_id = fields.UUID(allow_none=True, load_default=None, help="what its source calls it")
    extra_data = fields.Json(
        most=_MOST_JSON, is_object=True, validate=check_bounds, help="a unit of its own; min and max of what it sums up"
    )
