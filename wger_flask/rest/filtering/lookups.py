"""How columns are compared with the values of query parameters, and what is said of a parameter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import peewee

from ...storage.model import Model


@dataclass(frozen=True, slots=True)
class Parameter:
    """What pages and the OpenAPI document say of a query parameter.

    * ``name``: as it stands in the query; ``label``: what people read; ``help``: a sentence for both.
    * ``kind``: ``"string"``, ``"choice"``, ``"number"``, ``"boolean"``, ``"date"``, ``"time"``, ``"date-time"``,
      ``"uuid"`` or ``"reference"``.
    * ``choices``: pairs of a value and the text that people read, where only some values are taken.
    * ``several``: whether it may be repeated.
    * ``model``: the model that a reference leads to; a page then offers its rows.
    * ``is_whole``: whether a number has no fraction.
    """

    name: str
    label: str
    kind: str = "string"
    help: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    several: bool = False
    model: type[Model] | None = None
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class Lookup:
    """How a column is compared with a value.

    The parameter is the column's name with ``__`` and the ``suffix`` behind it, or the name alone where the suffix
    is empty.  ``words`` stand between column and value for people.  ``build(column, value)`` returns Peewee's
    expression: ``lambda column, value: column % value``; with ``several`` it gets all values of a comma-separated
    list.

    ``sorts`` lists matches in the order of the column: for columns with an index, which finds
    them in that order, on resources without an order of their own.

    ``checks`` matters to columns with choices, and to ``several``: values that are no choice are refused (400).
    False compares them like any text.
    """

    suffix: str
    words: str
    build: Callable[..., peewee.Expression]
    several: bool = False
    sorts: bool = False
    checks: bool = True


exact = Lookup("", "is", lambda column, value: column == value)
one_of = Lookup("in", "is one of", lambda column, *values: column.in_(values), several=True)
gt = Lookup("gt", "is more than", lambda column, value: column > value)
gte = Lookup("gte", "is at least", lambda column, value: column >= value)
lt = Lookup("lt", "is less than", lambda column, value: column < value)
lte = Lookup("lte", "is at most", lambda column, value: column <= value)
on_date = Lookup("date", "is on the day", lambda column, start, end: (column >= start) & (column < end))
compared = (exact, gt, gte, lt, lte)


@dataclass(frozen=True, slots=True)
class Compare:
    """Lookups of a column, with what there is to say besides: ``"weight": Compare(compared, column="value")``.

    * ``column``: the column (or dotted path, written with two underscores) where it is not called as the parameter is.
    * ``spelling="any"``: a boolean takes ``true``, ``1`` and their like whatever ``WGER_BOOLEAN_FILTERS`` says: for
      filters that no older documentation speaks of.
    * ``former``: it is the name that the parameter had before that day: understood, said to be deprecated, not shown.
    """

    lookups: Lookup | tuple[Lookup, ...]
    column: str = ""
    spelling: str = ""
    former: date | None = None
