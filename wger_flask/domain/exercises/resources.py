"""The resources of the catalogue."""

from __future__ import annotations

from wger_flask.api import WRITE, Resource, exact, one_of

from . import models, schemas

category = Resource(
    "exercisecategory", models.ExerciseCategory, schemas.CategorySchema,
    about="Body regions that exercises are filed under.",
    filters={"name": exact},
)  # fmt: skip

equipment = Resource(
    "equipment", models.Equipment, schemas.EquipmentSchema,
    about="Things that exercises need.",
    filters={"name": exact},
)  # fmt: skip

muscle = Resource(
    "muscle", models.Muscle, schemas.MuscleSchema,
    about="Muscles that exercises work.",
    filters={"name": exact, "is_front": exact, "name_en": exact},
)  # fmt: skip

deletion_log = Resource(
    "deletion-log", models.DeletionLog, schemas.DeletionLogSchema,
    about="What was deleted from the catalogue.",
    filters={"model_type": exact},
)  # fmt: skip

exercise = Resource(
    "exercise", models.Exercise, schemas.ExerciseSchema,
    about="Exercises, without their texts.",
    methods=WRITE,
    filters={"category": exact, "muscles": exact, "muscles_secondary": exact, "equipment": exact},
    ordering=("id",),
)  # fmt: skip

exerciseinfo = Resource(
    "exerciseinfo", models.Exercise, schemas.ExerciseInfoSchema,
    about="Exercises with everything that is known of them.",
    filters={
        "id": (exact, one_of), "uuid": exact, "category": (exact, one_of), "muscles": exact,
        "muscles_secondary": exact, "equipment": exact, "variation_group": (exact, one_of),
    },
    ordering=("id",),
)  # fmt: skip

RESOURCES = (category, equipment, muscle, deletion_log, exercise, exerciseinfo)
