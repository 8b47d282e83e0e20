"""Look after pictures and films: one of each is an exercise's main one, and files lie with their exercise.

An exercise that has pictures has a main one: the first until a user chooses another, and the
first that is left when that one goes.
"""

from __future__ import annotations

from wger_flask.api import Hooks, Selection, advisory_lock, columns, equals, move_file, ordering_of, record, table_of

from .contributions import noted, remove
from .deletion_log import note
from .models import Exercise, ExerciseImage, ExerciseVideo

FILES: dict[type[ExerciseImage] | type[ExerciseVideo], tuple[str, str]] = {
    ExerciseImage: ("image", "exercise-images"),
    ExerciseVideo: ("video", "exercise-video"),
}


def image_folder(values: dict) -> str:
    """Return the folder of a picture's file."""
    return f"{FILES[ExerciseImage][1]}/{values['exercise']}"


def video_folder(values: dict) -> str:
    """Return the folder of a film's file."""
    return f"{FILES[ExerciseVideo][1]}/{values['exercise']}"


def transfer(call, exercise: Exercise, replacement: Exercise) -> None:
    """Give the pictures and films of an exercise to the one that replaces it, files and all."""
    for model, (column, folder) in FILES.items():
        has_main = _main_of(model, replacement.id).exists()
        for row in Selection(model, (equals(model.exercise, exercise.id),), ordering_of(model)).instances():
            row.exercise, row.is_main = replacement, row.is_main and not has_main
            setattr(row, column, move_file(call.files, getattr(row, column), f"{folder}/{replacement.id}"))
            row.save()
            record(row, "changed", call.user.id)
        elect(model, replacement.id, call.user.id)


def _prepare(call, data: dict, row) -> None:
    model = call.resource.model
    exercise_id = data.get("exercise", row and row.exercise_id)
    moves = row is None or exercise_id != row.exercise_id
    advisory_lock(f"main {table_of(model)} of {exercise_id}")
    others = _main_of(model, exercise_id)
    if (moves or "is_main" in data) and not any(key != (row and row.id) for key in others.keys()):
        data["is_main"] = True


def _saved(call, row, created: bool) -> None:
    noted(call, row, created)
    if row.is_main:
        demote_others(row)


def demote_others(row) -> None:
    """Let no other picture or film of its exercise be the main one."""
    model = type(row)
    siblings = (model.exercise == row.exercise_id) & (model.id != row.id) & model.is_main
    model.update(is_main=False, last_update=columns.now()).where(siblings).execute()


def _delete(call, row) -> None:
    note("image" if isinstance(row, ExerciseImage) else "video", row.uuid)
    remove(call, row)
    elect(type(row), row.exercise_id, call.user.id)


def _main_of(model, exercise_id: int) -> Selection:
    return Selection(model, (equals(model.exercise, exercise_id), equals(model.is_main, True)))


def elect(model, exercise_id: int, user_id: int | None) -> None:
    """Make the first picture or film of an exercise its main one if it has none; ``user_id`` is who did that."""
    if _main_of(model, exercise_id).exists():
        return
    first = Selection(model, (equals(model.exercise, exercise_id),), ("id",)).instances().first()
    if first is not None:
        first.is_main = True
        first.save()
        record(first, "changed", user_id)


HOOKS = Hooks(prepare=_prepare, saved=_saved, delete=_delete)
