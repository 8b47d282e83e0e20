"""Tell names that look the same, however they are spelled.

Two texts are confusable when their skeletons are equal: every character is replaced by the one
that stands for all that look like it.  See Unicode Technical Standard #39, section 4; which
characters look alike is read from its table as the package ``confusable_homoglyphs`` carries it.
Letter case is not folded: ``Admin`` and ``admin`` are two names.
"""

from __future__ import annotations

import unicodedata
from functools import cache


def skeleton(text: str) -> str:
    """Return what all texts that look like ``text`` have in common; it is for comparing, not for showing."""
    table = _table()
    parts = (table.get(letter, letter) for letter in unicodedata.normalize("NFD", text))
    return unicodedata.normalize("NFD", "".join(parts))


@cache
def _table() -> dict[str, str]:
    """Return what stands for each character that looks like others.

    The package lists for each character what it looks like: the one that stands for all lists
    them all, the others list that one alone.
    """
    from confusable_homoglyphs.utils import load  # a megabyte: only a process that judges names reads it

    alike = {letter: [other["c"] for other in others] for letter, others in load("confusables.json").items()}
    table = {}
    for letter, others in alike.items():
        if len(others) == 1 and (len(alike.get(others[0], ())) != 1 or others[0] < letter):
            table[letter] = others[0]
    return table
