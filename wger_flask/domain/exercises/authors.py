"""Read who wrote what, and when, from the edit history.

Each function answers for a whole page at once: keys in, a dictionary out.
"""

from __future__ import annotations

from collections.abc import Callable

from wger_flask.api import Selection, any_of, fields, history_of, latest, versions

from .models import Exercise, ExerciseImage, ExerciseVideo, Translation

_MOMENT = fields.DateTime()
_REFERENCES = (Exercise.id, Translation.exercise, ExerciseImage.exercise, ExerciseVideo.exercise)


def of(model) -> Callable:
    """Return the loader of the distinct authors in the history of rows of ``model``."""

    def load(keys, context) -> dict[int, list[str]]:
        if (history := history_of(model)) is None:
            return {}
        names: dict[int, dict[str, None]] = {}
        edits = Selection(history, (any_of(history.id, keys),), ("history_id",)).rows(("id", "license_author"))
        for key, author in edits:
            if author:
                names.setdefault(key, {})[author] = None
        return {key: list(authors) for key, authors in names.items()}

    return load


def of_exercises(keys, context) -> dict[int, tuple[list[str], list[str]]]:
    """Return the authors of exercises, and these with the authors of the words, pictures and films they have now."""
    own: dict[int, dict[str, None]] = {}
    whole: dict[int, dict[str, None]] = {}
    for part, key, author in versions(_REFERENCES, keys, "license_author"):
        if author:
            whole.setdefault(key, {})[author] = None
            if part == 0:
                own.setdefault(key, {})[author] = None
    return {key: (list(own.get(key, ())), list(authors)) for key, authors in whole.items()}


def last_updates(keys, context) -> dict[int, str]:
    """Return the latest change of exercises and of all their parts."""
    write = _MOMENT.writer()
    return {key: write(moment) for key, moment in latest(_REFERENCES, keys, "last_update").items()}
