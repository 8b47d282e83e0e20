"""Know every table whose rows belong to users, from the declarations of resources.

What people take out of the server, and bring into another one, is all that is theirs: the rows of each resource with an
owner, those of plugins too.  A table that no such resource shows is added by its subject.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..storage.links import links_of
from ..storage.model import Model, columns_of, json_references, references_of, table_of, target_of
from .claims import Claims, RegistrationError
from .declaration_checks import in_owner, unregistered
from .ownership import Ownership
from .resource import Resource
from .schema import Schema


@dataclass(frozen=True)
class Owned:
    """A table whose rows belong to users.

    * ``name``: that of the resource which shows it, or the one it was added by; ``owner``: the way to the user.
    * ``schema``: what bodies of its rows may hold, None where no resource takes any.
    * ``returns``: whether rows come back from another server; those that follow from others do not.
    * ``only_one``: returns, for the values of a row, the columns in which no other row of the user is like it, none
      where there may be many; a unique index need not be named.
    """

    name: str
    model: type[Model]
    owner: Ownership
    schema: type[Schema] | None = None
    resource: Resource | None = None
    returns: bool = True
    only_one: Callable[[Mapping[str, Any]], tuple[str, ...]] | None = None

    @cached_property
    def references(self) -> dict[str, type[Model]]:
        """The models that its references lead to, by column; without the one that says whose a row is."""
        return {name: model for name, model in references_of(self.model).items() if name != self.owner.direct}


class OwnedTables(Claims):
    """The part of a :class:`~.registry.Registry` that knows what belongs to users."""

    _resources: dict[str, Resource]

    def __init__(self) -> None:
        super().__init__()
        self._owned: dict[type[Model], Owned] = {}
        self._recounts: list[Callable[[int], None]] = []
        self._derived: dict[str, Callable[[Mapping[str, Any]], bool]] = {}

    def add_owned(
        self,
        name: str,
        model: type[Model],
        owner: Ownership,
        schema: type[Schema] | None = None,
        only_one: Callable[[Mapping[str, Any]], tuple[str, ...]] | None = None,
    ) -> None:
        """Count the rows of a table that no resource lets users write among what they take out and bring back.

        Values that are brought back are those that ``schema`` takes; without one, any that the columns can hold: so
        nothing in them may be a permission.  ``only_one`` is as in :class:`Owned`: where the user has such a row, it
        stays as it is.  Raises :class:`RegistrationError` for a name that is taken, and for a table that was added.
        """
        self._claim(f"owned table {name!r}", f"owned rows of table {table_of(model)!r}")
        self._owned[model] = Owned(name, model, owner, schema, only_one=only_one)

    def add_derived(self, name: str, follows: Callable[[Mapping[str, Any]], bool]) -> None:
        """Do not bring back those rows of an owned table that follow from others: ``follows(row)`` says which.

        ``row`` is the row as a take-out has it.  Raises :class:`RegistrationError` where there is such a function
        already; a name that no owned table has stops the start.
        """
        self._claim(f"derived rows of {name!r}")
        self._derived[name] = follows

    def _check_owned(self, models: Collection[type[Model]]) -> None:
        """Raise :class:`RegistrationError` for what was added and does not fit the registered ``models``."""
        for model, one in self._owned.items():
            for wrong in (*unregistered(model, models), *in_owner(model, one.owner)):
                origin = self._claims[f"owned table {one.name!r}"]
                raise RegistrationError(f"owned table {one.name!r} of {origin}: {wrong}")
        names = {one.name for one in self.owned}
        for name in self._derived:
            if name not in names:
                claim = f"derived rows of {name!r}"
                raise RegistrationError(f"{claim} of {self._claims[claim]}: there is no such owned table")

    def is_derived(self, owned: Owned, row: Mapping[str, Any]) -> bool:
        """Tell whether a row of a take-out follows from others, so that it is not brought back."""
        follows = self._derived.get(owned.name)
        return follows is not None and follows(row)

    def on_imported(self, recount: Callable[[int], None]) -> None:
        """Have ``recount(user_id)`` called after a great many rows of a user were written at once.

        No listener is told of each of these: what follows from them is to be worked out anew.  It runs in the
        transaction that wrote them.
        """
        self._recounts.append(recount)

    def tell_imported(self, user_id: int) -> None:
        """Tell that a great many rows of a user were written, or deleted, at once."""
        for recount in self._recounts:
            recount(user_id)

    @property
    def owned(self) -> tuple[Owned, ...]:
        """The tables whose rows belong to users, those first that others refer to; none with secrets in it."""
        found = dict(self._owned)
        for resource in sorted(self._resources.values(), key=lambda one: "POST" not in one.methods):
            if resource.owner is None or resource.only or resource.model in found:
                continue
            writes = "POST" in resource.methods
            found[resource.model] = Owned(
                resource.name, resource.model, resource.owner, resource.schema if writes else None, resource, writes
            )
        secret = {one.model for one in self._resources.values() if one.secret}
        told = {model: one for model, one in found.items() if not secret & set(_way(one))}
        return tuple(_referred_first(told))


def _way(owned: Owned) -> Iterator[type[Model]]:
    """Yield the models on the way from a row to its user, its own first."""
    model = owned.model
    for step in owned.owner.path:
        yield model
        model = target_of(columns_of(model)[step])


def _referred_first(owned: dict[type[Model], Owned]) -> Iterable[Owned]:
    ordered: dict[type[Model], Owned] = {}

    def place(model: type[Model], below: frozenset[type[Model]]) -> None:
        if model in ordered or model in below:
            return
        own = owned[model]
        others = [*own.references.values(), *(link.model for link in links_of(model).values())]
        others += [other for one in columns_of(model).values() for other in json_references(one).values()]
        for other in others:
            if other in owned:
                place(other, below | {model})
        ordered[model] = own

    for model in owned:
        place(model, frozenset())
    return ordered.values()
