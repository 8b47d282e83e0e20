"""The shapes of the catalogue."""

from __future__ import annotations

from marshmallow import ValidationError

from wger_flask.api import Batch, Children, Computed, ImageFile, Key, Keys, Members, Nested, Schema, VideoFile, fields
from wger_flask.domain.core.models import Language, License
from wger_flask.domain.core.schemas import LicensedSchema, LicenseSchema

from . import authors, media, models, pictures

LEAST_WORDS = 40
STYLES = {"1": "Line", "2": "3D", "3": "Low-poly", "4": "Photo", "5": "Other"}


class CategorySchema(Schema):
    """The body region that an exercise is filed under."""

    id = fields.Integer(dump_only=True)
    name = fields.String(required=True, max_length=100)


class EquipmentSchema(Schema):
    """A thing that an exercise needs."""

    id = fields.Integer(dump_only=True)
    name = fields.String(required=True, max_length=50)


class MuscleSchema(Schema):
    """A muscle and the drawings that show it."""

    id = fields.Integer(dump_only=True)
    name = fields.String(required=True, max_length=50, help="Latin name")
    name_en = fields.String(max_length=50, blank=True, help="everyday name")
    is_front = fields.Boolean(label="On the front of the body")
    image_url_main = Computed(pictures.muscle_main, of=("id",), describes=fields.String())
    image_url_secondary = Computed(pictures.muscle_secondary, of=("id",), describes=fields.String())


class ExerciseSchema(Schema):
    """An exercise, without words."""

    id = fields.Integer(dump_only=True)
    uuid = fields.UUID(dump_only=True)
    created = fields.DateTime(dump_only=True)
    last_update = fields.DateTime(dump_only=True)
    category = Key(models.ExerciseCategory, required=True)
    muscles = Keys(models.muscles)
    muscles_secondary = Keys(models.muscles_secondary, label="Secondary muscles")
    equipment = Keys(models.equipment)
    variation_group = fields.UUID(allow_none=True, help="the same for all variations of an exercise")
    license_author = fields.String(blank=True, max_length=3500)


def _long_enough(text: str) -> None:
    if len(text) < LEAST_WORDS:
        raise ValidationError(f"Ensure this value has at least {LEAST_WORDS} characters (it has {len(text)}).")


class TranslationSchema(Schema):
    """The words of an exercise in one language."""

    id = fields.Integer(dump_only=True)
    uuid = fields.UUID(dump_only=True)
    name = fields.String(required=True, max_length=200)
    exercise = Key(models.Exercise, required=True)
    description = fields.String(dump_only=True, help="HTML made from the source")
    description_source = fields.String(
        required=True, validate=_long_enough, label="Description", help=f"Markdown, at least {LEAST_WORDS} characters"
    )
    created = fields.DateTime(dump_only=True)
    language = Key(Language, required=True)
    license_author = fields.String(blank=True, max_length=3500)


class AliasSchema(Schema):
    """Another name of an exercise."""

    id = fields.Integer(dump_only=True)
    uuid = fields.UUID(dump_only=True)
    translation = Key(models.Translation, required=True)
    alias = fields.String(required=True, max_length=200)


class CommentSchema(Schema):
    """A short hint on how to do an exercise."""

    id = fields.Integer(dump_only=True)
    uuid = fields.UUID(dump_only=True)
    translation = Key(models.Translation, required=True)
    comment = fields.String(required=True, max_length=200)


class ImageSchema(LicensedSchema):
    """A picture of an exercise."""

    id = fields.Integer(dump_only=True)
    uuid = fields.UUID(dump_only=True)
    exercise = Key(models.Exercise, required=True)
    exercise_uuid = fields.UUID(dump_only=True, attribute="exercise.uuid")
    image = ImageFile(required=True, folder=media.image_folder, with_thumbnails=True)
    thumbnails = Computed(pictures.thumbnails, of=("image",))
    is_main = fields.Boolean()
    style = fields.Choice(STYLES)
    author_history = Batch(authors.of(models.ExerciseImage))
    is_ai_generated = fields.Boolean(label="Made by a machine")

    class Meta(Schema.Meta):
        fields = (
            "id", "uuid", "exercise", "exercise_uuid", "image", "thumbnails", "is_main", "style", "license",
            "license_title", "license_object_url", "license_author", "license_author_url",
            "license_derivative_source_url", "author_history", "is_ai_generated",
        )  # fmt: skip


