"""Find names by regular expressions, which need no index: all copies of names are looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import peewee

from ..types import D, Expression
from .base import Dialect

if TYPE_CHECKING:
    from ..name_search.index import NameCopy

_WORDS = 6
_NOTHING = "A"  # no folded name has a capital letter


class RegexpNames(Dialect[D]):
    """The answers about names of a database that knows regular expressions."""

    matches = "REGEXP"
    """The operator, in SQL."""

    def can_index_names(self, database: D) -> bool:
        return True

    def name_terms(self, pieces: list[list[str]]) -> tuple[str, ...]:
        # As many values for every text: the longest words tell most, one that is repeated changes nothing.
        terms = ["|".join(some) for some in sorted(pieces, key=lambda some: -len(some[0]))[:_WORDS]]
        return tuple(((terms or [_NOTHING]) * _WORDS)[:_WORDS])

    def names_with(self, copy: type[NameCopy], *terms: Expression) -> peewee.Select:
        return copy.select(copy.id).where(*(copy.folded.regexp(term) for term in terms))

    def count_names(self, database: D, table: str, pieces: list[list[str]], most: int) -> int:
        conditions = " AND ".join([f"folded {self.matches} %s"] * len(pieces))
        matching = f'SELECT 1 FROM "{table}" WHERE {conditions} LIMIT %s'
        values = (*("|".join(some) for some in pieces), most)
        count: int = database.execute_sql(f"SELECT count(*) FROM ({matching}) AS matching", values).fetchone()[0]
        return count

    def similar_words(self, database: D, table: str, word: str) -> list[str]:
        condition, values = self.alike(word)
        found = database.execute_sql(f'SELECT folded FROM "{table}" WHERE {condition} LIMIT 2000', values)
        return [row[0] for row in found]

    def alike(self, word: str) -> tuple[str, tuple[str | int, ...]]:
        """Return the condition on folded words that one slip may have made of ``word``, and its values."""
        # Whatever one slip does to a word, its first or its last two letters remain.
        condition = f"folded {self.matches} %s AND abs(char_length(folded) - %s) <= 4"
        return condition, (f"^  {word[:2]}|{word[-2:]}  $", len(word) + 4)
