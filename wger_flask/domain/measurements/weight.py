"""Body weight: the measurements of the official category, in the unit of the profile, as clients knew them before."""

from __future__ import annotations

import json
from decimal import Decimal
from functools import lru_cache

from wger_flask.api import (
    WRITE,
    Call,
    Compare,
    Hooks,
    Invalid,
    Key,
    Resource,
    Schema,
    Selection,
    User,
    any_of,
    compared,
    exact,
    fields,
    one_of,
    owned_by,
)
from wger_flask.domain.core.models import UserProfile
from wger_flask.engine.body_weight import LIMITS, converted

from .measurement_rules import refuse_calculated, refuse_change
from .models import Measurement, official_category


class Weight(fields.Decimal):
    """A weight in the unit of its owner's profile; the column holds it in the unit that its row names."""

    def column(self, builder, name):
        places = [builder.index(path) for path in ("category.user", "value", "extra_data", "category.unit")]

        def column(raw, context, loaded):
            owners, *stored = (raw[place] for place in places)
            asking = context.user
            if set(owners) == {asking and asking.id}:  # as nearly always: their unit came with them
                units = {asking.id: asking.weight_unit}
            else:
                units = _units(list(set(owners)))
            return [_shown(units.get(owner), *values) for owner, *values in zip(owners, *stored, strict=True)]

        return column


def _units(users: list[int]) -> dict[int, str]:
    """Return the units in which users see weights."""
    return dict(Selection(UserProfile, (any_of(UserProfile.user, users),)).rows(("user", "weight_unit")))


def _shown(wanted: str | None, value, extra_data, category_unit: str) -> str:
    named = _unit_in(extra_data) if isinstance(extra_data, str) else (extra_data or {}).get("unit")
    return _spelled(value, named or category_unit, wanted or "kg")


@lru_cache(256)
def _unit_in(extra_data: str) -> str | None:
    return json.loads(extra_data).get("unit")


@lru_cache(4096)
def _spelled(value: float | Decimal, unit: str, wanted: str) -> str:
    return f"{converted(Decimal(str(value)), unit, wanted):.2f}"


class WeightEntrySchema(Schema):
    """A weight at a moment."""

    id = fields.UUID(help="chosen by the server unless given")
    date = fields.DateTime(help="now unless given")
    weight = Weight(8, 2, attribute="value", required=True, help="in the unit of your profile")
    user = Key(User, attribute="category.user", dump_only=True)


def in_official_category(call: Call, data: dict, row: Measurement | None) -> None:
    """Complete a weight: it is in the profile's unit, and belongs to the official category."""
    refuse_change(row)
    if "value" not in data:
        return
    unit = getattr(call.user, "weight_unit", None) or "kg"
    low, high = LIMITS[unit]
    if not low <= data["value"] <= high:
        raise Invalid({"weight": [f"Weight must be between {low} and {high} {unit}"]})
    data["extra_data"] = {**(row.extra_data if row else {}), "unit": unit}
    if row is None:
        data["category"] = official_category(call.required_user.id, unit)


def furnish(user: int, language: str = "") -> None:
    """Make the official category of a new user, in the unit of their profile."""
    official_category(user, _units([user]).get(user, "kg"))


weightentry = Resource(
    "weightentry",
    Measurement,
    WeightEntrySchema,
    group="Weight",
    label="Body weight",
    row_title="weight entry",
    about="What you weighed, and when.",
    cache="private",
    methods=WRITE,
    filters={"id": (exact, one_of), "weight": Compare(compared, column="value"), "date": compared},
    ordering=("date", "id"),
    owner=owned_by("category.user"),
    only={"category.is_official": True},
    hooks=Hooks(prepare=in_official_category, change=refuse_calculated),
    view="chart:date:weight",
)