class VideoSchema(LicensedSchema):
    """A film of an exercise."""

    id = fields.Integer(dump_only=True)
    uuid = fields.UUID(dump_only=True)
    exercise = Key(models.Exercise, required=True)
    exercise_uuid = fields.UUID(dump_only=True, attribute="exercise.uuid")
    video = VideoFile(required=True, folder=media.video_folder)
    is_main = fields.Boolean()
    size = fields.Integer(dump_only=True, help="bytes")
    duration = fields.Decimal(12, 2, dump_only=True, help="seconds")
    width = fields.Integer(dump_only=True)
    height = fields.Integer(dump_only=True)
    codec = fields.String(dump_only=True)
    codec_long = fields.String(dump_only=True)
    author_history = Batch(authors.of(models.ExerciseVideo))

    class Meta(Schema.Meta):
        fields = (
            "id", "uuid", "exercise", "exercise_uuid", "video", "is_main", "size", "duration", "width", "height",
            "codec", "codec_long", "license", "license_title", "license_object_url", "license_author",
            "license_author_url", "license_derivative_source_url", "author_history",
        )  # fmt: skip


class VideoInfoSchema(VideoSchema):
    """A film, as its exercise shows it."""

    class Meta(Schema.Meta):
        fields = tuple(name for name in VideoSchema.Meta.fields if name != "exercise_uuid")


class DeletionLogSchema(Schema):
    """Something that was deleted, and what replaced it."""

    model_type = fields.Choice(models.DELETED)
    uuid = fields.UUID()
    replaced_by = fields.UUID(allow_none=True)
    timestamp = fields.DateTime()
    comment = fields.String()


class AliasInfoSchema(Schema):
    """Another name, as its translation shows it."""

    id = fields.Integer()
    uuid = fields.UUID()
    alias = fields.String()


class TranslationInfoSchema(TranslationSchema, LicensedSchema):
    """The words of an exercise with everything that hangs on them."""

    aliases = Children(AliasInfoSchema, models.Alias.translation)
    notes = Children(CommentSchema, models.ExerciseComment.translation)
    author_history = Batch(authors.of(models.Translation))

    class Meta(Schema.Meta):
        fields = (
            "id", "uuid", "name", "exercise", "description", "description_source", "created", "language", "aliases",
            "notes", "license", "license_title", "license_object_url", "license_author", "license_author_url",
            "license_derivative_source_url", "author_history",
        )  # fmt: skip


class SubmittedTranslationSchema(TranslationSchema):
    """The words of a new exercise, as they were submitted."""

    class Meta(Schema.Meta):
        fields = ("name", "description_source", "language", "license_author")


class SubmittedSchema(ExerciseSchema):
    """A new exercise with its words."""

    license = Key(License)
    translations = Children(SubmittedTranslationSchema, models.Translation.exercise)

    class Meta(Schema.Meta):
        fields = (
            "id", "category", "muscles", "muscles_secondary", "equipment", "variation_group", "license",
            "license_author", "translations",
        )  # fmt: skip


class ExerciseInfoSchema(Schema):
    """An exercise with everything that is known of it, in every language."""

    id = fields.Integer()
    uuid = fields.UUID()
    created = fields.DateTime()
    last_update = fields.DateTime()
    last_update_global = Batch(authors.last_updates, otherwise=str, describes=fields.DateTime())
    category = Nested(CategorySchema)
    muscles = Members(MuscleSchema, models.muscles)
    muscles_secondary = Members(MuscleSchema, models.muscles_secondary)
    equipment = Members(EquipmentSchema, models.equipment)
    license = Nested(LicenseSchema)
    license_author = fields.String()
    images = Children(ImageSchema, models.ExerciseImage.exercise)
    translations = Children(TranslationInfoSchema, models.Translation.exercise)
    variation_group = fields.UUID(allow_none=True)
    videos = Children(VideoInfoSchema, models.ExerciseVideo.exercise)
    author_history = Batch(authors.of_exercises, part=0)
    total_authors_history = Batch(authors.of_exercises, part=1)
