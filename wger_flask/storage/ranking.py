"""Orders that another table has ready: the best rows of many, without looking at all of them in their own.

Names are ranked in a copy of theirs, which is narrow.  Where a list is ordered by that rank, its page is cut from the
copy, and only rows of the page are read from the table itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import peewee

from .joins import Joins
from .model import Model
from .predicates import Clause, Term
from .types import Expression

Build = Callable[..., Any]
_SPARE = 200


@dataclass(frozen=True, slots=True)
class Ranking:
    """What stands for an order: ``matches`` builds the condition on rows, ``keys`` the query of their keys in order.

    Both take the placeholders that the term of the order takes.  ``then`` are the terms that follow it; ties beyond
    those are by key.  ``keys`` may build None where there is no such query.

    ``number`` builds the query of how many rows match, None where there is none; ``numbers(found)`` says whether what
    it found is right.
    """

    matches: Build
    keys: Build
    then: tuple[str, ...]
    number: Build | None = None
    numbers: Callable[[int], bool] = bool

    def page(
        self,
        joins: Joins,
        clauses: tuple[Clause, ...],
        conditions: list[Expression],
        placeholders: list[peewee.Value],
        needed: Expression,
    ) -> peewee.ModelSelect[Model] | None:
        """Return the query of the keys of rows in their order, to be cut into a page; None where there is none.

        ``conditions`` are those of ``clauses``, ``placeholders`` those of the term.  It gives the first ``needed`` rows
        at least, unless a great many keys are of rows that are gone: where a page of it is not full, ask without it.
        """
        ranked = self.keys(*placeholders)
        if ranked is None:
            return None
        left = [
            condition for clause, condition in zip(clauses, conditions, strict=True) if clause.build is not self.matches
        ]
        if not left:  # sorting so many, and no more, is quicker
            ranked = ranked.limit(needed * 2 + _SPARE)
        found, model = ranked.alias("ranked"), joins.model
        key = model._meta.primary_key
        source = peewee.Join(found, model, peewee.JOIN.CROSS, key == found.c.id)
        query = joins.apply(model.select(key).from_(source))
        return query.where(*left) if left else query


_rankings: dict[Build, Ranking] = {}
_counted: dict[Build, Ranking] = {}


def ranks(
    term: Build,
    *,
    matches: Build,
    keys: Build,
    then: tuple[str, ...] = (),
    number: Build | None = None,
    numbers: Callable[[int], bool] = bool,
) -> None:
    """Declare that an order by the clauses that ``term`` builds is that of a :class:`Ranking`."""
    _rankings[term] = Ranking(matches, keys, then, number, numbers)
    if number is not None:
        _counted[matches] = _rankings[term]


def ranking_of(clauses: tuple[Clause, ...], order: tuple[Term, ...]) -> Ranking | None:
    """Return what stands for ``order`` of the rows that meet ``clauses``, None for nothing."""
    first = order[0] if order else None
    found = _rankings.get(first.build) if isinstance(first, Clause) else None
    if found is None or order[1:] != found.then:
        return None
    matching = [clause.build for clause in clauses].count(found.matches)
    return found if matching == 1 else None


def counted_by(clauses: tuple[Clause, ...]) -> Ranking | None:
    """Return the ranking whose ``number`` tells how many rows meet ``clauses``, None for none."""
    return _counted.get(clauses[0].build) if len(clauses) == 1 else None
