"""Know the rows that ship with the server, and take them back.

A new server has exercises and foods of its own from its first start.  An operator who then brings
their wger would get a mixture: the numbers of the two catalogues collide, and a shipped
translation would hang on the exercise of another.  So the catalogue that ships makes way,
except for what users' own rows have come to rely on.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from uuid import UUID

from ..storage import columns
from ..storage.chunks import chunks
from ..storage.links import links_of, with_links
from ..storage.model import Model, columns_of, key_of, label_of, references_to


def documents() -> list[Traversable]:
    """Return the starter data, documents in the order in which they are to be loaded."""
    shipped = files("wger_flask") / "starter"
    return sorted((one for one in shipped.iterdir() if one.name.endswith(".json")), key=lambda one: one.name)


def shipped_rows(label: str) -> list[dict]:
    """Return the rows of a model that ship, as their document has them."""
    return [row for document in documents() for row in json.loads(document.read_text("utf-8")) if row["model"] == label]


@cache
def shipped_uuids() -> dict[str, frozenset[UUID]]:
    """Return the UUIDs of the rows that ship, by model."""
    found: dict[str, set[UUID]] = {}
    for document in documents():
        for row in json.loads(document.read_text("utf-8")):
            if "uuid" in row["fields"]:
                found.setdefault(row["model"], set()).add(UUID(row["fields"]["uuid"]))
    return {label: frozenset(uuids) for label, uuids in found.items()}


class Shipped:
    """The rows that ship and are in the database, as far as no user's row relies on them."""

    def __init__(self, models: Iterable[type[Model]]):
        self._all = list(models)
        self._models = [model for model in self._all if label_of(model) in shipped_uuids()]
        self._rows: dict[type[Model], set] = {model: _keys(model) for model in self._models}
        self._spare_used()

    def _spare_used(self) -> None:
        own = {link.through for model in self._models for link in links_of(model).values()}
        others = set(with_links(self._all)) - own  # models of subjects that are not installed have no tables
        together: dict[tuple, set[tuple]] = {}
        used: set[tuple] = set()
        for model, rows in self._rows.items():
            for reference, owner in references_to(model).items():
                if owner not in others:
                    continue
                for key, target in _pointing(reference, rows):
                    if key in self._rows.get(owner, ()):
                        together.setdefault((owner, key), set()).add((model, target))
                        together.setdefault((model, target), set()).add((owner, key))
                    else:
                        used.add((model, target))
        while used:
            model, key = spared = used.pop()
            self._rows[model].discard(key)
            used |= together.pop(spared, set())

    def withdraw(self, label: str) -> int:
        """Delete what is left of the catalogue (the app) that the model ``label`` belongs to.

        Returns the number of rows.  References are to be checked by the caller, later.
        """
        app = label.partition(".")[0]
        gone = 0
        for model in self._models:
            if label_of(model).partition(".")[0] != app:
                continue
            keys, self._rows[model] = list(self._rows[model]), set()
            for chunk in chunks(keys):
                for link in links_of(model).values():
                    link.through.delete().where(link.source.in_(chunk)).execute()
                gone += model.delete().where(key_of(model).in_(chunk)).execute()
        return gone


def _keys(model: type[Model]) -> set:
    uuids = shipped_uuids()[label_of(model)]
    key, column = key_of(model), columns_of(model)["uuid"]
    return set(model.select(key).where(column.in_(list(uuids))).scalars())


def _pointing(reference: columns.ForeignKey, targets: set):
    owner, wanted = reference.model, list(targets)
    for chunk in chunks(wanted):
        yield from owner.select(key_of(owner), reference).where(reference.in_(chunk)).tuples()
