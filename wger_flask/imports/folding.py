"""Say when two names are the same though they are spelled otherwise."""

from __future__ import annotations

from wger_flask.storage.name_search.folding import words_of


def folded(name: str) -> str:
    """Return the words of a name in lower case, without accents and punctuation; a name without words stays itself."""
    return " ".join(words_of(name)) or name.strip()


def unordered(name: str) -> str:
    """Return the words of a name in their alphabet's order and without a plural's s.

    So ``Squats (Barbell)`` is ``Barbell Squat``: apps put the equipment behind the name.
    """
    words = (word[:-1] if len(word) > 2 and word.endswith("s") else word for word in words_of(name))
    return " ".join(sorted(words))
