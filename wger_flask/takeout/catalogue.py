"""Name the rows that a user's rows refer to and that no user owns: exercises, foods, units.

Another server has them under other keys.  A UUID tells which one is meant, else what the rows are called
(``Meta.matched_by``); both are in a take-out, as far as it refers to them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..auth.models import User
from ..rest.owned import Owned
from ..rest.ownership import Ownership
from ..rest.registry import Registry
from ..storage.chunks import chunks
from ..storage.links import links_of
from ..storage.model import Model, columns_of, key_of, label_of, matched_by_of, references_of
from ..storage.predicates import any_of
from ..storage.query import Selection
from .rows import AT_ONCE, in_json, keys_in, selection_of

Entry = dict[str, Any]
NAME, KEY, UUID = "name", "key", "uuid"


class Catalogue:
    """The rows of the catalogue that the rows of one user refer to, by model and key."""

    def __init__(self, registry: Registry, owned: Iterable[Owned], user_id: int):
        self._registry = registry
        self.owned = tuple(owned)
        self._own = frozenset(one.model for one in self.owned)
        self._keys: dict[type[Model], set[Any]] = {}
        for one in self.owned:
            self._look(one, user_id)
        self.entries: dict[type[Model], dict[Any, Entry]] = {}
        waiting = list(self._keys)
        while waiting:  # foods lead to languages, units of foods to foods
            model = waiting.pop()
            for other in self._load(model):
                if other not in waiting:
                    waiting.append(other)

    def name(self, model: type[Model], key: object) -> str | None:
        """Return what a row of the catalogue is called."""
        found = self.entries.get(model, {}).get(key, {}).get(NAME)
        return None if found is None else str(found)

    def as_json(self) -> dict[str, list[Entry]]:
        """Return the entries by the label of their model."""
        ordered = sorted(self.entries.items(), key=lambda item: label_of(item[0]))
        return {label_of(model): [found[key] for key in sorted(found)] for model, found in ordered}

    def _look(self, owned: Owned, user_id: int) -> None:
        """Note the keys of all rows that a table's rows refer to."""
        others = {name: model for name, model in owned.references.items() if model is not User}
        direct, held = {name: model for name, model in others.items() if model not in self._own}, in_json(owned)
        for link in links_of(owned.model).values():
            if link.model not in self._own:
                way = Ownership((link.source.name, *owned.owner.path)).clause(link.through, user_id)
                for rows in Selection(link.through, (way,)).stream((link.target.name,), AT_ONCE):
                    self._keys.setdefault(link.model, set()).update(key for (key,) in rows)
        if not direct and not held:
            return
        for rows in selection_of(owned, user_id).stream((*direct, *held), AT_ONCE):
            for values in rows:
                for model, value in zip(direct.values(), values, strict=False):
                    if value is not None:
                        self._keys.setdefault(model, set()).add(value)
                for models, value in zip(held.values(), values[len(direct) :], strict=True):
                    for model, key in keys_in(value, models):
                        if model not in self._own:
                            self._keys.setdefault(model, set()).add(key)

    def _load(self, model: type[Model]) -> set[type[Model]]:
        """Load the entries that are lacking of a model; returns the models of which more are needed."""
        known = self.entries.setdefault(model, {})
        lacking = [key for key in self._keys[model] if key not in known]
        further: set[type[Model]] = set()
        key_name, names = key_of(model).name, _columns(model)
        references = references_of(model)
        for chunk in chunks(lacking, AT_ONCE):
            called = self._registry.names[model](chunk) if model in self._registry.names else {}
            for key, *values in Selection(model, (any_of(key_of(model), chunk),)).rows((key_name, *names)):
                entry: Entry = {KEY: key, **dict(zip(names, values, strict=True))}
                if key in called:
                    entry[NAME] = called[key]
                known[key] = entry
                for name in set(names) & set(references):
                    if entry[name] is not None and references[name] is not User:
                        self._keys.setdefault(references[name], set()).add(entry[name])
                        further.add(references[name])
        return {other for other in further if self._keys[other] - set(self.entries.get(other, ()))}


def _columns(model: type[Model]) -> tuple[str, ...]:
    declared = tuple(name for name in (UUID, NAME) if name in columns_of(model))
    return tuple(dict.fromkeys((*declared, *matched_by_of(model))))
