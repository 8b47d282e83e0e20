"""What a category may be: its type, its group, what it is nested in."""

from __future__ import annotations

from uuid import UUID

from wger_flask.api import NOTHING, Call, Clause, Forbidden, Invalid, Selection, equals, insert, which_exist

from .metric_types import BODY_WEIGHT, CUSTOM, GROUP_OF, GROUPS, WEIGHT_UNITS, derived_key
from .models import Category, Measurement


def refuse_official(call: Call, row: Category) -> None:
    """Refuse to delete the category of body weight."""
    if call.method == "DELETE" and row.is_official:
        raise Forbidden("Official categories cannot be deleted")


def check_category(call: Call, data: dict, row: Category | None) -> dict[str, list[str]]:
    """Return what is wrong with the type and the parent in ``data``; a type that says the key leaves none to choose."""
    errors = {}
    wanted = data.get("metric_type")
    if row is not None and wanted is not None and wanted != row.metric_type:
        errors["metric_type"] = ["The metric type of a category cannot be changed"]
    if row is None and derived_key(call.required_user.id, wanted or CUSTOM) is not None:
        data.pop("id", None)
    if data.get("parent") is not None and (wrong := _wrong_with_parent(data["parent"], row)):
        errors["parent"] = [wrong]
    return errors


def _wrong_with_parent(parent, row: Category | None) -> str:
    if row is not None and parent == row.id:
        return "A category cannot be its own parent"
    asked = {
        "A category with subcategories cannot itself have a parent": Selection(
            Category, (equals(Category.parent, row.id) if row is not None else NOTHING,)
        ),
        "Categories can only be nested one level deep": Selection(
            Category, (equals(Category.id, parent), Clause(_is_nested))
        ),
        "A category with measurements cannot be used as a parent": Selection(
            Measurement, (equals(Measurement.category, parent),)
        ),
    }
    return next((words for words, exists in zip(asked, which_exist(list(asked.values())), strict=True) if exists), "")


def _is_nested():
    return Category.parent.is_null(False)


def prepare_category(call: Call, data: dict, row: Category | None) -> None:
    """Refuse types, groups and units that do not fit together; raises :class:`Invalid` for the first of them."""
    metric_type = row.metric_type if row is not None else data.get("metric_type", CUSTOM)
    parent = data.get("parent", row and row.parent_id)
    group = Category.get_or_none(Category.id == parent) if parent is not None else None
    if needed := GROUP_OF.get(metric_type):
        if group is None or group.metric_type != needed:
            raise Invalid({"parent": [f"A {metric_type} category must be part of a {needed} group"]})
    elif metric_type != CUSTOM and group is not None:
        raise Invalid({"parent": [f"A {metric_type} category cannot be nested"]})
    elif group is not None and group.metric_type in GROUPS:
        raise Invalid({"metric_type": [f"A {group.metric_type} group only holds its own components"]})
    unit = data.get("unit", row.unit if row is not None else "")
    if metric_type == BODY_WEIGHT and unit not in WEIGHT_UNITS:
        raise Invalid({"unit": ["Body weight categories only support kg and lb as unit"]})
    if row is None and metric_type != CUSTOM and _has(call.required_user.id, metric_type):
        raise Invalid({"metric_type": [f"You already have a {metric_type} category"]})
    if row is None and (key := derived_key(call.required_user.id, metric_type)):
        data["id"] = free(key)


def free(key: UUID) -> UUID:
    """Return ``key``, which a category is to have; raises :class:`Invalid` where another one has it already."""
    if Selection(Category, (equals(Category.id, key),)).exists():
        raise Invalid({"id": ["category with this id already exists."]})
    return key


def _has(user: int, metric_type: str) -> bool:
    return Selection(Category, (equals(Category.user, user), equals(Category.metric_type, metric_type))).exists()


def add_components(call: Call, row: Category, created: bool) -> None:
    """Make the components that a group lacks; those that exist are left alone."""
    components = GROUPS.get(row.metric_type)
    if not components:
        return
    present = {component.metric_type for component in Category.select().where(Category.parent == row.id)}
    for order, (kind, name) in enumerate(components.items()):
        if kind not in present and (key := derived_key(row.user_id, kind)) is not None:
            made = {"id": free(key), "user": row.user_id, "name": name, "unit": row.unit, "metric_type": kind}
            insert(Category(**made, parent=row.id, order=order))
