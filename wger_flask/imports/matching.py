"""Find the exercises that apps call by other names.

A name is looked for among those of the catalogue, aliases too, in the person's language and then in English: as it is
spelled, then without case and punctuation, then whatever the order of its words.  Where two exercises could be meant,
none is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from wger_flask.api import Selection, any_of
from wger_flask.domain.exercises.models import Alias, Translation
from wger_flask.domain.exercises.search import translations_like

from .folding import folded, unordered

SUGGESTED = 6
_SEARCHED = 300  # names of one file that suggestions are looked up for
_IN_BRACKETS = re.compile(r"\s*[(\[][^)\]]*[)\]]")
_SPELLINGS: tuple[Callable[[str], str], ...] = (str.strip, folded, unordered)


class ExerciseNames:
    """The names of all exercises in ``languages`` (ids), those of the first language before those of the next."""

    def __init__(self, languages: tuple[int, ...]):
        self.languages = languages
        self._labels: dict[int, str] = {}
        self._found: list[dict[str, dict[int, int]]] = [{} for _ in _SPELLINGS]  # spelling: exercise: rank
        self._searched = 0
        in_them = any_of(Translation.language, languages)
        names = Selection(Translation, (in_them,), ("id",)).rows(("id", "exercise", "language", "name"))
        translations = {key: (exercise, languages.index(language)) for key, exercise, language, _ in names}
        for _, exercise, language, name in sorted(names, key=lambda row: languages.index(row[2])):
            self._labels.setdefault(exercise, name)
            self._add(name, exercise, 2 * languages.index(language))
        for translation, alias in Selection(Alias).rows((Alias.translation, Alias.alias)):
            if translation in translations:
                exercise, rank = translations[translation]
                self._add(alias, exercise, 2 * rank + 1)

    def _add(self, name: str, exercise: int, rank: int) -> None:
        for spell, found in zip(_SPELLINGS, self._found, strict=True):
            ranks = found.setdefault(spell(name), {})
            ranks[exercise] = min(rank, ranks.get(exercise, rank))

    def label(self, exercise: int) -> str | None:
        """Return what an exercise is called, None for one that is not there."""
        return self._labels.get(exercise)

    def find(self, name: str) -> int | None:
        """Return the exercise of this name, None for none, and where several are as near."""
        for spell, found in zip(_SPELLINGS, self._found, strict=True):
            ranks = found.get(spell(name))
            if ranks:
                best = min(ranks.values())
                nearest = [exercise for exercise, rank in ranks.items() if rank == best]
                return nearest[0] if len(nearest) == 1 else None
        return None

    def suggest(self, name: str) -> tuple[tuple[str, str], ...]:
        """Return exercises that may be meant, as pairs of key and label, the nearest first."""
        alike = [exercise for found in self._found[1:] for exercise in found.get(unordered(name), ())]
        suggested = dict.fromkeys(alike)
        if self._searched < _SEARCHED:
            self._searched += 1
            for text in _shorter(name):
                if len(suggested) >= SUGGESTED:
                    break
                rows: Iterable[Any] = translations_like(text, self.languages).rows(("exercise",), 2 * SUGGESTED)
                suggested |= dict.fromkeys(exercise for (exercise,) in rows)
        known = [(str(exercise), self._labels[exercise]) for exercise in suggested if exercise in self._labels]
        return tuple(known[:SUGGESTED])


def _shorter(name: str) -> list[str]:
    """Return a name, the name without what is in brackets, and its end: English names end with what is done."""
    plain = _IN_BRACKETS.sub("", name).strip()
    words = plain.split()
    texts = [name, plain, " ".join(words[-2:]), *(words[-1:])]
    return [text for text in dict.fromkeys(texts) if text]
