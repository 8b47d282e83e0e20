"""Delete from the catalogue, and tell those who keep copies of it.

Routines and logs of everybody point at exercises.  Deleting one with a replacement leads them
over to that; without one they lose what pointed there.  Each exercise, translation, picture
and film that goes leaves a line in the deletion log.
"""

from __future__ import annotations

import uuid as uuids

from wger_flask.api import Selection, delete_rows, equals, record
from wger_flask.domain.core.models import ENGLISH
from wger_flask.domain.routines.models import SlotEntry, WorkoutLog

from . import media
from .deletion_log import note
from .models import Exercise, ExerciseImage, ExerciseVideo, Translation

KINDS = ((Translation, "translation"), (ExerciseImage, "image"), (ExerciseVideo, "video"))


def delete_exercise(call, exercise: Exercise) -> None:
    """Delete an exercise as the query parameters say.

    ``replaced_by`` is the UUID of another exercise; anything else replaces nothing.
    ``transfer_media`` and ``transfer_translations`` count by being there, whatever they say.
    """
    replacement = _replacement(exercise, call.args.get("replaced_by", ""))
    name = _english_name(exercise)
    if replacement is not None:
        for model in (SlotEntry, WorkoutLog):
            model.update(exercise=replacement).where(model.exercise == exercise).execute()
        if "transfer_translations" in call.args:
            _transfer_translations(call, exercise, replacement)
        if "transfer_media" in call.args:
            media.transfer(call, exercise, replacement)
    note("base", exercise.uuid, f"Exercise base of {name}", replacement and replacement.uuid)
    for model, kind in KINDS:
        for row in Selection(model, (equals(model.exercise, exercise.id),), ("id",)).instances():
            note(kind, row.uuid, row.name if model is Translation else "")
            record(row, "deleted", call.user.id)
    record(exercise, "deleted", call.user.id)
    delete_rows(call.files, Exercise, [exercise.id])


def _replacement(exercise: Exercise, text: str) -> Exercise | None:
    try:
        wanted = uuids.UUID(text)
    except ValueError:
        return None
    return None if wanted == exercise.uuid else Exercise.get_or_none(Exercise.uuid == wanted)


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
