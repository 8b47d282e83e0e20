"""The shapes of foods, plans and the diary."""

from __future__ import annotations

from wger_flask.api import Batch, Child, Children, Computed, File, Key, Nested, Schema, fields
from wger_flask.domain.core.models import Language
from wger_flask.domain.core.schemas import LanguageSchema, LicensedSchema, LicenseSchema

from . import intake, models, pictures

_LEAST, _LARGEST = -(2**31), 2**31 - 1


class WeightUnitSchema(Schema):
    """A household measure of a food."""

    id = fields.Integer(dump_only=True)
    uuid = fields.UUID(dump_only=True)
    ingredient = Key(models.Ingredient, dump_only=True)
    gram = fields.Integer(dump_only=True)
    name = fields.String(dump_only=True)


class ImageSchema(LicensedSchema):
    """The picture of a food (size in bytes)."""

    id = fields.Integer()
    uuid = fields.UUID()
    ingredient_id = Key(models.Ingredient, attribute="ingredient")
    ingredient_uuid = fields.UUID(attribute="ingredient.uuid")
    image = File(accept="image/*")
    created = fields.DateTime()
    last_update = fields.DateTime()
    size = fields.Integer()
    width = fields.Integer()
    height = fields.Integer()

    class Meta(Schema.Meta):
        fields = (
            "id", "uuid", "ingredient_id", "ingredient_uuid", "image", "created", "last_update", "size", "width",
            "height", "license", "license_title", "license_object_url", "license_author", "license_author_url",
            "license_derivative_source_url",
        )  # fmt: skip


class ThumbnailsSchema(Schema):
    """Small copies of a picture."""

    small = Computed(pictures.small, of=("image",), describes=fields.String())
    medium = Computed(pictures.medium, of=("image",), describes=fields.String())


class FoodSchema(LicensedSchema):
    """What is in 100 g of a food."""

    id = fields.Integer()
    uuid = fields.UUID()
    remote_id = fields.String(allow_none=True, help="its key at the source")
    source_name = fields.String(allow_none=True)
    source_url = fields.String(allow_none=True)
    code = fields.String(allow_none=True, label="Barcode")
    name = fields.String()
    common_name = fields.String(allow_none=True)
    brand = fields.String(allow_none=True)
    created = fields.DateTime()
    last_update = fields.DateTime()
    last_imported = fields.DateTime(allow_none=True)
    energy = fields.Integer(help="kcal in 100 g")
    protein = fields.Decimal(6, 3, help="g in 100 g")
    carbohydrates = fields.Decimal(6, 3, help="g in 100 g")
    carbohydrates_sugar = fields.Decimal(6, 3, allow_none=True, label="of which sugar", help="g in 100 g")
    fat = fields.Decimal(6, 3, help="g in 100 g")
    fat_saturated = fields.Decimal(6, 3, allow_none=True, label="of which saturated", help="g in 100 g")
    fiber = fields.Decimal(6, 3, allow_none=True, help="g in 100 g")
    sodium = fields.Decimal(6, 3, allow_none=True, help="g in 100 g")
    is_vegan = fields.Boolean(allow_none=True, label="Vegan")
    is_vegetarian = fields.Boolean(allow_none=True, label="Vegetarian")
    nutriscore = fields.Choice("abcde", allow_none=True, label="Nutri-Score")
    weight_units = Children(WeightUnitSchema, models.IngredientWeightUnit.ingredient)


_FACTS = (
    "id", "uuid", "remote_id", "source_name", "source_url", "code", "name", "common_name", "brand", "created",
    "last_update", "last_imported", "energy", "protein", "carbohydrates", "carbohydrates_sugar", "fat",
    "fat_saturated", "fiber", "sodium", "is_vegan", "is_vegetarian",
)  # fmt: skip
_WORK = ("license_title", "license_object_url", "license_author", "license_author_url", "license_derivative_source_url")


class IngredientSchema(FoodSchema):
    """A food."""

    language = Key(Language)

    class Meta(Schema.Meta):
        fields = (*_FACTS, "weight_units", "nutriscore", "license", *_WORK, "language")


