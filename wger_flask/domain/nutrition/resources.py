"""The resources of food: what there is, what is planned, what was eaten."""

from __future__ import annotations

from dataclasses import replace

from wger_flask.api import (
    WRITE,
    Action,
    Cursor,
    Filter,
    Lookup,
    Resource,
    compared,
    exact,
    gt,
    gte,
    lt,
    lte,
    on_date,
    one_of,
    owned_by,
)

from . import filters, intake, models, schemas

# These columns have an index, and a list of foods has no order of its own.
_sorted_gt, _sorted_gte, _sorted_lt, _sorted_lte, _sorted_in = (
    replace(lookup, sorts=True) for lookup in (gt, gte, lt, lte, one_of)
)

_FOOD_FILTERS: dict[str, Lookup | tuple[Lookup, ...] | Filter] = {
    "id": (*compared, one_of),
    **dict.fromkeys(
        ("uuid", "source_name", "name", *intake.NUTRIENTS, "is_vegan", "is_vegetarian", "license", "license_author"),
        exact,
    ),
    "nutriscore": (exact, _sorted_gt, _sorted_gte, _sorted_lt, _sorted_lte, replace(_sorted_in, checks=False)),
    "created": (exact, gt, lt),
    "last_update": (exact, _sorted_gt, _sorted_lt),
    "last_imported": (exact, _sorted_gt, _sorted_lt),
    "language": (exact, _sorted_in),
    "code": filters.Barcode(),
    "name__search": filters.NameSearch(),
    "language__code": filters.LanguageCodes(),
}
_FOOD_ORDER = ("id", "name", "code", "uuid", "remote_id", "last_update", "last_imported", "nutriscore")
_get_values = Action(
    "get_values",
    intake.of_amount,
    schema=schemas.AmountSchema,
    throttle="ingredient_detail",
    about="What an amount of the food contains: ?amount= in grams, or in a &unit= of &ingredient=.",
)


def _food(name: str, schema, about: str, label: str = "") -> Resource:
    return Resource(
        name, models.Ingredient, schema,
        label=label, about=about,
        filters=_FOOD_FILTERS, ordering=(), orderable=_FOOD_ORDER,
        cache="public",
        actions=(_get_values,),
        throttle={"list": "ingredient_list", "detail": "ingredient_detail"},
        view="food",
    )  # fmt: skip


def _values(handle) -> tuple[Action]:
    return (
        Action("nutritional_values", handle, schema=schemas.NutrientsSchema, about="Energy (kcal) and contents (g)."),
    )


ingredient = _food("ingredient", schemas.IngredientSchema, "Foods and what is in 100 g of them.", "Foods")
ingredientinfo = _food(
    "ingredientinfo", schemas.IngredientInfoSchema, "Foods with their language, licence and picture."
)

ingredient_sync = Resource(
    "ingredient-sync", models.Ingredient, schemas.IngredientInfoSchema,
    about="All foods, page after page, for clients that keep a copy of them.",
    filters=_FOOD_FILTERS, ordering=("id",), orderable=("id",),
    cache="public",
    pagination=Cursor(),
    throttle={"list": "ingredient_sync", "detail": "ingredient_sync"},
)  # fmt: skip

weight_unit = Resource(
    "ingredientweightunit",
    models.IngredientWeightUnit,
    schemas.WeightUnitSchema,
    about="Household measures of foods.",
    filters={"gram": exact, "ingredient": exact, "name": exact},
)

image = Resource(
    "ingredient-image",
    models.Image,
    schemas.ImageSchema,
    about="Pictures of foods.",
    filters={"uuid": exact, "ingredient_id": exact, "ingredient__uuid": exact},
)

_plan_filters = {"creation_date": exact, "description": exact, "has_goal_calories": exact}

plan = Resource(
    "nutritionplan",
    models.NutritionPlan,
    schemas.PlanSchema,
    label="Nutrition plans",
    about="Your plans of what to eat.",
    methods=WRITE,
    filters=_plan_filters,
    owner=owned_by("user"),
    actions=_values(intake.of_plan),
    view="plan",
)

planinfo = Resource(
    "nutritionplaninfo",
    models.NutritionPlan,
    schemas.PlanInfoSchema,
    about="Your plans with their meals and foods.",
    cache="private",
    filters=_plan_filters,
    owner=owned_by("user"),
    actions=_values(intake.of_plan),
    view="plan",
)

meal = Resource(
    "meal",
    models.Meal,
    schemas.MealSchema,
    about="The meals of your plans.",
    methods=WRITE,
    filters={"order": exact, "plan": exact, "time": exact},
    owner=owned_by("plan.user", checks={"plan": "user"}),
    actions=_values(intake.of_meal),
    view="meal",
)

mealitem = Resource(
    "mealitem",
    models.MealItem,
    schemas.MealItemSchema,
    about="The foods of your meals.",
    methods=WRITE,
    filters=dict.fromkeys(("amount", "ingredient", "meal", "order", "weight_unit"), exact),
    owner=owned_by("meal.plan.user", checks={"meal": "plan.user"}),
    actions=_values(intake.of_item),
    view="portion",
)

diary = Resource(
    "nutritiondiary",
    models.LogItem,
    schemas.LogItemSchema,
    label="Food diary",
    about="What you ate, and when.",
    methods=WRITE,
    filters={
        "datetime": (*compared, on_date),
        **dict.fromkeys(("amount", "ingredient", "plan", "weight_unit"), exact),
    },
    owner=owned_by("plan.user", checks={"plan": "user", "meal": "plan.user"}),
    actions=_values(intake.of_item),
    view="diary",
)

RESOURCES = (ingredient, ingredientinfo, ingredient_sync, weight_unit, plan, planinfo, diary, meal, mealitem, image)
