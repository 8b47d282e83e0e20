"""Read who wrote what, and when, from the edit history.

Each function answers for a whole page at once: keys in, a dictionary out.
"""

from __future__ import annotations

from collections.abc import Callable

from wger_flask.api import Selection, any_of, fields, history_of, key_of, versions

from .models import Exercise, ExerciseImage, ExerciseVideo, Translation

Part = type[Translation] | type[ExerciseImage] | type[ExerciseVideo]
_PARTS: tuple[Part, ...] = (Translation, ExerciseImage, ExerciseVideo)


def of(model) -> Callable:
    """Return the loader of the distinct authors in the history of rows of ``model``."""

    def load(keys, context) -> dict[int, list[str]]:
        return _gather(_edits(model, keys))

    return load


def of_everything(keys, context) -> dict[int, list[str]]:
    """Return the authors of exercises, and of the translations, pictures and films that they have now."""
    rows = _edits(Exercise, keys)
    for model in _PARTS:
        rows += versions(model.exercise, keys, "license_author")
    return _gather(rows)


def last_updates(keys, context) -> dict[int, str]:
    """Return the latest change of exercises and of all their parts."""
    latest: dict = {}
    places = [(Exercise, key_of(Exercise)), *((part, part.exercise) for part in _PARTS)]
    for model, column in places:
        for key, moment in Selection(model, (any_of(column, keys),)).rows((column.name, "last_update")):
            if key not in latest or latest[key] < moment:
                latest[key] = moment
    convert = fields.DateTime().wire
    return {key: convert(moment) for key, moment in latest.items()}


def _edits(model, keys) -> list[tuple]:
    """Return the author that every edit of rows of ``model`` named, with the row's key."""
    if (history := history_of(model)) is None:
        return []
    return Selection(history, (any_of(history.id, keys),), ("history_id",)).rows(("id", "license_author"))


def _gather(rows) -> dict[int, list[str]]:
    names: dict[int, dict[str, None]] = {}
    for key, author in rows:
        if author:
            names.setdefault(key, {})[author] = None
    return {key: list(authors) for key, authors in names.items()}
