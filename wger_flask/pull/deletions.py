"""Follow what was deleted over there, as its deletion log tells.

Routines and logs of an exercise that was replaced are led over to the one in its place. An exercise that went without
one stays here as long as a user's routine or log needs it: no user loses training because it was deleted elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from ..domain.exercises.contributions import remove_row
from ..domain.exercises.deletion import is_used, lead_over, note_exercise
from ..domain.exercises.deletion_log import note
from ..domain.exercises.media import elect
from ..domain.exercises.models import Exercise, ExerciseImage, ExerciseVideo, Translation
from ..storage.keys import parse_uuid
from ..storage.model import Model
from . import rows
from .state import State

_KINDS: dict[str, type[Model]] = {
    "base": Exercise,
    "translation": Translation,
    "image": ExerciseImage,
    "video": ExerciseVideo,
}
_MOST_STEPS = 100  # from an exercise to what took its place, and so on


def follow(state: State) -> None:
    """Delete what was deleted at the source and is here, each in a transaction of its own."""
    found = [row for page in state.pages("deletion-log", {"limit": 900, "ordering": "id"}, False) for row in page.rows]
    read = [(str(row.get("model_type")), parse_uuid(row.get("uuid")), row) for row in found]
    replaced = {uuid: parse_uuid(row.get("replaced_by")) for kind, uuid, row in read if uuid and kind == "base"}
    for kind, uuid, row in read:
        model = _KINDS.get(kind)
        if model is not None and uuid is not None and rows.with_uuid(model, uuid) is not None:
            _delete(state, kind, uuid, row, replaced)


def _delete(state: State, kind: str, uuid: UUID, said: Mapping[str, Any], replaced: Mapping[UUID, UUID | None]) -> None:
    comment = str(said.get("comment") or "").replace("\x00", "")
    with state.writing() as files:
        row = rows.with_uuid(_KINDS[kind], uuid)
        if row is None:
            return
        if isinstance(row, Exercise):
            replacement = _replacement(uuid, replaced)
            if replacement is not None:
                lead_over(row, replacement)
            elif is_used(row):
                state.report.leave_out(f"deletion of exercise {uuid}", "routines or logs here need it")
                return
            note_exercise(row, comment, replacement)
        else:
            note(kind, uuid, comment)
        remove_row(files, row, None)
        if isinstance(row, ExerciseImage | ExerciseVideo):
            elect(type(row), row.exercise_id, None)
    state.report.count("exercises" if kind == "base" else f"{kind}s", "deleted")


def _replacement(uuid: UUID, replaced: Mapping[UUID, UUID | None]) -> Exercise | None:
    """Return the exercise here that took the place of another, or of the one that did, and so on."""
    following: UUID | None = uuid
    for _ in range(_MOST_STEPS):
        following = replaced.get(following) if following is not None else None
        if following is None or following == uuid:
            return None
        if (found := rows.with_uuid(Exercise, following)) is not None:
            return found
    return None
