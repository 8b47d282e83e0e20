"""Tell what a typed word may mean besides itself: another number of it, its halves, a slip of the finger.

Spelling says what could be (:mod:`.folding`); whether it is a word, and stands so in a name, only
the names can tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from ..database import database
from ..predicates import any_of
from ..query import Selection
from . import folding, index

_RARE = 5
_MOST = 4


def method_override(words: Sequence[str], tables: Sequence[str]) -> list[tuple[str, list[str], list[str]]]:
    """Return each of ``words`` with the pieces that may stand in a name instead of it, and the words it means.

    ``tables`` are the copies of names that are searched.  What it means is the word itself, where nothing
    else is more likely; a slip is never more likely.
    """
    known = _known(_candidates(words))
    misspelled = []
    for word in words:
        rare = bool(folding.slips_allowed(word)) and _count([[word]], tables, _RARE) < _RARE
        numbers = [other for other in folding.other_numbers(word) if other in known]
        apart = _apart(word, known, rare and word not in known, tables)
        pieces = [folding.folded([other]) for other in numbers] + [piece for piece, _ in apart]
        if not pieces and rare:
            pieces = [folding.GAP + other for other in _slips(word)]
        meant = next((parts for _, parts in apart), numbers[:1] or [word])
        misspelled.append((word, pieces, meant))
    return misspelled


def _candidates(words: Iterable[str]) -> set[str]:
    """Return whatever might be a word, of which it matters whether it is."""
    candidates = set(words)
    for word in words:
        candidates.update(folding.other_numbers(word))
        for left, right in folding.halves(word):
            candidates.update((left, right), folding.other_numbers(right))
    return candidates


def _known(candidates: Iterable[str]) -> set[str]:
    """Return those of ``candidates`` that stand in some name."""
    folded = sorted(folding.folded([word]) for word in candidates)
    return {row[0].strip() for row in Selection(index.Word, (any_of(index.Word.folded, folded),)).rows(("folded",))}


def _apart(word: str, known: set[str], strange: bool, tables: Sequence[str]) -> list[tuple[str, list[str]]]:
    """Return the ways in which names write a joined ``word`` apart: the piece, and its words.

    The second half of a ``strange`` word may be one that is still being typed.
    """
    ways: list[tuple[str, list[str]]] = []
    for left, right in folding.halves(word):
        if left in known:
            rights = [right, *folding.other_numbers(right)]
            ways += [(folding.folded([left, other]), [left, other]) for other in rights if other in known]
            if strange and len(left) > 2 and right not in known:
                ways.append((folding.folded([left, right]).rstrip(), [left, right]))
    if not ways or not _count([[piece for piece, _ in ways]], tables, 1):
        return []
    return list(islice((way for way in ways if _count([[way[0]]], tables, 1)), _MOST))


def _slips(word: str) -> list[str]:
    """Return the words that ``word`` may be a slip of."""
    held = database.obj
    similar = held.dialect.similar_words(held, index.Word._meta.table_name, word)
    return folding.nearest(word, (text.strip() for text in similar))


def _count(pieces: list[list[str]], tables: Sequence[str], most: int) -> int:
    """Return how many names have the pieces, ``most`` for more."""
    held, count = database.obj, 0
    for table in tables:
        count += held.dialect.count_names(held, table, pieces, most)
        if count >= most:
            return most
    return count
