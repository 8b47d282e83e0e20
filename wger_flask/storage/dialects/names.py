"""How names are found by pieces of them, as people type them (see :mod:`..name_search`)."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Generic

import peewee

from ..types import D, Expression

if TYPE_CHECKING:
    from ..name_search.index import NameCopy


class Names(Generic[D]):
    """Answer what the search asks; without :meth:`can_index_names` it looks for texts as they were typed."""

    def can_index_names(self, database: D) -> bool:
        """Tell whether pieces of names can be found fast enough to keep copies of names for it."""
        return False

    def prepare_names(self, database: D, table: str) -> None:
        """Make the index that finds pieces of the column ``folded`` of ``table``, unless it is there."""

    def drop_names(self, database: D, table: str) -> None:
        """Drop the index that :meth:`prepare_names` made, where it does not go with the table."""

    @contextmanager
    def renaming(self, database: D, table: str, keys: list[int] | None) -> Iterator[None]:
        """Keep that index in step while a block writes the rows ``keys`` (None: any) of ``table``."""
        yield

    def name_terms(self, pieces: list[list[str]]) -> tuple[str, ...]:
        """Return the values for :meth:`names_with`: of each list in ``pieces``, one must be in the name."""
        raise NotImplementedError

    def names_with(self, copy: type[NameCopy], *terms: Expression) -> peewee.Select:
        """Return the query for the keys in ``copy``, a copy of names, of those with the pieces."""
        raise NotImplementedError

    def count_names(self, database: D, table: str, pieces: list[list[str]], most: int) -> int:
        """Return how many rows of ``table`` have the pieces, ``most`` for more."""
        raise NotImplementedError

    def prepare_nearest(self, database: D, table: str) -> None:
        """Make what :meth:`shortest_names` and :meth:`names_from` read, unless it is there."""

    def has_nearest(self, database: D, table: str) -> bool:
        """Tell whether that is there for a copy of names."""
        return False

    def shortest_names(
        self, database: D, table: str, terms: Sequence[str], part: str = "", start: str = "", without: str = ""
    ) -> Generator[tuple[int, int], None, None]:
        """Yield the length and the key of each folded name in ``table`` that meets ``terms``, the shortest first.

        Of those alone that have ``part`` in them, begin with ``start`` and have ``without`` nowhere, where given: each
        of three characters at least.  ``terms`` may be empty where there is a part or a start.
        """
        raise NotImplementedError

    def names_from(self, database: D, table: str, start: str, most: int) -> list[tuple[int, str]]:
        """Return keys and folded names of ``table`` that begin with ``start``, in no order, ``most`` of them."""
        raise NotImplementedError

    def pieces_of(self, terms: Sequence[str]) -> list[list[str]]:
        """Return the pieces that :meth:`name_terms` made ``terms`` of."""
        raise NotImplementedError

    def listed(self, keys: Expression) -> Expression:
        """Return the rows of a list of keys that is given as JSON."""
        raise NotImplementedError

    def similar_words(self, database: D, table: str, word: str) -> list[str]:
        """Return a few dozen folded words of ``table`` that look like ``word``, the most similar first."""
        raise NotImplementedError
