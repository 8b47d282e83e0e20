"""Orders that another table has ready: the best rows of many, without looking at all of them in their own.

Names are ranked in a copy of theirs, which is narrow.  Where a list is ordered by that rank, its page is cut from the
copy, and only rows of the page are read from the table itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import peewee

from .joins import Joins
from .model import Model
from .predicates import Clause, Term
from .types import Expression

Build = Callable[..., Any]
_SPARE = 200
_NEAR, _NEAR_NARROWED = 200, 100  # rows: to find more of the nearest by themselves takes as long as to rank all


class Nearest(NamedTuple):
    """Keys, in no order, among which the first rows of an order are; ``complete`` where these are all that match."""

    keys: list[int]
    complete: bool


@dataclass(frozen=True, slots=True)
class Ranking:
    """What stands for an order: ``matches`` builds the condition on rows, ``keys`` the query of their keys in order.

    Both take the placeholders that the term of the order takes.  ``then`` are the terms that follow it; ties beyond
    those are by key.  ``keys`` may build None where there is no such query.

    ``number`` builds the query of how many rows match, None where there is none; ``numbers(found)`` says whether what
    it found is right.

    ``among`` finds the keys among which the first of the order are, by how many are wanted and the values of the term;
    ``keys`` takes them as JSON by that name.  It finds None where to look at all rows is as well.
    """

    matches: Build
    keys: Build
    then: tuple[str, ...]
    number: Build | None = None
    numbers: Callable[[int], bool] = bool
    among: Callable[..., Nearest | None] | None = None

    def nearest(self, clauses: tuple[Clause, ...], order: tuple[Term, ...], needed: int) -> Nearest | None:
        """Return the keys among which the first ``needed`` rows of the ``order`` are, None for any.

        More, since some may be of rows that are gone, or that other ``clauses`` leave out.
        """
        is_narrowed = len(clauses) > 1
        if self.among is None or needed > (_NEAR_NARROWED if is_narrowed else _NEAR):
            return None
        values = [value for term in order if isinstance(term, Clause) for value in term.values]
        return self.among(_enough(needed) if is_narrowed else needed + _SPARE // 20, *values)

    def page(
        self,
        joins: Joins,
        clauses: tuple[Clause, ...],
        conditions: list[Expression],
        placeholders: list[peewee.Value],
        needed: Expression,
        among: Expression | None = None,
    ) -> peewee.ModelSelect[Model] | None:
        """Return the query of the keys of rows in their order, to be cut into a page; None where there is none.

        ``conditions`` are those of ``clauses``, ``placeholders`` those of the term.  It gives the first ``needed`` rows
        at least, unless a great many keys are of rows that are gone: where a page of it is not full, ask without it.
        ``among`` is the placeholder of the keys that :meth:`nearest` found.
        """
        ranked = self.keys(*placeholders) if among is None else self.keys(*placeholders, among=among)
        if ranked is None:
            return None
        left = [
            condition for clause, condition in zip(clauses, conditions, strict=True) if clause.build is not self.matches
        ]
        if not left:  # sorting so many, and no more, is quicker
            ranked = ranked.limit(_enough(needed))
        found, model = ranked.alias("ranked"), joins.model
        key = model._meta.primary_key
        source = peewee.Join(found, model, peewee.JOIN.CROSS, key == found.c.id)
        query = joins.apply(model.select(key).from_(source))
        return query.where(*left) if left else query


def _enough(needed: Any) -> Any:
    return needed * 2 + _SPARE


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
    among: Callable[..., Nearest | None] | None = None,
) -> None:
    """Declare that an order by the clauses that ``term`` builds is that of a :class:`Ranking`."""
    _rankings[term] = Ranking(matches, keys, then, number, numbers, among)
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
