"""What is in food, what is planned to be eaten, and what was.

Nutrients are grams in 100 g, energy is kcal in 100 g.
"""

from __future__ import annotations

from wger_flask.auth.models import User
from wger_flask.domain.core.models import Language, Licensed
from wger_flask.rest.timezone import today
from wger_flask.storage import columns
from wger_flask.storage.model import Model, Numbered, declare_index


class IngredientCategory(Numbered):
    """A shelf that ingredients are on."""

    name = columns.Char(max_length=100)

    class Meta:
        table_name = "nutrition_ingredientcategory"
        ordering = ("name",)


class Ingredient(Licensed):
    """A food; ``code`` is its barcode, ``remote_id`` its key at the source it came from."""

    language = columns.ForeignKey(Language)
    created = columns.DateTime(default=columns.now)
    last_update = columns.DateTime(touched=True, index=True)
    last_image_check = columns.DateTime(null=True)
    uuid = columns.UUID(unique=True, default=columns.uuid4)
    name = columns.Char(max_length=200, index=True)
    energy = columns.Integer()
    protein = columns.Decimals(6, 3)
    carbohydrates = columns.Decimals(6, 3)
    carbohydrates_sugar = columns.Decimals(6, 3, null=True)
    fat = columns.Decimals(6, 3)
    fat_saturated = columns.Decimals(6, 3, null=True)
    fiber = columns.Decimals(6, 3, null=True)
    sodium = columns.Decimals(6, 3, null=True)
    code = columns.Char(max_length=200, null=True, index=True)
    remote_id = columns.Char(max_length=200, null=True, index=True)
    source_name = columns.Char(max_length=200, null=True)
    source_url = columns.Char(max_length=200, null=True)
    last_imported = columns.DateTime(null=True, default=columns.now, index=True)
    common_name = columns.Char(max_length=200, null=True)
    category = columns.ForeignKey(IngredientCategory, null=True)
    brand = columns.Char(max_length=200, null=True)
    is_vegan = columns.Boolean(null=True)
    is_vegetarian = columns.Boolean(null=True)
    nutriscore = columns.Char(
        max_length=1, null=True, index=True, choices=[(grade, grade.upper()) for grade in "abcde"]
    )

    class Meta:
        table_name = "nutrition_ingredient"
        matched_by = ("language", "name")
        ordering = ("name",)
        searched = "name"


class Image(Licensed):
    """The picture of an ingredient (size in bytes)."""

    uuid = columns.UUID(unique=True, default=columns.uuid4)
    ingredient = columns.ForeignKey(Ingredient, null=True, unique=True, backref="+")
    image = columns.File(max_length=100)
    created = columns.DateTime(default=columns.now)
    last_update = columns.DateTime(touched=True)
    size = columns.Integer()
    height = columns.Integer()
    width = columns.Integer()

    class Meta:
        table_name = "nutrition_image"


class IngredientWeightUnit(Numbered):
    """A household measure of an ingredient, such as a cup of 80 g."""

    uuid = columns.UUID(unique=True, default=columns.uuid7)
    ingredient = columns.ForeignKey(Ingredient)
    name = columns.Char(max_length=200)
    gram = columns.Integer()

    class Meta:
        table_name = "nutrition_ingredientweightunit"
        matched_by = ("ingredient", "name")


class NutritionPlan(Model):
    """A plan of meals, or (``only_logging``) just a diary with goals a day."""

    id = columns.UUID(primary_key=True, default=columns.uuid7)
    user = columns.ForeignKey(User)
    creation_date = columns.Date(default=today)
    start = columns.Date(default=today)
    end = columns.Date(null=True)
    description = columns.Char(max_length=80, default="")
    only_logging = columns.Boolean(default=False)
    goal_energy = columns.Integer(null=True)
    goal_protein = columns.Integer(null=True)
    goal_carbohydrates = columns.Integer(null=True)
    goal_fiber = columns.Integer(null=True)
    goal_fat = columns.Integer(null=True)
    has_goal_calories = columns.Boolean(default=False)

    class Meta:
        table_name = "nutrition_nutritionplan"
        ordering = ("-start",)


class Meal(Model):
    """A meal of a plan."""

    id = columns.UUID(primary_key=True, default=columns.uuid7)
    plan = columns.ForeignKey(NutritionPlan)
    order = columns.Integer(default=1)
    time = columns.Time(null=True)
    name = columns.Char(max_length=25, default="")

    class Meta:
        table_name = "nutrition_meal"
        ordering = ("time",)


class MealItem(Model):
    """A food of a meal: ``amount`` in grams, or in ``weight_unit`` where that is given."""

    id = columns.UUID(primary_key=True, default=columns.uuid7)
    meal = columns.ForeignKey(Meal)
    ingredient = columns.ForeignKey(Ingredient)
    weight_unit = columns.ForeignKey(IngredientWeightUnit, null=True)
    order = columns.Integer(default=1)
    amount = columns.Decimals(6, 2)

    class Meta:
        table_name = "nutrition_mealitem"


class LogItem(Model):
    """A food that was eaten: ``amount`` in grams, or in ``weight_unit`` where that is given."""

    id = columns.UUID(primary_key=True, default=columns.uuid7)
    plan = columns.ForeignKey(NutritionPlan)
    meal = columns.ForeignKey(Meal, null=True, cascade="null")
    datetime = columns.DateTime(default=columns.now)
    comment = columns.Text(null=True)
    ingredient = columns.ForeignKey(Ingredient)
    weight_unit = columns.ForeignKey(IngredientWeightUnit, null=True)
    amount = columns.Decimals(6, 2)

    class Meta:
        table_name = "nutrition_logitem"
        ordering = ("-datetime",)


declare_index(LogItem, "wger_flask_diary_moments", "plan", "-datetime")

MODELS = (IngredientCategory, Ingredient, Image, IngredientWeightUnit, NutritionPlan, Meal, MealItem, LogItem)
