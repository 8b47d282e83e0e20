"""Look after the words of exercises: one translation a language, in that language, under a name of its own.

What people write is Markdown; the HTML that clients show is made and cleaned here, at every
save.  A translation stays with its exercise and its language for good: a body may name
others, is checked against them as clients expect, and changes neither.
"""

from __future__ import annotations

from wger_flask.api import Hooks, Invalid, Selection, clashes_of, equals, record
from wger_flask.domain.core.models import Language
from wger_flask.text import detection, markdown, similarity

from .contributions import noted, remove
from .deletion_log import note
from .models import Translation

_LAST = "These are the only words of the exercise, which no search would show without any: delete the exercise instead."


def rendered(source: str, html: str = "") -> str:
    """Return the HTML of a translation; what was imported without a source keeps its ``html``, cleaned."""
    return markdown.render(source) if source else markdown.sanitise(html)


def wrong_language(text: str, language: Language, what: str) -> str | None:
    """Say that ``text`` (a ``what``) is not in ``language``, or return None if it is."""
    mismatch = detection.language_mismatch(text, language.short_name)
    return None if mismatch is None else mismatch.message(language.full_name, language.short_name, what)


def taken_name(name: str, language_id: int, row: Translation | None = None) -> str | None:
    """Say that an exercise is called ``name`` or nearly so in a language, or return None.

    A ``row`` may keep its name, and spell it differently.
    """
    if row is not None and similarity.normalised(name) == similarity.normalised(row.name):
        return None
    names = Selection(Translation, (equals(Translation.language, language_id),), ("id",)).rows(("name", "id"))
    other = similarity.too_similar(name, (text for text, key in names if row is None or key != row.id))
    if other is None:
        return None
    return (
        f'The name "{name}" is too similar to the existing exercise "{other}". '
        "Please choose a more distinct name or submit a variation instead."
    )


def demand_free_place(exercise_id: int, language_id: int, row: Translation | None = None) -> None:
    """Raise :class:`Invalid` when an exercise has a translation other than ``row`` into a language."""
    place = (equals(Translation.exercise, exercise_id), equals(Translation.language, language_id))
    if any(key != (row and row.id) for key in Selection(Translation, place).keys()):
        words = clashes_of(Translation)[("exercise", "language")]
        raise Invalid({"non_field_errors": [words]})


def _prepare(call, data: dict, row: Translation | None) -> None:
    if row is None:
        language_id = data["language"]
    else:
        demand_free_place(data.pop("exercise", row.exercise_id), data.pop("language", row.language_id), row)
        language_id = row.language_id
    if "description_source" in data:
        language = Language.get_by_id(language_id)
        if fault := wrong_language(data["description_source"], language, "description"):
            raise Invalid({"language": [fault]})
    if "name" in data and (fault := taken_name(data["name"], language_id, row)):
        raise Invalid({"name": [fault]})
    source = data.get("description_source", row.description_source if row else "")
    data["description"] = rendered(source, row.description if row else "")


def _prepare_comment(call, data: dict, row) -> None:
    if "comment" not in data:
        return
    translation = Translation.get_by_id(data.get("translation", row and row.translation_id))
    if fault := wrong_language(data["comment"], translation.language, "comment"):
        raise Invalid({"language": [fault]})


def _delete(call, row: Translation) -> None:
    if call.by_page and Selection(Translation, (equals(Translation.exercise, row.exercise_id),)).count() == 1:
        raise Invalid({"non_field_errors": [_LAST]})
    note("translation", row.uuid, row.name)
    remove(call, row)


def create(user_id: int, exercise_id: int, data: dict) -> Translation:
    """Store a translation that was checked, and note it; returns it."""
    html = rendered(data["description_source"])
    row = Translation.create(exercise=exercise_id, description=html, **data)
    record(row, "created", user_id)
    return row


HOOKS = Hooks(prepare=_prepare, saved=noted, delete=_delete)
COMMENT_HOOKS = Hooks(prepare=_prepare_comment, saved=noted, delete=remove)
