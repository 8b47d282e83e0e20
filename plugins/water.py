"""Record how much water you drink: a resource of its own, in one file.

A plugin is what a core subject is: a model, a schema, a declaration and a function that
registers them.  ``docs/plugins.md`` builds this one step by step.
"""

from __future__ import annotations

from wger_flask.api import (
    WRITE,
    Model,
    Resource,
    Schema,
    User,
    columns,
    compared,
    exact,
    fields,
    on_date,
    one_of,
    owned_by,
)


class Glass(Model):
    """Some water that a user drank."""

    id = columns.Auto()
    user = columns.ForeignKey(User)
    date = columns.DateTime(default=columns.now, index=True)
    amount = columns.Integer()
    note = columns.Char(max_length=100, default="")

    class Meta:
        table_name = "plugin_water_glass"
        title = "glass of water"
        ordering = ("-date",)


class GlassSchema(Schema):
    """Some water at a moment."""

    id = fields.Integer(dump_only=True)
    date = fields.DateTime()
    amount = fields.Integer(required=True, min=1, max=5000, help="millilitres")
    note = fields.String(blank=True, max_length=100)


water = Resource(
    "water",
    Glass,
    GlassSchema,
    label="Water",
    about="How much water you drank, and when.",
    group="Body",
    methods=WRITE,
    filters={"id": (exact, one_of), "date": (*compared, on_date), "amount": compared},
    owner=owned_by("user"),
    view="chart:date:amount",
    sync="user_activity",
)


def register(registry) -> None:
    """Register the plugin's table and its resource."""
    registry.add_models(Glass)
    registry.add(water)
