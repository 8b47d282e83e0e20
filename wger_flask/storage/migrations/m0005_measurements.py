"""Give categories of measurements types, and keep body weights as measurements of an official category.

Each account gets one official category, in the unit of its profile.
"""

from __future__ import annotations

from peewee import Field

from .. import alter, columns
from ..body_weights import add_official_categories, move_weights
from ..dialects.base import Database
from ..model import Model

CATEGORY, MEASUREMENT = "measurements_category", "measurements_measurement"


class _Category(Model):
    id = columns.UUID(primary_key=True)

    class Meta:
        table_name = CATEGORY


def apply(database: Database) -> None:
    """Add the columns and indexes that are missing, official categories, and what the old table of weights has."""
    categories: list[tuple[str, Field]] = [
        ("metric_type", columns.Char(max_length=30, default="custom")),
        ("chart_type", columns.Char(max_length=20, null=True)),
        ("chart_config", columns.Json(default=dict)),
        ("parent", columns.ForeignKey(_Category, null=True, on_delete="NO ACTION", backref="+")),
        ("order", columns.Integer(default=0)),
        ("is_official", columns.Boolean(default=False)),
        ("dynamic_type", columns.Char(max_length=20, default="NONE", index=True)),
        ("dynamic_params", columns.Json(default=dict)),
    ]
    measurements: list[tuple[str, Field]] = [
        ("source", columns.Char(max_length=10, default="user")),
        ("external_id", columns.UUID(null=True)),
        ("extra_data", columns.Json(default=dict)),
    ]
    for name, column in categories:
        alter.add_column(CATEGORY, name, column)
    for name, column in measurements:
        alter.add_column(MEASUREMENT, name, column)
    alter.widen_decimals(MEASUREMENT, "value", 8, 2)
    typed, name = "metric_type <> 'custom'", "unique_typed_category_per_user"
    alter.add_index(CATEGORY, "user_id", "metric_type", unique=True, name=name, where=typed)
    external, name = "external_id IS NOT NULL", "unique_external_measurement"
    alter.add_index(MEASUREMENT, "category_id", "source", "external_id", unique=True, name=name, where=external)
    alter.add_index(MEASUREMENT, "category_id", "-date", "-id", name="measurement_category_date")
    add_official_categories()
    move_weights()
