"""Find rows by names as people type them.

There are two ways, and a setting chooses between them once, at start.  The good one asks the
copies of names that :mod:`.index` keeps: case and accents do not matter, each typed word may
begin or stand anywhere in a word of the name, a plural also stands for its singular and a joined
word for its halves, a word that (nearly) no name has for those it may be a slip of, and the nearest
names come first.  The plain one looks for the text as it was typed, as a wger on SQLite does.

Both give SQL: ``typed`` are placeholders for the values of :func:`typed_values`, as many
for every text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import peewee

from ..database import database
from ..model import table_of
from ..query_cache import remembered
from ..ranking import Nearest
from ..selection_statements import forget_statements
from ..types import Expression
from . import candidates, folding
from . import index as names
from .nearest import BEGINS, CERTAIN, HAS, MATCHES, OTHER_BEGINS, OTHER_HAS, OTHER_WHOLE, WHOLE, nearest

# No user types more, and no name holds more: the rest would only cost time.
_MOST_WORDS, _LONGEST, _LONGEST_TEXT = 12, 60, 1000
_MANY = 500


class Best:
    """Search the copies of names."""

    def typed_values(self, text: str, columns: Sequence[peewee.Field]) -> tuple[str, ...]:
        indexes = [names.index_of(column) for column in columns]
        for index in indexes:
            index.catch_up()
        read = " ".join([table_of(names.Word), *(index.copied for index in indexes)])
        return remembered(("typed", text, read), lambda: self._values(text, indexes), read)

    def _values(self, text: str, indexes: Sequence[names.NameIndex]) -> tuple[str, ...]:
        words = tuple(word[:_LONGEST] for word in folding.words_of(text[:_LONGEST_TEXT])[:_MOST_WORDS])
        method_override = candidates.method_override(words, [index.names._meta.table_name for index in indexes])
        pieces, doubtful, meant = [], None, []
        for before, (word, others, other_words) in zip(("", *words), method_override, strict=False):
            doubtful = doubtful or (word if others else None)
            short = len(word) < 3
            piece = folding.GAP[len(word) - 1 :] + word if short else word
            # What is written apart may be one word: a longer one is found in it anyway.
            pieces.append([piece, *([before + word] if short and before else []), *others])
            meant += other_words
        if len(words) == 1 and len(words[0]) == 1:
            pieces = [[folding.folded(words)]]  # one letter begins too many words: it is one itself
        first = words[0] if words else ""
        terms = database.obj.dialect.name_terms(pieces)
        return (*terms, *_whole(meant), *_whole(words), doubtful or first)

    def name_matches(self, column: peewee.Field, *typed: Expression) -> Expression:
        copy = names.index_of(_plain(column)).names
        found: Expression = _key(column).in_(database.obj.dialect.names_with(copy, *typed[:-5]))
        return found

    def name_closeness(self, column: peewee.Field, *typed: Expression) -> Expression:
        copy = names.index_of(_plain(column)).names
        near = copy.select(_rank(copy.folded, *typed[-5:])).where(copy.id == _key(column))
        return peewee.fn.COALESCE(near, 0)

    def ranked(self, column: peewee.Field, *typed: Expression, among: Expression | None = None) -> peewee.Select:
        copy, dialect = names.index_of(_plain(column)).names, database.obj.dialect
        keys = dialect.names_with(copy, *typed[:-5]) if among is None else dialect.listed(among)
        rank = _rank(copy.folded, *typed[-5:])
        return copy.select(copy.id).where(copy.id.in_(keys)).order_by(rank.desc(), copy.name, copy.id).limit(-1)

    def nearest(self, column: peewee.Field, most: int, *typed: str) -> Nearest | None:
        return nearest(names.index_of(_plain(column)).names._meta.table_name, typed, most)

    def number(self, column: peewee.Field, *typed: Expression) -> peewee.Select:
        copy = names.index_of(_plain(column)).names
        found = database.obj.dialect.names_with(copy, *typed[:-5])
        return peewee.Select([found.alias("found")], [peewee.fn.COUNT(peewee.SQL("*"))])


class Substring:
    """Look for the text as it was typed."""

    def typed_values(self, text: str, columns: Sequence[peewee.Field]) -> tuple[str, ...]:
        plain = _literal(text)
        return plain, f"{plain}%", f"%{plain}%"

    def name_matches(self, column: peewee.Field, *typed: Expression) -> Expression:
        return like(column, typed[2])

    def name_closeness(self, column: peewee.Field, *typed: Expression) -> Expression:
        steps = zip(typed, (3, 2, 1), strict=True)
        return peewee.Case(None, [(like(column, pattern), rank) for pattern, rank in steps], 0)


_WAYS: dict[str, Best | Substring] = {"best": Best(), "substring": Substring()}
_chosen = "best"


def use(way: str) -> None:
    """Search the ``best`` way or by ``substring``; called once, at start."""
    global _chosen
    if way != _chosen:
        forget_statements()
    _chosen = way


def _way() -> Best | Substring:
    return _WAYS[_chosen if database.obj.dialect.can_index_names(database.obj) else "substring"]


def typed_values(text: str, *columns: peewee.Field) -> tuple[str, ...]:
    """Return the values that a typed ``text`` is compared by in ``columns``."""
    return _way().typed_values(text, columns)


def name_matches(column: peewee.Field, *typed: Expression) -> Expression:
    """Return the condition that the name in ``column`` is one that the text may mean."""
    return _way().name_matches(column, *typed)


def name_closeness(column: peewee.Field, *typed: Expression) -> Expression:
    """Return a number for ordering: the higher, the nearer the name is to the text; none is below zero."""
    return _way().name_closeness(column, *typed)


def ranked(column: peewee.Field, *typed: Expression, among: Expression | None = None) -> peewee.Select | None:
    """Return the keys of the rows whose name matches: the nearest first, then by name and key.

    Only of those ``among`` keys that :func:`nearest_keys` found, where these are given, as JSON.

    None where the database would not keep that order, or no copy of the names is searched.
    """
    way = _way()
    is_kept = isinstance(way, Best) and database.obj.dialect.keeps_inner_order
    return way.ranked(column, *typed, among=among) if isinstance(way, Best) and is_kept else None


def nearest_keys(column: peewee.Field, most: int, *typed: str) -> Nearest | None:
    """Return the keys of names among which the ``most`` nearest to a text are, None where to look at all is as well.

    ``typed`` are the :func:`typed_values` of the text.
    """
    way = _way()
    return way.nearest(column, most, *typed) if isinstance(way, Best) else None


def numbers(column: peewee.Field, found: int) -> bool:
    """Return whether what :func:`number` ``found`` is right: in the copy are no names of rows that are gone.

    To know that, all names and all rows are counted once after each write, which is not worth it for few.
    """
    return found >= _MANY and names.index_of(_plain(column)).is_whole()


def number(column: peewee.Field, *typed: Expression) -> peewee.Select | None:
    """Return the query of how many names match, which looks at no row of their table; None where it costs as much."""
    way = _way()
    return way.number(column, *typed) if isinstance(way, Best) and database.obj.dialect.counts_copied_names else None


def nearest_of(*numbers: Expression | peewee.Select) -> Expression:
    """Return the greatest of some :func:`name_closeness`, those of no name counting as zero."""
    return database.obj.dialect.greatest(*(peewee.fn.COALESCE(number, 0) for number in numbers))


def containing(text: str) -> str:
    """Return the pattern for :func:`like` of what has ``text`` somewhere in it."""
    return f"%{_literal(text)}%"


def like(column: peewee.ColumnBase, pattern: Expression | str) -> peewee.Expression:
    """Return the condition that ``column`` is like a pattern, whatever the case of unaccented letters."""
    return peewee.Expression(column, peewee.OP.ILIKE, peewee.NodeList((pattern, peewee.SQL("ESCAPE '\\'"))))


def _rank(
    folded: Any,
    other_whole: Expression,
    other_text: Expression,
    whole: Expression,
    text: Expression,
    doubtful: Expression,
) -> Any:
    """Return how near a ``folded`` name is to what was typed."""
    place, case = database.obj.dialect.place, peewee.Case
    elsewhere = case(None, ((place(folded, doubtful) > 0, CERTAIN),), MATCHES)
    # What the text also means is a little farther away than what it says.
    other = case(place(folded, other_text), ((1, OTHER_BEGINS), (0, elsewhere)), OTHER_HAS)
    rank = case(
        None,
        ((folded == whole, WHOLE), (folded == other_whole, OTHER_WHOLE)),
        case(place(folded, text), ((1, BEGINS), (0, other)), HAS),
    )
    return rank - peewee.fn.LENGTH(folded)


def _whole(words: Sequence[str]) -> tuple[str, str]:
    """Return a whole name of ``words``, and what a name that begins with them begins with."""
    whole = folding.folded(words)
    return whole, whole.rstrip() or whole


def _literal(text: str) -> str:
    return text[:_LONGEST_TEXT].replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _plain(column: peewee.Field) -> peewee.Field:
    """Return the column itself where ``column`` is one of an alias."""
    return column.field if isinstance(column, peewee.FieldAlias) else column


def _key(column: peewee.Field) -> Any:
    source = column.source if isinstance(column, peewee.FieldAlias) else column.model
    return getattr(source, _plain(column).model._meta.primary_key.name)
