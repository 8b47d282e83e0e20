"""What is in food, what is planned to be eaten, and what was.

Nutrients are grams in 100 g, energy is kcal in 100 g.
"""

from __future__ import annotations

from wger_flask.auth.models import User
from wger_flask.domain.core.models import Language, Licensed
from wger_flask.rest.clock import today
from wger_flask.storage import fields
from wger_flask.storage.model import Model


class IngredientCategory(Model):
    """A shelf that ingredients are on."""

    id = fields.Auto()
    name = fields.Char(max_length=100)

    class Meta:
        table_name = "nutrition_ingredientcategory"
        label = "nutrition.ingredientcategory"
        ordering = ("name",)


class Ingredient(Licensed):
    """A food; ``code`` is its barcode, ``remote_id`` its key at the source it came from."""

    id = fields.Auto()
    language = fields.ForeignKey(Language)
    created = fields.DateTime(default=fields.now)
    last_update = fields.DateTime(touched=True, index=True)
    last_image_check = fields.DateTime(null=True)
    uuid = fields.UUID(unique=True, default=fields.uuid4)
    name = fields.Char(max_length=200, index=True)
    energy = fields.Integer()
    protein = fields.Decimals(6, 3)
    carbohydrates = fields.Decimals(6, 3)
    carbohydrates_sugar = fields.Decimals(6, 3, null=True)
    fat = fields.Decimals(6, 3)
    fat_saturated = fields.Decimals(6, 3, null=True)
    fiber = fields.Decimals(6, 3, null=True)
    sodium = fields.Decimals(6, 3, null=True)
    code = fields.Char(max_length=200, null=True, index=True)
    remote_id = fields.Char(max_length=200, null=True, index=True)
    source_name = fields.Char(max_length=200, null=True)
    source_url = fields.Char(max_length=200, null=True)
    last_imported = fields.DateTime(null=True, default=fields.now, index=True)
    common_name = fields.Char(max_length=200, null=True)
    category = fields.ForeignKey(IngredientCategory, null=True)
    brand = fields.Char(max_length=200, null=True)
    is_vegan = fields.Boolean(null=True)
    is_vegetarian = fields.Boolean(null=True)
    nutriscore = fields.Char(max_length=1, null=True, index=True, choices=[(grade, grade.upper()) for grade in "abcde"])

    class Meta:
        table_name = "nutrition_ingredient"
        label = "nutrition.ingredient"
        ordering = ("name",)
        searched = "name"


class Image(Licensed):
    """The picture of an ingredient (size in bytes)."""

    id = fields.Auto()
    uuid = fields.UUID(unique=True, default=fields.uuid4)
    ingredient = fields.ForeignKey(Ingredient, null=True, unique=True, backref="+")
    image = fields.File(max_length=100)
    created = fields.DateTime(default=fields.now)
    last_update = fields.DateTime(touched=True)
    size = fields.Integer()
    height = fields.Integer()
    width = fields.Integer()

    class Meta:
        table_name = "nutrition_image"
        label = "nutrition.image"


class IngredientWeightUnit(Model):
    """A household measure of an ingredient, such as a cup of 80 g."""

    id = fields.Auto()
    uuid = fields.UUID(unique=True, default=fields.uuid7)
    ingredient = fields.ForeignKey(Ingredient)
    name = fields.Char(max_length=200)
    gram = fields.Integer()

    class Meta:
        table_name = "nutrition_ingredientweightunit"
        label = "nutrition.ingredientweightunit"


class NutritionPlan(Model):
    """A plan of meals, or (``only_logging``) just a diary with goals a day."""

    id = fields.UUID(primary_key=True, default=fields.uuid7)
    user = fields.ForeignKey(User)
    creation_date = fields.Date(default=today)
    start = fields.Date(default=today)
    end = fields.Date(null=True)
    description = fields.Char(max_length=80, default="")
    only_logging = fields.Boolean(default=False)
    goal_energy = fields.Integer(null=True)
    goal_protein = fields.Integer(null=True)
    goal_carbohydrates = fields.Integer(null=True)
    goal_fiber = fields.Integer(null=True)
    goal_fat = fields.Integer(null=True)
    has_goal_calories = fields.Boolean(default=False)

    class Meta:
        table_name = "nutrition_nutritionplan"
        label = "nutrition.nutritionplan"
        ordering = ("-start",)


class Meal(Model):
    """A meal of a plan."""

    id = fields.UUID(primary_key=True, default=fields.uuid7)
    plan = fields.ForeignKey(NutritionPlan)
    order = fields.Integer(default=1)
    time = fields.Time(null=True)
    name = fields.Char(max_length=25, default="")

    class Meta:
        table_name = "nutrition_meal"
        label = "nutrition.meal"
        ordering = ("time",)


class MealItem(Model):
    """A food of a meal: ``amount`` in grams, or in ``weight_unit`` where that is given."""

    id = fields.UUID(primary_key=True, default=fields.uuid7)
    meal = fields.ForeignKey(Meal)
    ingredient = fields.ForeignKey(Ingredient)
    weight_unit = fields.ForeignKey(IngredientWeightUnit, null=True)
    order = fields.Integer(default=1)
    amount = fields.Decimals(6, 2)

    class Meta:
        table_name = "nutrition_mealitem"
        label = "nutrition.mealitem"


class LogItem(Model):
    """A food that was eaten: ``amount`` in grams, or in ``weight_unit`` where that is given."""

    id = fields.UUID(primary_key=True, default=fields.uuid7)
    plan = fields.ForeignKey(NutritionPlan)
    meal = fields.ForeignKey(Meal, null=True, cascade="null")
    datetime = fields.DateTime(default=fields.now)
    comment = fields.Text(null=True)
    ingredient = fields.ForeignKey(Ingredient)
    weight_unit = fields.ForeignKey(IngredientWeightUnit, null=True)
    amount = fields.Decimals(6, 2)

    class Meta:
        table_name = "nutrition_logitem"
        label = "nutrition.logitem"
        ordering = ("-datetime",)


MODELS = (IngredientCategory, Ingredient, Image, IngredientWeightUnit, NutritionPlan, Meal, MealItem, LogItem)
