"""The exercise catalogue.

An exercise has no words of its own: its names and instructions are translations, one a
language.  Whatever people edit keeps its history, from which authors are read.
"""

from __future__ import annotations

from wger_flask.auth.models import User
from wger_flask.domain.core.models import Language, Licensed
from wger_flask.storage import columns
from wger_flask.storage.history import history
from wger_flask.storage.links import link
from wger_flask.storage.model import Numbered, declare_index


class ExerciseCategory(Numbered):
    """The body region that an exercise is filed under."""

    name = columns.Char(max_length=100)

    class Meta:
        table_name = "exercises_exercisecategory"
        ordering = ("name", "id")


class Equipment(Numbered):
    """A thing that an exercise needs."""

    name = columns.Char(max_length=50)

    class Meta:
        table_name = "exercises_equipment"
        ordering = ("name", "id")


class Muscle(Numbered):
    """A muscle, and whether it is drawn on the front of the body."""

    name = columns.Char(max_length=50)
    is_front = columns.Boolean(default=True)
    name_en = columns.Char(max_length=50, default="")

    class Meta:
        table_name = "exercises_muscle"
        ordering = ("name", "id")


class Exercise(Licensed):
    """An exercise; those with the same ``variation_group`` are variations of one another."""

    uuid = columns.UUID(unique=True, default=columns.uuid4)
    category = columns.ForeignKey(ExerciseCategory)
    variation_group = columns.UUID(null=True, index=True)
    created = columns.DateTime(default=columns.now)
    last_update = columns.DateTime(touched=True)

    class Meta:
        table_name = "exercises_exercise"


muscles = link(Exercise, "muscles", Muscle)
muscles_secondary = link(Exercise, "muscles_secondary", Muscle)
equipment = link(Exercise, "equipment", Equipment)


class Translation(Licensed):
    """The name and instructions of an exercise in one language.

    ``description`` is the sanitised HTML of ``description_source``, which is Markdown.
    """

    uuid = columns.UUID(unique=True, default=columns.uuid4)
    exercise = columns.ForeignKey(Exercise)
    exercise_id: int
    language = columns.ForeignKey(Language)
    language_id: int
    name = columns.Char(max_length=200, index=True)
    description = columns.Text(default="")
    description_source = columns.Text(default="")
    created = columns.DateTime(default=columns.now)
    last_update = columns.DateTime(touched=True)

    class Meta:
        table_name = "exercises_translation"
        ordering = ("name", "id")
        searched = "name"
        indexes = ((("exercise", "language"), True),)
        clashes = {("exercise", "language"): "A translation for this exercise and language already exists."}


class Alias(Numbered):
    """Another name of an exercise."""

    uuid = columns.UUID(unique=True, default=columns.uuid4)
    translation = columns.ForeignKey(Translation)
    alias = columns.Char(max_length=200, index=True)  # type: ignore[assignment]  # Peewee has a method of this name

    class Meta:
        table_name = "exercises_alias"
        searched = "alias"


class ExerciseComment(Numbered):
    """A short hint on how to do an exercise."""

    uuid = columns.UUID(unique=True, default=columns.uuid4)
    translation = columns.ForeignKey(Translation)
    comment = columns.Char(max_length=200)

    class Meta:
        table_name = "exercises_exercisecomment"


class ExerciseImage(Licensed):
    """A picture of an exercise; ``style`` is 1 line, 2 3D, 3 low-poly, 4 photo, 5 other."""

    uuid = columns.UUID(unique=True, default=columns.uuid4)
    exercise = columns.ForeignKey(Exercise)
    exercise_id: int
    image = columns.File(max_length=100)
    height = columns.Integer(null=True)
    width = columns.Integer(null=True)
    is_main = columns.Boolean(default=False)
    is_ai_generated = columns.Boolean(default=False)
    style = columns.Char(max_length=1, default="4")
    created = columns.DateTime(default=columns.now)
    last_update = columns.DateTime(touched=True)

    class Meta:
        table_name = "exercises_exerciseimage"
        ordering = ("-is_main", "id")


class ExerciseVideo(Licensed):
    """A film of an exercise (size in bytes, duration in seconds)."""

    uuid = columns.UUID(unique=True, default=columns.uuid4)
    exercise = columns.ForeignKey(Exercise)
    exercise_id: int
    is_main = columns.Boolean(default=False)
    video = columns.File(max_length=100)
    size = columns.Integer(default=0)
    duration = columns.Decimals(12, 2, default=0)
    width = columns.Integer(default=0)
    height = columns.Integer(default=0)
    codec = columns.Char(max_length=30, default="")
    codec_long = columns.Char(max_length=100, default="")
    created = columns.DateTime(default=columns.now)
    last_update = columns.DateTime(touched=True)

    class Meta:
        table_name = "exercises_exercisevideo"
        ordering = ("-is_main", "id")


declare_index(ExerciseImage, "wger_flask_image_main", "-is_main", "id")
declare_index(ExerciseVideo, "wger_flask_video_main", "-is_main", "id")

DELETED = ("base", "translation", "image", "video")


class DeletionLog(Numbered):
    """What was deleted from the catalogue, so that copies of it can follow."""

    model_type = columns.Char(max_length=11, choices=[(kind, kind) for kind in DELETED])
    uuid = columns.UUID(unique=True, default=columns.uuid4)
    replaced_by = columns.UUID(null=True)
    timestamp = columns.DateTime(touched=True)
    comment = columns.Char(max_length=200, default="")

    class Meta:
        table_name = "exercises_deletionlog"


EDITED = (Exercise, Translation, Alias, ExerciseComment, ExerciseImage, ExerciseVideo)
HISTORIES = tuple(
    history(
        model, f"exercises_historical{model.__name__.lower()}", f"exercises.historical{model.__name__.lower()}", User
    )
    for model in EDITED
)

MODELS = (ExerciseCategory, Equipment, Muscle, *EDITED, DeletionLog, *HISTORIES)
