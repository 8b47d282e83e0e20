"""Add up what foods contain: of an item, a meal, a plan, or of any amount of a food.

The sums are :mod:`wger_flask.engine.nutrition`'s; here rows become its values, in one query
for however many meals.  Nothing is remembered: a plan's answer is as fresh as its foods.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from marshmallow import ValidationError

from wger_flask.api import NoMatch, Selection, along, any_of, equals, fields
from wger_flask.engine.nutrition import Nutrients, nutrients_of

from .models import IngredientWeightUnit, MealItem

NUTRIENTS = tuple(Nutrients.__dataclass_fields__)
# What the contents of an amount follow from, seen from where it is eaten or planned.
EATEN = ("amount", "weight_unit.gram", *(f"ingredient.{name}" for name in NUTRIENTS))
_MOST_DIGITS, _PLACES = 5, 2


def nothing() -> dict[str, float | None]:
    """Return what nothing contains."""
    return Nutrients().as_json()


def of_meals(keys: list, context) -> dict[object, dict]:
    """Return what each of these meals contains."""
    eaten: dict[object, list[Nutrients]] = {}
    for meal, *row in Selection(MealItem, (any_of(MealItem.meal, keys),)).rows(("meal", *EATEN)):
        eaten.setdefault(meal, []).append(contents_of(row))
    return {meal: Nutrients.total(parts).as_json() for meal, parts in eaten.items()}


def of_item(call) -> dict:
    """Tell what the amount of this food contains."""
    rows = call.selection().rows(EATEN)
    if not rows:
        raise NoMatch(call.resource.model)
    return _total(rows)


def of_meal(call) -> dict:
    """Tell what the foods of this meal contain."""
    return _total(Selection(MealItem, (equals(MealItem.meal, call.row().id),)).rows(EATEN))


def of_plan(call) -> dict:
    """Tell what the foods of this plan's meals contain."""
    return _total(Selection(MealItem, (along(MealItem, ("meal", "plan"), call.row().id),)).rows(EATEN))


def of_amount(call) -> dict:
    """Tell what an amount of this food contains."""
    row = call.row()
    errors = {}
    amount = Decimal(0)
    grams = None
    try:
        amount = _amount(call.args.get("amount", ""))
    except ValidationError as wrong:
        errors["amount"] = wrong.messages
    try:
        grams = _grams(call.args.get("unit", ""), call.args.get("ingredient", ""))
    except ValidationError as wrong:
        errors["unit"] = wrong.messages
    if errors:
        return {**dict.fromkeys(NUTRIENTS, 0), "errors": errors}
    return nutrients_of(Nutrients(*(getattr(row, name) for name in NUTRIENTS)), amount, grams).as_json()


def _total(rows: Iterable[tuple]) -> dict:
    return Nutrients.total(contents_of(row) for row in rows).as_json()


def contents_of(row) -> Nutrients:
    """Return what an amount of a food contains, of the values of :data:`EATEN`."""
    amount, grams, *values = row
    return nutrients_of(Nutrients(*values), amount, grams)


def _amount(text: str) -> Decimal:
    """Read an amount as forms do: a comma groups thousands, and blanks are no number, but not nothing either."""
    if not text:
        raise ValidationError("This field is required.")
    try:
        number = Decimal(text.strip().replace(",", ""))
    except ArithmeticError:
        number = Decimal("NaN")
    if not number.is_finite():
        raise ValidationError("Enter a number.")
    fields.check_digits(number, _MOST_DIGITS, _PLACES)
    return number


def _grams(unit: str, ingredient: str) -> int | None:
    """Return what a unit of an ingredient weighs; the request must name both."""
    if not unit:
        return None
    unit, ingredient, rows = unit.strip(), ingredient.strip(), []
    if unit.isdecimal() and ingredient.isdecimal() and max(len(unit), len(ingredient)) < 10:
        wanted = (equals(IngredientWeightUnit.id, int(unit)), equals(IngredientWeightUnit.ingredient, int(ingredient)))
        rows = Selection(IngredientWeightUnit, wanted).rows((IngredientWeightUnit.gram,))
    if not rows:
        raise ValidationError("Select a valid choice. That choice is not one of the available choices.")
    return rows[0][0]
