"""Take a whole new exercise in one body: itself, its translations, their aliases and comments.

Everything is checked before anything is stored, and all of it is stored or nothing.
"""

from __future__ import annotations

import uuid

from marshmallow import ValidationError, validates, validates_schema

from wger_flask.api import (
    Endpoints,
    Invalid,
    Items,
    Key,
    Schema,
    Selection,
    clashes_of,
    dumper,
    equals,
    fields,
    links_of,
    record,
)
from wger_flask.domain.core.models import ENGLISH, Language, License

from . import models, translations
from .rules import CONTRIBUTIONS, contributors
from .schemas import ExerciseSchema, SubmittedSchema, TranslationSchema


class AliasItemSchema(Schema):
    """Another name."""

    alias = fields.String(required=True, max_length=200)


class CommentItemSchema(Schema):
    """A short hint."""

    comment = fields.String(required=True, max_length=200)


class TranslationItemSchema(TranslationSchema):
    """The words of the new exercise in one language."""

    aliases = Items(AliasItemSchema, label="Other names", help="one on a line")
    comments = Items(CommentItemSchema, label="Hints", help="one on a line: what to take care of")

    class Meta(Schema.Meta):
        fields = ("name", "description_source", "language", "license_author", "aliases", "comments")


def _check_words(item: dict) -> None:
    """Raise :class:`Invalid` for words in another language than they say, or a name that is taken."""
    language = Language.get_by_id(item["language"])
    texts = [(item["description_source"], "description")]
    texts += [(each["comment"], "comment") for each in item.get("comments", ())]
    for text, what in texts:
        if fault := translations.wrong_language(text, language, what):
            raise Invalid({"language": [fault]})
    if fault := translations.taken_name(item["name"], language.id):
        raise Invalid({"name": [fault]})


class SubmissionSchema(ExerciseSchema):
    """A new exercise with its words; ``variations_connect_to`` is an exercise that it varies."""

    license = Key(License)
    variations_connect_to = Key(models.Exercise, allow_none=True, label="Variation of")
    translations = Items(
        TranslationItemSchema, required=True, empty="You must provide at least one translation.", check=_check_words,
        label="Words", titles=("In English", "In another language"), fixed=({"language": ENGLISH},),
        asks=("language", "name", "description_source", "aliases", "comments"),
    )  # fmt: skip

    class Meta(Schema.Meta):
        fields = (
            "category", "muscles", "muscles_secondary", "equipment", "variation_group", "variations_connect_to",
            "license", "license_author", "translations",
        )  # fmt: skip

    @validates("translations")
    def _one_a_language(self, items, **kwargs):
        languages = [item["language"] for item in items]
        if ENGLISH not in languages:
            raise ValidationError("You must provide at least one translation in English.")
        if len(set(languages)) < len(languages):
            words = clashes_of(models.Translation)[("exercise", "language")]
            places = enumerate(languages)
            raise ValidationError(
                [{"non_field_errors": [words]} if key in languages[:place] else {} for place, key in places]
            )

    @validates_schema
    def _one_way_to_vary(self, data, **kwargs):
        if data.get("variation_group") and data.get("variations_connect_to"):
            raise ValidationError("Either set variation_group or variations_connect_to, not both.", "variation_group")


submissions = Endpoints("exercise-submission", "Submit an exercise with all its words.")


@submissions.endpoint(
    "exercise-submission", methods=("POST",), access=contributors, throttle=CONTRIBUTIONS["POST"],
    request=SubmissionSchema, response=SubmittedSchema, makes="exerciseinfo",
    asks=("translations", "category", "equipment", "muscles", "muscles_secondary"),
)  # fmt: skip
def submit(call):
    """Store a new exercise with its translations, their aliases and comments."""
    data = call.load(SubmissionSchema)
    items = data.pop("translations")
    linked = {name: data.pop(name, ()) for name in links_of(models.Exercise)}
    data["variation_group"] = data.get("variation_group") or _group_of(call, data.pop("variations_connect_to", None))
    exercise = models.Exercise.create(**data)
    for name, keys in linked.items():
        links_of(models.Exercise)[name].replace(exercise.id, keys)
    record(exercise, "created", call.user.id)
    for item in items:
        _store_words(call, exercise, item)
    stored = Selection(models.Exercise, (equals(models.Exercise.id, exercise.id),))
    return dumper(SubmittedSchema, models.Exercise).of(stored, call.context)[0], 201


def _group_of(call, key: int | None):
    """Return the group of an exercise's variations, which it gets now if it has none."""
    if key is None:
        return None
    varied = models.Exercise.get_by_id(key)
    if varied.variation_group is None:
        varied.variation_group = uuid.uuid4()
        varied.save()
        record(varied, "changed", call.user.id)
    return varied.variation_group


def _store_words(call, exercise: models.Exercise, item: dict) -> None:
    aliases, comments = item.pop("aliases", ()), item.pop("comments", ())
    translation = translations.create(call.user.id, exercise.id, item)
    for model, rows in ((models.Alias, aliases), (models.ExerciseComment, comments)):
        for row in rows:
            record(model.create(translation=translation, **row), "created", call.user.id)