class IngredientInfoSchema(FoodSchema):
    """A food with everything that is known of it."""

    language = Nested(LanguageSchema)
    license = Nested(LicenseSchema)  # type: ignore[assignment]  # the licence itself in the place of its key
    image = Child(ImageSchema, models.Image.ingredient)
    thumbnails = Child(ThumbnailsSchema, models.Image.ingredient)

    class Meta(Schema.Meta):
        fields = (*_FACTS, "nutriscore", "weight_units", "language", "license", *_WORK, "image", "thumbnails")


class PlanSchema(Schema):
    """A plan of meals, or a diary with goals for each day (kcal and grams)."""

    id = fields.UUID()
    creation_date = fields.Date(dump_only=True)
    start = fields.Date()
    end = fields.Date(allow_none=True)
    description = fields.String(max_length=80, blank=True)
    only_logging = fields.Boolean(help="no meals, just a diary")
    goal_energy = fields.Integer(min=_LEAST, max=_LARGEST, allow_none=True, help="kcal a day")
    goal_protein = fields.Integer(min=_LEAST, max=_LARGEST, allow_none=True, help="g a day")
    goal_carbohydrates = fields.Integer(min=_LEAST, max=_LARGEST, allow_none=True, help="g a day")
    goal_fat = fields.Integer(min=_LEAST, max=_LARGEST, allow_none=True, help="g a day")
    goal_fiber = fields.Integer(min=_LEAST, max=_LARGEST, allow_none=True, help="g a day")


class MealSchema(Schema):
    """A meal of a plan."""

    id = fields.UUID()
    plan = Key(models.NutritionPlan, required=True)
    order = fields.Integer(dump_only=True)
    time = fields.Time(allow_none=True)
    name = fields.String(max_length=25, blank=True)


class EatenSchema(Schema):
    """An amount of a food: grams, or pieces of the weight unit."""

    ingredient = Key(models.Ingredient, required=True)
    weight_unit = Key(models.IngredientWeightUnit, allow_none=True, help="grams unless given")
    amount = fields.Decimal(6, 2, min=1, max=1000, required=True)


class MealItemSchema(EatenSchema):
    """A food of a meal."""

    id = fields.UUID()
    meal = Key(models.Meal, required=True)
    order = fields.Integer(dump_only=True)

    class Meta(Schema.Meta):
        fields = ("id", "meal", "ingredient", "weight_unit", "order", "amount")


class LogItemSchema(EatenSchema):
    """A food that was eaten."""

    id = fields.UUID()
    plan = Key(models.NutritionPlan, required=True)
    meal = Key(models.Meal, allow_none=True)
    datetime = fields.DateTime()

    class Meta(Schema.Meta):
        fields = ("id", "plan", "meal", "ingredient", "weight_unit", "datetime", "amount")


class MealItemInfoSchema(MealItemSchema):
    """A food of a meal, with all that is known of it."""

    ingredient_obj = Nested(IngredientInfoSchema, attribute="ingredient")
    weight_unit_obj = Nested(WeightUnitSchema, attribute="weight_unit")
    image = Child(ImageSchema, models.Image.ingredient, attribute="ingredient")

    class Meta(Schema.Meta):
        fields = (
            "id", "meal", "ingredient", "ingredient_obj", "weight_unit", "weight_unit_obj", "image", "order", "amount",
        )  # fmt: skip


class NutrientsSchema(Schema):
    """Energy (kcal) and contents (g) of an amount of food; what is unknown is null."""

    energy = fields.Float()
    protein = fields.Float()
    carbohydrates = fields.Float()
    carbohydrates_sugar = fields.Float(allow_none=True)
    fat = fields.Float()
    fat_saturated = fields.Float(allow_none=True)
    fiber = fields.Float(allow_none=True)
    sodium = fields.Float(allow_none=True)


class AmountSchema(NutrientsSchema):
    """Energy and contents of an amount; with errors, all of them are zero."""

    errors = fields.Json(help="what is wrong with the amount or the unit, by name; absent otherwise")


class MealInfoSchema(MealSchema):
    """A meal with its foods and what they contain."""

    meal_items = Children(MealItemInfoSchema, models.MealItem.meal, order=("order",))
    nutritional_values = Batch(intake.of_meals, otherwise=intake.nothing, describes=Nested(NutrientsSchema))


class PlanInfoSchema(PlanSchema):
    """A plan with its meals and their foods."""

    meals = Children(MealInfoSchema, models.Meal.plan)
