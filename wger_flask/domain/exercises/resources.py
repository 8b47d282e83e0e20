"""The resources of the catalogue."""

from __future__ import annotations

from datetime import date
from typing import Any

from wger_flask.api import WRITE, Action, Clause, Compare, Hooks, Resource, exact, fn, one_of

from . import deletion, media, models, pictures, schemas, search, translations
from .contributions import HISTORY, noted
from .rules import CONTRIBUTIONS, contributors

# ?exercise_base= is what exercises were called once
BASES_ENDED = date(2024, 6, 1)
OF_EXERCISE: dict[str, Any] = {
    "exercise": exact,
    "exercise_base": Compare(exact, column="exercise", former=BASES_ENDED),
}
_VOCABULARY_AGE = "EXERCISE_CACHE_TTL"

category = Resource(
    "exercisecategory",
    models.ExerciseCategory,
    schemas.CategorySchema,
    label="Body regions",
    about="Body regions that exercises are filed under.",
    filters={"name": exact},
    max_age=_VOCABULARY_AGE,
)

equipment = Resource(
    "equipment",
    models.Equipment,
    schemas.EquipmentSchema,
    label="Equipment",
    about="Things that exercises need.",
    filters={"name": exact},
    max_age=_VOCABULARY_AGE,
)

muscle = Resource(
    "muscle",
    models.Muscle,
    schemas.MuscleSchema,
    label="Muscles",
    about="Muscles that exercises work.",
    cache="public",
    filters={"name": exact, "is_front": exact, "name_en": exact},
    max_age=_VOCABULARY_AGE,
    view="muscles",
)

deletion_log = Resource(
    "deletion-log",
    models.DeletionLog,
    schemas.DeletionLogSchema,
    about="What was deleted from the catalogue.",
    filters={"model_type": exact},
    ordering=("id",),
)


def _has_words():
    return fn.EXISTS(models.Translation.select(1).where(models.Translation.exercise == models.Exercise.id))


_WITH_WORDS = (Clause(_has_words),)  # without any translation, a reader could not tell what it is

exercise = Resource(
    "exercise",
    models.Exercise,
    schemas.ExerciseSchema,
    about=(
        "Exercises, without their texts. Deleting one with ?replaced_by=<uuid> leads routines and logs over to that "
        "one; &transfer_media and &transfer_translations take pictures, films and texts along."
    ),
    methods=WRITE,
    filters={"category": exact, "muscles": exact, "muscles_secondary": exact, "equipment": exact},
    ordering=("id",),
    access=contributors,
    visible=_WITH_WORDS,
    throttle=CONTRIBUTIONS,
    hooks=Hooks(saved=noted, delete=deletion.delete_exercise),
    added_by="exercise-submission",
    deletion=deletion.ExerciseDeletionSchema,
)

exerciseinfo = Resource(
    "exerciseinfo", models.Exercise, schemas.ExerciseInfoSchema,
    label="Exercises",
    about="Exercises with everything that is known of them.",
    cache="public",
    filters={
        "id": (exact, one_of), "uuid": exact, "category": (exact, one_of), "muscles": exact,
        "muscles_secondary": exact, "equipment": exact, "variation_group": (exact, one_of),
        "translated": search.TranslatedFilter(),
        **{f"{name}__in": search.NeverFilter(f"{name}__in") for name in ("muscles", "muscles_secondary", "equipment")},
    },
    ordering=("id",),
    view="exercises",
    added_by="exercise-submission",
)  # fmt: skip

translation = Resource(
    "exercise-translation",
    models.Translation,
    schemas.TranslationSchema,
    about="The words of exercises, one row a language.",
    methods=WRITE,
    filters={"uuid": exact, "created": exact, **OF_EXERCISE, "description": exact, "name": exact},
    access=contributors,
    throttle=CONTRIBUTIONS,
    hooks=translations.HOOKS,
)

alias = Resource(
    "exercisealias",
    models.Alias,
    schemas.AliasSchema,
    about="Other names of exercises.",
    methods=WRITE,
    filters={"alias": exact, "translation": exact},
    ordering=("id",),
    access=contributors,
    hooks=HISTORY,
)

comment = Resource(
    "exercisecomment",
    models.ExerciseComment,
    schemas.CommentSchema,
    about="Short hints on how to do exercises.",
    methods=WRITE,
    cache="public",
    filters={"comment": exact, "translation": exact, "language": search.CommentLanguageFilter()},
    ordering=("id",),
    access=contributors,
    hooks=translations.COMMENT_HOOKS,
)

image = Resource(
    "exerciseimage",
    models.ExerciseImage,
    schemas.ImageSchema,
    about="Pictures of exercises.",
    methods=WRITE,
    cache="public",
    filters={"is_main": exact, **OF_EXERCISE, "license": exact, "license_author": exact},
    access=contributors,
    actions=(Action("thumbnails/", pictures.show_thumbnails, about="The small versions of a picture."),),
    hooks=media.HOOKS,
)

video = Resource(
    "video",
    models.ExerciseVideo,
    schemas.VideoSchema,
    about="Films of exercises.",
    methods=WRITE,
    cache="public",
    filters={"is_main": exact, **OF_EXERCISE, "license": exact, "license_author": exact},
    access=contributors,
    hooks=media.HOOKS,
)

RESOURCES = (
    exerciseinfo, translation, exercise, equipment, deletion_log, category, video, image, comment, alias, muscle,
)  # fmt: skip
