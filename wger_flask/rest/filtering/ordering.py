"""Order a list by ``?ordering=a,-b``.

Terms that are unknown are dropped; when none is left the default order holds.  A reference
orders by the default order of what it refers to.
"""

from __future__ import annotations

from collections.abc import Iterable

import peewee
from werkzeug.datastructures import MultiDict

from ...storage.model import Model, columns_of, ordering_of
from ...storage.predicates import Term
from ...storage.query import Selection


class Ordering:
    """The columns that a list may be ordered by, and its order where a request asks for none.

    ``allowed`` are column names, or dotted paths written with two underscores; None allows every column of the model.
    """

    def __init__(self, model: type[Model], default: tuple[str, ...] = (), allowed: Iterable[str] | None = None):
        self.model = model
        names = [field.name for field in columns_of(model).values()] if allowed is None else list(allowed)
        self.allowed = {name: expand(model, name.replace("__", ".")) for name in names}
        self.default = tuple(term for name in default for term in _directed(model, name))

    def apply(self, selection: Selection, args: MultiDict[str, str], relevance: tuple[Term, ...] = ()) -> Selection:
        """Return ``selection`` in the order that the query ``args`` ask for, else by ``relevance``, else by default."""
        return selection.order_by(*(args and self.requested(args) or relevance or self.default))

    def requested(self, args: MultiDict[str, str]) -> tuple[str, ...]:
        """Return the terms that the request names and the resource allows."""
        values = args.getlist("ordering")
        if not values:
            return ()
        terms: list[str] = []
        for part in values[-1].split(","):
            name = part.strip()
            order = self.allowed.get(name.removeprefix("-"))
            if order is not None:
                terms += [_flip(term) for term in order] if name.startswith("-") else order
        return tuple(dict.fromkeys(terms))

    def describe(self) -> tuple[str, ...]:
        """Return the names that may be ordered by."""
        return tuple(self.allowed)


def expand(model: type[Model], path: str) -> list[str]:
    """Return the terms that ordering by ``path`` means: those of the row a reference names."""
    target: type[Model] | None = model
    field: peewee.Field | None = None
    for step in path.split("."):
        if target is None or step not in columns_of(target):
            raise ValueError(f"{model.__name__} has no column {path!r} to order by")
        field = columns_of(target)[step]
        target = getattr(field, "rel_model", None)
    if not isinstance(field, peewee.ForeignKeyField) or not ordering_of(field.rel_model):
        return [path]
    return [
        f"-{path}.{inner}" if term.startswith("-") else f"{path}.{inner}"
        for term in ordering_of(field.rel_model)
        for inner in expand(field.rel_model, term.lstrip("-"))
    ]


def _directed(model: type[Model], name: str) -> list[str]:
    names = expand(model, name.lstrip("-").replace("__", "."))
    return [_flip(term) for term in names] if name.startswith("-") else names


def _flip(term: str) -> str:
    return term[1:] if term.startswith("-") else f"-{term}"
