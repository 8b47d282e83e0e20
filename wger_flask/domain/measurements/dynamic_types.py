"""Calculated categories: what can be calculated, from which parameters, and what is refused."""

from __future__ import annotations

import uuid as uuids
from dataclasses import asdict, dataclass

from wger_flask.api import Action, Call, Clause, Invalid, Schema, Selection, any_of, columns, equals, fields
from wger_flask.domain.exercises.models import Exercise
from wger_flask.engine.body import is_length

from .metric_types import CALCULATED, CUSTOM
from .models import NOT_DYNAMIC, Category, Measurement

BMI, WHTR, ONE_REP_MAX, ONE_RM_TOTAL = "BMI", "WHTR", "ONE_REP_MAX", "ONE_RM_TOTAL"
_REPETITIONS = {"type": "integer", "minimum": 1, "maximum": 10}
_EXERCISE = {"type": "integer", "minimum": 1}


@dataclass(frozen=True, slots=True)
class DynamicType:
    """Something that can be calculated; ``params_schema`` is the JSON schema of what it is calculated from."""

    value: str
    label: str
    params_schema: dict


DYNAMIC_TYPES = {
    found.value: found
    for found in (
        DynamicType(BMI, "BMI", {"type": "object", "additionalProperties": False}),
        DynamicType(WHTR, "Waist-to-height ratio", {
            "type": "object", "properties": {"category_id": {"type": "string"}}, "required": ["category_id"],
            "additionalProperties": False,
        }),
        DynamicType(ONE_REP_MAX, "1RM", {
            "type": "object", "properties": {"exercise_id": _EXERCISE, "max_reps": _REPETITIONS},
            "required": ["exercise_id"], "additionalProperties": False,
        }),
        DynamicType(ONE_RM_TOTAL, "1RM total", {
            "type": "object",
            "properties": {
                "exercise_ids": {
                    "type": "array", "items": _EXERCISE, "minItems": 2, "maxItems": 5, "uniqueItems": True,
                },
                "max_reps": _REPETITIONS,
                "window_days": {"type": "integer", "minimum": 7, "maximum": 120},
            },
            "required": ["exercise_ids"], "additionalProperties": False,
        }),
    )
}  # fmt: skip
CHOICES = {NOT_DYNAMIC: "No: values are entered"} | {found.value: found.label for found in DYNAMIC_TYPES.values()}


class DynamicTypeSchema(Schema):
    """Something that can be calculated."""

    value = fields.String()
    label = fields.String()
    params_schema = fields.Json(help="the JSON schema of its parameters")


def list_types(call: Call) -> list[dict]:
    """Answer ``measurement-category/dynamic-types/``."""
    return [asdict(dynamic_type) for dynamic_type in DYNAMIC_TYPES.values()]


ACTION = Action(
    "dynamic-types", list_types, detail=False, schema=DynamicTypeSchema, many=True, label="What can be calculated",
    about="What can be calculated from other measurements or from training, and the parameters that it takes.",
)  # fmt: skip


# -- what is refused -----------------------------------------------------------------------------------
def check_calculation(user: int, data: dict, row: Category | None) -> None:
    """Check what a category of ``user`` is calculated from; parameters of one that is not are dropped.

    ``data`` is what was sent, ``row`` the category as it was, None for a new one.  What stays as it was is not
    checked again, whatever became of what it refers to.  Raises :class:`~wger_flask.api.Invalid`.
    """
    before = row.dynamic_type if row else NOT_DYNAMIC
    kind = data.get("dynamic_type", before)
    if before not in (NOT_DYNAMIC, kind):
        raise Invalid({"dynamic_type": ["The calculation of a category cannot be changed"]})
    if kind == NOT_DYNAMIC:
        if "dynamic_params" in data:
            data["dynamic_params"] = {}
        return
    params = data.get("dynamic_params", row.dynamic_params if row else {})
    if row and kind == before and params == row.dynamic_params:
        return
    metric_type = row.metric_type if row else data.get("metric_type", CUSTOM)
    if metric_type != CUSTOM:
        raise Invalid({"dynamic_type": [f"A {metric_type} category cannot be calculated"]})
    if row and own_entries(row.id).exists():
        said = "The category holds entries of its own, move or delete them before calculating it"
        raise Invalid({"dynamic_type": [said]})
    if is_there(user, kind, params, row):
        said = f"You already have a {DYNAMIC_TYPES[kind].label} category with these settings"
        raise Invalid({"dynamic_type": [said]})
    if wrong := _complaint(kind, params) or _MEANINGS[kind](user, params):
        raise Invalid({"dynamic_params": [wrong]})


def own_entries(category) -> Selection:
    """Return what was entered in a category, and not calculated."""
    return Selection(Measurement, (equals(Measurement.category, category), Clause(_is_entered, (CALCULATED,))))


def source_of(params: dict) -> uuids.UUID | None:
    """Return the key of the category that parameters name, None for what can be none."""
    try:
        return uuids.UUID(params["category_id"])
    except ValueError:
        return None


def _is_entered(slot):
    return Measurement.source != slot


def is_there(user: int, kind: str, params, row: Category | None) -> bool:
    """Return whether a user has another category than ``row`` that is calculated from the same."""
    same = Selection(Category, (equals(Category.user, user), equals(Category.dynamic_type, kind))).instances()
    return any(other.dynamic_params == params and (row is None or other.id != row.id) for other in same)


def _complaint(kind: str, params) -> str | None:
    """Return what is wrong with the shape of parameters."""
    from jsonschema import Draft202012Validator  # takes a while and some memory: only who calculates needs it
    from jsonschema.exceptions import best_match

    error = best_match(Draft202012Validator(DYNAMIC_TYPES[kind].params_schema).iter_errors(params))
    return error and error.message


def _nothing(user: int, params: dict) -> None:
    """A body mass index needs no more than it has."""


def _no_source(user: int, params: dict) -> str | None:
    key = source_of(params)
    source = None if key is None else Category.get_or_none(Category.id == key, Category.user == user)
    if source is None:
        return "The source category does not exist"
    if source.dynamic_type != NOT_DYNAMIC:
        return "A calculated category cannot be the source of another one"
    return None if is_length(source.unit) else "The source category has to be measured in a length unit"


def _no_exercise(user: int, params: dict) -> str | None:
    return None if _exist([params["exercise_id"]]) else "The exercise does not exist"


def _no_exercises(user: int, params: dict) -> str | None:
    return None if _exist(params["exercise_ids"]) else "One or more of the exercises do not exist"


def _exist(keys: list[int | float]) -> bool:
    if not all(columns.storable(int(key)) for key in keys):
        return False
    return Selection(Exercise, (any_of(Exercise.id, [int(key) for key in keys]),)).count() == len(keys)


_MEANINGS = {BMI: _nothing, WHTR: _no_source, ONE_REP_MAX: _no_exercise, ONE_RM_TOTAL: _no_exercises}
