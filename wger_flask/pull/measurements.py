"""Copy measurements, and the body weights that were a list of their own before 2.7.0."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..domain.core.models import UserProfile
from ..domain.exercises.models import Exercise
from ..domain.measurements.dynamic_types import DYNAMIC_TYPES, is_there, own_entries
from ..domain.measurements.metric_types import BODY_WEIGHT, CALCULATED, CUSTOM, WEIGHT_UNITS, derived_key
from ..domain.measurements.models import NOT_DYNAMIC, Category, Measurement, official_category
from ..storage.database import transaction
from ..storage.keys import parse_uuid
from ..storage.model import columns_of
from ..storage.predicates import equals
from ..storage.query import Selection
from .own import CATEGORIES, MEASUREMENTS, WEIGHTS
from .own_rows import OwnRows
from .state import read_page
from .values import NotTaken, nowhere, value_of

_FORMER = "weight.weightentry"
_KEPT = ("unit", "metric_type")  # of a typed category that is here: values are in its unit


def copy(own: OwnRows) -> None:
    """Copy categories and their entries; what is calculated is calculated here."""
    pages = own.state.pages(CATEGORIES.path, {"limit": 900, "ordering": "id"}, is_kept=False)
    there = {str(row.get("id")): row for page in pages for row in page.rows}
    own.copy(CATEGORIES, lambda said, values: _category(own, said, values), keeps_pages=False)
    for row in there.values():
        _calculate(own, row)
    own.copy(MEASUREMENTS, lambda said, values: _entry(said, values, there.get(str(said.get("category")), {})))
    _copy_former_weights(own)


def _category(own: OwnRows, said: Mapping[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    """Complete a category: one of each type, and of each name, is there already."""
    kind = values.get("metric_type", CUSTOM)
    if str(said.get("id")) in own.state.known("measurements.category"):
        return {name: value for name, value in values.items() if kind == CUSTOM or name not in _KEPT}
    if kind == BODY_WEIGHT:
        unit = values.get("unit")
        return {"__key__": official_category(own.user, unit if unit in WEIGHT_UNITS else "kg").id}
    of_user = equals(Category.user, own.user)
    if kind != CUSTOM:
        found = Selection(Category, (of_user, equals(Category.metric_type, kind))).rows((Category.id,), 1)
        return {"__key__": found[0][0]} if found else values | {"__key__": derived_key(own.user, kind)}
    key = parse_uuid(said.get("id"))
    if key is not None and Selection(Category, (of_user, equals(Category.id, key))).exists():
        return values
    copied = {found.local for found in own.state.known("measurements.category").values()}
    alike = equals(Category.name, values.get("name", "")), equals(Category.unit, values.get("unit", ""))
    custom = equals(Category.metric_type, CUSTOM), equals(Category.dynamic_type, NOT_DYNAMIC)
    for (found_key,) in Selection(Category, (of_user, *alike, *custom), ("id",)).rows((Category.id,)):
        if str(found_key) not in copied and said.get("dynamic_type", NOT_DYNAMIC) == NOT_DYNAMIC:
            return {"__key__": found_key}
    return values


def _entry(said: Mapping[str, Any], values: dict[str, Any], category: Mapping[str, Any]) -> dict[str, Any] | None:
    """Complete an entry; what was calculated over there is left out, a weight has the unit of its category there."""
    if said.get("source") == CALCULATED and category.get("dynamic_type", NOT_DYNAMIC) != NOT_DYNAMIC:
        return None
    extra = values.get("extra_data", {})
    if not isinstance(extra, dict) or values["value"] < 0:
        raise NotTaken("extra_data is no object, or value below zero")
    if category.get("metric_type") == BODY_WEIGHT and not extra.get("unit") and category.get("unit") in WEIGHT_UNITS:
        values["extra_data"] = {**extra, "unit": category["unit"]}
    return values


def _calculate(own: OwnRows, row: Mapping[str, Any]) -> None:
    """Let a category be calculated as it was over there, from the rows here that are those."""
    kind, params = row.get("dynamic_type"), row.get("dynamic_params")
    key = own.find(Category, row.get("id"))
    if kind not in DYNAMIC_TYPES or not isinstance(params, dict) or key is None:
        return
    found = _params_here(own, params)
    with own.state.writing():
        category = Selection(Category, (equals(Category.id, key),)).first()
        if not isinstance(category, Category) or category.dynamic_type != NOT_DYNAMIC:
            return
        if found is None:
            own.state.report.leave_out(f"calculation of {category.name!r}", "what it is calculated from is not here")
        elif not is_there(own.user, kind, found, category) and not own_entries(key).exists():
            Category.update(dynamic_type=kind, dynamic_params=found).where(Category.id == key).execute()


def _params_here(own: OwnRows, params: Mapping[str, Any]) -> dict[str, Any] | None:
    found = dict(params)
    if "category_id" in found:
        key = own.find(Category, found["category_id"])
        found["category_id"] = None if key is None else str(key)
    if "exercise_id" in found:
        found["exercise_id"] = own.find(Exercise, found["exercise_id"])
    if isinstance(found.get("exercise_ids"), list):
        keys = [own.find(Exercise, key) for key in found["exercise_ids"]]
        found["exercise_ids"] = None if None in keys else keys
    return None if None in found.values() else found


def _copy_former_weights(own: OwnRows) -> None:
    """Copy the weights of releases before 2.7.0, which have numbers; later ones show measurements there."""
    first = read_page(own.state.client.get("weightentry/?limit=1&ordering=id").data, WEIGHTS.path).rows
    if not first or type(first[0].get("id")) is not int:
        return
    unit = own.profile.get("weight_unit")
    unit = unit if unit in WEIGHT_UNITS else "kg"
    units = Selection(UserProfile, (equals(UserProfile.user, own.user),)).rows((UserProfile.weight_unit,), 1)
    with transaction():
        category = official_category(own.user, units[0][0] if units else unit).id

    def complete(said: dict[str, Any], values: dict[str, Any]) -> dict[str, Any] | None:
        value = value_of(columns_of(Measurement)["value"], said.get("weight"), nowhere)
        if not value:
            return None
        if "date" not in values:
            raise NotTaken("date is missing")
        made = {**values, "value": value, "category": category, "extra_data": {"unit": unit}}
        same = (
            equals(Measurement.category, category),
            equals(Measurement.date, values["date"]),
            equals(Measurement.value, value),
        )
        known = str(said.get("id")) in own.state.known(_FORMER)
        found = [] if known else Selection(Measurement, same).rows((Measurement.id,), 1)
        return made | ({"__key__": found[0][0]} if found else {})

    own.copy(WEIGHTS, complete, label=_FORMER)
