"""Exercises at the addresses and in the shapes of earlier releases, which scripts still ask for.

An exercise was called exercise base once, and its translations exercises.
"""

from __future__ import annotations

from datetime import date

from wger_flask.api import (
    Children,
    Deprecation,
    Endpoints,
    Key,
    Keys,
    Resource,
    Schema,
    Selection,
    any_of,
    exact,
    fields,
)
from wger_flask.domain.core.schemas import SearchQuerySchema
from wger_flask.media.thumbnails import SIZES, name_of

from . import models, schemas, search
from .resources import BASES_ENDED

_MOST = 100  # suggestions: more are not read


class BaseSchema(Schema):
    """An exercise, as it was called a base."""

    id = fields.Integer()
    uuid = fields.UUID()
    created = fields.DateTime()
    last_update = fields.DateTime()
    category = Key(models.ExerciseCategory)
    muscles = Keys(models.muscles)
    muscles_secondary = Keys(models.muscles_secondary)
    equipment = Keys(models.equipment)
    variations = fields.UUID(attribute="variation_group", allow_none=True)
    license_author = fields.String()


class BaseTranslationSchema(schemas.TranslationInfoSchema):
    """The words of an exercise, as they were called an exercise."""

    exercise_base = Key(models.Exercise, attribute="exercise")

    class Meta(Schema.Meta):
        fields = tuple(
            "exercise_base" if name == "exercise" else name
            for name in schemas.TranslationInfoSchema.Meta.fields
            if name != "description_source"
        )


class BaseInfoSchema(schemas.ExerciseInfoSchema):
    """An exercise with everything that is known of it, as it was called a base."""

    exercises = Children(BaseTranslationSchema, models.Translation.exercise)
    variations = fields.UUID(attribute="variation_group", allow_none=True)

    class Meta(Schema.Meta):
        fields = (
            "id", "uuid", "created", "last_update", "last_update_global", "category", "muscles", "muscles_secondary",
            "equipment", "license", "license_author", "images", "exercises", "variations", "videos", "author_history",
            "total_authors_history",
        )  # fmt: skip


_FILTERS = {"category": exact, "muscles": exact, "muscles_secondary": exact, "equipment": exact}

base = Resource(
    "exercise-base",
    models.Exercise,
    BaseSchema,
    about="Exercises without their texts, by the name they had before.",
    filters=_FILTERS,
    ordering=("id",),
    deprecated=Deprecation(BASES_ENDED, successor="exercise"),
)

base_info = Resource(
    "exercisebaseinfo",
    models.Exercise,
    BaseInfoSchema,
    about="Exercises with everything that is known of them, in the shape they had before.",
    filters=_FILTERS | {"uuid": exact},
    ordering=("id",),
    deprecated=Deprecation(BASES_ENDED, successor="exerciseinfo"),
)

RESOURCES = (base, base_info)
searching = Endpoints("exercise-search", "Search exercises, as earlier releases did.")


@searching.endpoint("exercise/search", query=SearchQuerySchema, replaced=Deprecation(date(2025, 1, 1), "exerciseinfo"))
def search_exercises(call):
    """Suggest exercises whose name or an alias is like ``term``, in one of some languages."""
    asked = call.query()
    if not asked["term"]:
        return {"suggestions": []}
    columns = "id", "exercise", "name", "exercise.category.name"
    found = search.translations_like(asked["term"], asked["language"]).rows(columns, _MOST)
    pictures = _main_pictures([exercise for _, exercise, _, _ in found])
    suggestions = []
    for key, exercise, name, category in found:
        data = {"id": key, "base_id": exercise, "name": name, "category": category}
        suggestions.append({"value": name, "data": data | _addresses(call, pictures.get(exercise))})
    return {"suggestions": suggestions}


def _main_pictures(exercises: list[int]) -> dict[int, str]:
    """Return the file of each exercise's main picture, of the first one where none is marked."""
    rows = Selection(models.ExerciseImage, (any_of(models.ExerciseImage.exercise, exercises),), ("is_main", "-id"))
    return dict(rows.rows(("exercise", "image")))


def _addresses(call, file: str | None) -> dict[str, str | None]:
    if not file:
        return {"image": None, "image_thumbnail": None}
    return {"image": call.context.media(file), "image_thumbnail": call.context.media(name_of(file, SIZES["small"]))}
