"""Delete from the catalogue, and tell those who keep copies of it.

Routines and logs of all users point at exercises.  Deleting one with a replacement leads them
over to that; without one they lose what pointed there, so a replacement that is wrong is refused.
Each exercise, translation, picture and film that goes leaves a line in the deletion log.
"""

from __future__ import annotations

import uuid as uuids

from marshmallow import ValidationError

from wger_flask.api import (
    FormData,
    Invalid,
    Key,
    Presence,
    Schema,
    Selection,
    columns,
    equals,
    record,
    tell_replaced,
    told,
)
from wger_flask.domain.core.models import ENGLISH
from wger_flask.domain.routines.models import SlotEntry, WorkoutLog

from . import media
from .contributions import remove
from .deletion_log import note
from .models import Exercise, ExerciseImage, ExerciseVideo, Translation

KINDS = ((Translation, "translation"), (ExerciseImage, "image"), (ExerciseVideo, "video"))


class Replacement(Key):
    """The UUID of an exercise; in a form, where it is chosen from a list, its key too."""

    parameter = {"type": "string", "format": "uuid"}

    def deserialize(self, value, attr=None, data=None, **kwargs):
        if value == "":
            raise ValidationError("Must be a valid UUID.")  # a script whose variable is empty means another exercise
        return super().deserialize(value, attr, data, **kwargs)

    def _deserialize(self, value, attr, data, **kwargs):
        if isinstance(data, FormData) and value.isdecimal():
            return super()._deserialize(value, attr, data, **kwargs)
        uuid = columns.parse_uuid(value)
        if uuid is None:
            raise ValidationError("Must be a valid UUID.")
        return uuid


class ExerciseDeletionSchema(Schema):
    """What becomes of what belongs to an exercise that goes."""

    replaced_by = Replacement(
        Exercise, help="UUID of the exercise that takes its place in all routines and logs, which go otherwise"
    )
    transfer_media = Presence(
        label="Keep pictures and films", help="give them to the exercise in its place; counts by being there"
    )
    transfer_translations = Presence(
        label="Keep texts", help="in languages that the exercise in its place lacks; counts by being there"
    )


def delete_exercise(call, exercise: Exercise) -> None:
    """Delete an exercise as :class:`ExerciseDeletionSchema` says; raises Invalid for a replacement that is none."""
    options = told(call)
    replacement = _replacement(exercise, options.get("replaced_by"))
    name = _english_name(exercise)
    if replacement is not None:
        lead_over(exercise, replacement)
        if options.get("transfer_translations"):
            _transfer_translations(call, exercise, replacement)
        if options.get("transfer_media"):
            media.transfer(call, exercise, replacement)
    note_exercise(exercise, f"Exercise base of {name}", replacement)
    remove(call, exercise)


def lead_over(exercise: Exercise, replacement: Exercise) -> None:
    """Let all routines and logs that point at an exercise point at another one."""
    for used in (SlotEntry, WorkoutLog):
        used.update(exercise=replacement).where(used.exercise == exercise).execute()
    tell_replaced(Exercise, exercise.id, replacement.id)


def is_used(exercise: Exercise) -> bool:
    """Tell whether a routine or a log points at an exercise."""
    return any(Selection(used, (equals(used.exercise, exercise.id),)).exists() for used in (SlotEntry, WorkoutLog))


def note_exercise(exercise: Exercise, comment: str, replacement: Exercise | None) -> None:
    """Note that an exercise goes, and the texts, pictures and films that go with it."""
    note("base", exercise.uuid, comment, replacement.uuid if replacement else None)
    for model, kind in KINDS:
        for row in Selection(model, (equals(model.exercise, exercise.id),), ("id",)).instances():
            note(kind, row.uuid, row.name if model is Translation else "")


def _replacement(exercise: Exercise, wanted: uuids.UUID | int | None) -> Exercise | None:
    if wanted is None:
        return None
    column = Exercise.uuid if isinstance(wanted, uuids.UUID) else Exercise.id
    replacement = Selection(Exercise, (equals(column, wanted),)).first() if columns.storable(wanted) else None
    if not isinstance(replacement, Exercise):
        raise Invalid({"replaced_by": ["There is no such exercise."]})
    if replacement.id == exercise.id:
        raise Invalid({"replaced_by": ["An exercise cannot take its own place."]})
    return replacement


def _english_name(exercise: Exercise) -> str:
    """Return the exercise's name in English, or else in whatever language it has."""
    rows = Selection(Translation, (equals(Translation.exercise, exercise.id),), ("id",)).rows(("language", "name"))
    names = dict(rows)
    return names.get(ENGLISH) or next(iter(names.values()), "")


def _transfer_translations(call, exercise: Exercise, replacement: Exercise) -> None:
    """Give the replacement the translations into languages that it lacks."""
    taken = Translation.select(Translation.language).where(Translation.exercise == replacement)
    moving = Translation.select().where((Translation.exercise == exercise) & Translation.language.not_in(taken))
    for row in list(moving):
        row.exercise = replacement
        row.save()
        record(row, "changed", call.user.id)
