"""What a measurement may be: where it belongs, in which unit, between which limits."""

from __future__ import annotations

from marshmallow import ValidationError

from wger_flask.api import Call, Forbidden, Invalid, Selection, clashes_of, equals

from .metric_types import BODY_WEIGHT, CALCULATED, GROUPS, USER, WEIGHT_UNITS, limits_of
from .models import NOT_DYNAMIC, Category, Measurement

MAINTAINED = "A calculated entry is maintained by the server"


def refuse_calculated(call: Call, row: Measurement) -> None:
    """Refuse to delete what the server calculated."""
    if call.method == "DELETE" and row.source == CALCULATED:
        raise Forbidden(MAINTAINED)


def refuse_change(row: Measurement | None) -> None:
    """Refuse to change what the server calculated."""
    if row is not None and row.source == CALCULATED:
        raise Invalid({"non_field_errors": [MAINTAINED]})


def check_bounds(extra_data: dict) -> None:
    """Raise ValidationError where ``min`` or ``max`` of what an entry sums up is neither a number nor null."""
    for name in ("min", "max"):
        value = extra_data.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise ValidationError(f"The {name} of an aggregate has to be a number, not {type(value).__name__}")


def check_measurement(call: Call, data: dict, row: Measurement | None) -> dict[str, list[str]]:
    """Return why nothing can be entered in the category of ``data``, by field."""
    category = _category(data["category"]) if data.get("category") else None
    wrong = _wrong_with_category(category) if category is not None else ""
    return {"category": [wrong]} if wrong else {}


def _category(key: object) -> Category | None:
    found = Selection(Category, (equals(Category.id, key),)).first()
    return found if isinstance(found, Category) else None


def _wrong_with_category(category: Category) -> str:
    if Selection(Category, (equals(Category.parent, category.id),)).exists():
        return "Measurements cannot be added to a category with subcategories"
    if category.metric_type in GROUPS:
        return f"Measurements cannot be added to a {category.metric_type} category, they belong in its components"
    if category.dynamic_type != NOT_DYNAMIC:
        return "The entries of a calculated category are maintained by the server"
    return ""


def prepare_measurement(call: Call, data: dict, row: Measurement | None) -> None:
    """Check unit and limits, and that no other entry has the external id; a new weight without a unit gets one."""
    category = _category(data["category"] if row is None or "category" in data else row.category_id)
    assert category is not None  # what a row refers to was looked up
    extra = data.get("extra_data", row.extra_data if row is not None else {})
    _check_external_id(data, row, category)
    refuse_change(row)
    if category.metric_type == BODY_WEIGHT and ("extra_data" in data or "category" in data):
        if extra.get("unit") is not None and extra["unit"] not in WEIGHT_UNITS:
            raise Invalid({"extra_data": ["Body weight entries only support kg and lb as unit"]})
    limits = _limits(category, extra)
    if "value" in data or row is not None and limits != _limits(row.category, row.extra_data):
        low, high = limits
        if not low <= data.get("value", row and row.value) <= high:
            raise Invalid({"value": [f"Value must be between {low} and {high}"]})
    if row is None and category.metric_type == BODY_WEIGHT and extra.get("unit") is None:
        data["extra_data"] = {**extra, "unit": category.unit}


def _limits(category: Category, extra_data: dict) -> tuple:
    return limits_of(category.metric_type, extra_data.get("unit") or category.unit)


def _check_external_id(data: dict, row: Measurement | None, category: Category) -> None:
    external_id = data.get("external_id", row and row.external_id)
    if external_id is None:
        return
    source = data.get("source", row.source if row is not None else USER)
    same = (
        equals(Measurement.category, category.id),
        equals(Measurement.source, source),
        equals(Measurement.external_id, external_id),
    )
    keys = Selection(Measurement, same).keys()
    if keys and (row is None or keys != [row.id]):
        raise Invalid({"non_field_errors": [clashes_of(Measurement)["category", "source", "external_id"]]})
