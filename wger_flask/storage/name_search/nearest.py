"""Find the nearest of very many names without looking at each of them.

How near a name is to a text is a number for the kind of its likeness, less its length.  So the ``most`` nearest are
among the ``most`` shortest of each kind, and those that are as long as the last of these.  A worse kind is not looked
at once as many were found that are nearer than any of it can be.  Which of them come first, the database says.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing

from ..database import database
from ..query_cache import remembered
from ..ranking import Nearest

# What a name of a kind is worth, before its length is taken off.
WHOLE, OTHER_WHOLE = 5000, 4900
BEGINS, OTHER_BEGINS = 4000, 3900
HAS, OTHER_HAS = 3000, 2900
CERTAIN, MATCHES = 2000, 1000

_FEW = 1000  # names that begin with a text: to read them all takes less time than to look for the shortest
_WORTH, _WORTH_SEVERAL = 70, 300  # names that match: to rank all takes less time than to look for kinds of likeness
_SHORTEST_PART = 3  # characters
Found = list[tuple[int, int]]  # of each name, its length and its key


def nearest(table: str, typed: Sequence[str], most: int) -> Nearest | None:
    """Return the keys in ``table``, a copy of names, among which the ``most`` nearest to a text are.

    ``typed`` are the text's :func:`.search.typed_values`.  None where only a look at all that match can tell.
    """
    held = database.obj
    *terms, other_whole, other_text, whole, text, doubtful = typed
    if not whole.strip() or not remembered(("nearest", table), lambda: held.dialect.has_nearest(held, table), table):
        return None
    names = _Names(table, terms, most)
    has_other = other_text != text
    worth = max(most, _WORTH_SEVERAL if has_other or names.has_several_words else _WORTH)
    matching = names.shortest(most=worth)
    if len(matching) < worth:
        return Nearest([key for _, key in matching], complete=True)
    longest, _ = matching[most - 1]
    matching = [name for name in matching if name[0] <= longest]

    kinds: list[tuple[int, Callable[[], Found]]] = [
        (WHOLE, lambda: names.being(whole)),
        *([(OTHER_WHOLE, lambda: names.being(other_whole))] if has_other else []),
        (BEGINS, lambda: names.beginning(text)),
        *([(OTHER_BEGINS, lambda: names.beginning(other_text, without=text))] if has_other else []),
        (HAS, lambda: names.shortest(part=text)),
        *([(OTHER_HAS, lambda: names.shortest(part=other_text))] if has_other else []),
        (CERTAIN, lambda: matching if names.all_have(doubtful) else names.shortest(part=doubtful)),
        (MATCHES, lambda: matching),
    ]
    ranks: dict[int, int] = {}  # of each key, the least that it can be
    for kind, look in kinds:
        if sum(rank >= kind for rank in ranks.values()) >= most:
            break
        for length, key in look():
            ranks[key] = max(kind - length, ranks.get(key, kind - length))
    return Nearest(list(ranks), complete=False)


class _Names:
    """The names in ``table`` that meet ``terms``, of which the ``most`` shortest are wanted."""

    def __init__(self, table: str, terms: Sequence[str], most: int):
        self._table, self._terms, self._most = table, terms, most
        self._pieces = database.obj.dialect.pieces_of(terms)
        self.has_several_words = len(self._pieces) > 1

    def all_have(self, part: str) -> bool:
        """Tell whether all names that meet the terms have ``part`` in them; those of less than three letters do."""
        return len(part) < _SHORTEST_PART or any(all(part in piece for piece in some) for some in self._pieces)

    def shortest(self, part: str = "", start: str = "", without: str = "", most: int | None = None) -> Found:
        """Return the shortest of them, ``most`` where given, with all that are as long as the last.

        Of those that have ``part`` in them, begin with ``start`` and have ``without`` nowhere, where given.
        """
        held, most = database.obj, most or self._most
        # What says the same twice is looked for twice.
        terms = () if self._are_met(start or part) else self._terms
        found: Found = []
        with closing(held.dialect.shortest_names(held, self._table, terms, part, start, without)) as names:
            for length, key in names:
                if len(found) >= most and length > found[-1][0]:
                    break
                found.append((length, key))
        return found

    def being(self, whole: str) -> Found:
        """Return those that are ``whole``."""
        return [name for name in self.beginning(whole) if name[0] == len(whole)]

    def beginning(self, start: str, without: str = "") -> Found:
        """Return those that begin with ``start``, and have ``without`` nowhere, where given: all if these are few."""
        held = database.obj
        names = held.dialect.names_from(held, self._table, start, _FEW)
        if len(names) >= _FEW:
            return self.shortest(start=start, without=without)
        return [(len(name), key) for key, name in names if self._are_met(name) and not (without and without in name)]

    def _are_met(self, text: str) -> bool:
        """Tell whether whatever has ``text`` in it meets the terms."""
        return all(any(piece in text for piece in some) for some in self._pieces)
