"""What the explorer shows of the catalogue besides tables: the body, and exercises with their words.

An exercise has no words of its own.  It is called by its translation into the language that the
browser prefers, else into English, else into whichever there is.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from wger_flask.api import Selection, View, any_of, preferred
from wger_flask.domain.core.models import Language
from wger_flask.text.markdown import sanitise

from . import models
from .rules import may_contribute, may_delete

DRAWINGS = Path(__file__).parents[2] / "static" / "images" / "muscles"


@cache
def shape(muscle: int) -> str:
    """Return the outline of a muscle as SVG path data, nothing for one that is not drawn."""
    drawing = DRAWINGS / "main" / f"muscle-{muscle}.svg"
    path = re.search(r' d="([^"]+)"', drawing.read_text()) if drawing.is_file() else None
    return path[1] if path else ""


def sides(muscles: list[tuple[dict, str]]) -> list[dict]:
    """Return front and back of the body with ``muscles``, each with how it is marked."""
    return [
        {"name": name, "muscles": [(row, mark, shape(row["id"])) for row, mark in muscles if row["is_front"] is front]}
        for name, front in (("front", True), ("back", False))
    ]


def _body(shown):
    """Draw the whole body: each muscle leads to its page."""
    return shown.render(
        "exercises/body.html", sides=sides([(row, "idle") for row in shown.everything("name")]), list=True
    )


def _muscle(shown):
    """Draw one muscle, on the side of the body where it is."""
    marked = [side for side in sides([(row, "main") for row in shown.rows]) if side["muscles"]]
    return shown.render("exercises/body.html", sides=marked, list=False)


def _cards(shown):
    """Show exercises as cards."""
    codes = {key: code for key, code, _ in _languages()}
    return shown.render("exercises/exercises.html", exercises=[(row, _chosen(row, codes)) for row in shown.rows])


def _exercise(shown):
    """Show an exercise as a person reads it."""
    (row,) = shown.rows
    marked = [(muscle, "main") for muscle in row["muscles"]]
    marked += [(muscle, "second") for muscle in row["muscles_secondary"]]
    names = {key: (short, name) for key, short, name in _languages()}
    chosen = _chosen(row, {key: code for key, (code, _) in names.items()})
    texts = [
        (*names.get(translation["language"], ("", "")), translation, sanitise(translation["description"]))
        for translation in row["translations"]
    ]
    texts.sort(key=lambda text: (text[2] is not chosen, text[1]))
    rights = {"contributes": may_contribute(shown.call.user), "deletes": may_delete(shown.call.user)}
    drawn = sides(marked) if marked else []
    return shown.render("exercises/exercise.html", exercise=row, texts=texts, sides=drawn, **rights)


def _chosen(row: dict, codes: dict[int, str]) -> dict | None:
    """Return the translation of an exercise in the language of the request; ``codes`` has their codes by key."""
    by_language: dict[str, dict] = {}
    for translation in row["translations"]:
        by_language.setdefault(codes.get(translation["language"], ""), translation)
    return preferred(by_language)


def _languages() -> list[tuple]:
    return Selection(Language).rows((Language.id, Language.short_name, Language.full_name))


def names(keys: list[int]) -> dict[int, str]:
    """Return what exercises are called, by key, by the translation that is shown of them too."""
    by_exercise: dict[int, dict[str, str]] = {}
    rows = Selection(models.Translation, (any_of(models.Translation.exercise, keys),), ("id",)).rows(
        ("exercise", "name", "language.short_name")
    )
    for exercise, name, language in rows:
        by_exercise.setdefault(exercise, {}).setdefault(language, name)
    return {exercise: preferred(by_language) or "" for exercise, by_language in by_exercise.items()}


def called(texts: list[str]) -> dict[str, list[int]]:
    """Return the keys of the exercises that are called so, in any language, by name."""
    found: dict[str, list[int]] = {}
    for name, exercise in Selection(models.Translation, (any_of(models.Translation.name, texts),), ("id",)).rows(
        (models.Translation.name, models.Translation.exercise)
    ):
        if exercise not in found.setdefault(name, []):
            found[name].append(exercise)
    return found


def register(registry) -> None:
    """Register the views and the names."""
    registry.add_view("muscles", View(rows=_body, row=_muscle, instead=True))
    registry.add_view("exercises", View(rows=_cards, row=_exercise, instead=True))
    registry.add_names(models.Exercise, names, find=called)
