"""Find the rows here that a take-out of another server means: by UUID, else by what they are called.

What is called so must be one row, or it is not matched: the wrong food is worse than none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ..rest.registry import Registry
from ..storage import columns
from ..storage.chunks import chunks
from ..storage.keys import parse_uuid, storable
from ..storage.model import Model, columns_of, key_of, label_of, matched_by_of, references_of
from ..storage.predicates import any_of, equals
from ..storage.query import Selection
from .catalogue import KEY, NAME, UUID
from .document import Entry, is_key
from .errors import Refused


@dataclass(slots=True)
class Unmatched:
    """A row of the catalogue that is not here: what it is, what it is called, and how many rows rely on it."""

    kind: str
    name: str
    uuid: str
    times: int = 0


class Matches:
    """The keys here of the rows that the catalogue of a take-out names."""

    def __init__(self, registry: Registry):
        self._registry = registry
        self._models = {label_of(model): model for model in registry.models}
        self._entries: dict[str, dict[object, dict[str, Any]]] = {}
        self._keys: dict[type[Model], dict[object, Any]] = {}
        self.unmatched: dict[tuple[type[Model], object], Unmatched] = {}

    def take(self, entry: Entry) -> None:
        """Take an entry of the catalogue; raises :class:`Refused` for one that is none."""
        key, told = entry.values.get(KEY), entry.values
        about = f"data.json, catalogue {entry.label}, row {entry.number}"
        if not is_key(key):
            raise Refused(f"{about}: {KEY!r} is a number or a text, not {key!r}".replace("\n", " ")[:300])
        if not all(told.get(name) is None or isinstance(told[name], str) for name in (UUID, NAME)):
            raise Refused(f"{about}: what it is called is no text")
        known = self._entries.setdefault(entry.label, {})
        if key in known:
            raise Refused(f"{about}: the key {key!r} stands there twice")
        known[key] = told

    def match(self) -> None:
        """Match all entries, those first that others refer to."""
        done: set[str] = set()

        def run(label: str) -> None:
            if label in done or label not in self._models:
                return
            done.add(label)
            for target in references_of(self._models[label]).values():
                if label_of(target) in self._entries:
                    run(label_of(target))
            self._match(self._models[label], self._entries[label])

        for label in self._entries:
            run(label)

    def find(self, model: type[Model], key: object) -> Any:
        """Return the key here of the row that the take-out calls ``key``; None where there is none, which is noted."""
        found = self._keys.get(model, {}).get(key)
        if found is None:
            noted = self.unmatched.get((model, key))
            if noted is None:
                told = self._entries.get(label_of(model), {}).get(key, {})
                name = str(told.get(NAME) or f"number {key}")[:200]
                noted = self.unmatched[model, key] = Unmatched(label_of(model), name, str(told.get(UUID) or "")[:36])
            noted.times += 1
        return found

    def _match(self, model: type[Model], entries: dict[object, dict[str, Any]]) -> None:
        keys = self._keys.setdefault(model, {})
        if UUID in columns_of(model):
            keys.update(_by_uuid(model, entries))
        for some in chunks([key for key in entries if key not in keys]):
            keys.update(self._by_name(model, {key: entries[key] for key in some}))

    def _by_name(self, model: type[Model], entries: dict[object, dict[str, Any]]) -> Iterator[tuple[object, Any]]:
        if (find := self._registry.finders.get(model)) is not None:
            yield from _by_finder(find, entries)
            return
        names = matched_by_of(model)
        references = references_of(model)
        for key, told in entries.items():
            values = {name: told.get(name) for name in names}
            for name in set(names) & set(references):
                values[name] = self._keys.get(references[name], {}).get(values[name])
            if names and None not in values.values() and (found := _only_one(model, values)) is not None:
                yield key, found


def _by_uuid(model: type[Model], entries: dict[object, dict[str, Any]]) -> Iterator[tuple[object, Any]]:
    given = {key: uuid for key, told in entries.items() if (uuid := parse_uuid(told.get(UUID))) is not None}
    column, key_name = columns_of(model)[UUID], key_of(model).name
    for some in chunks(list(given)):
        rows = Selection(model, (any_of(column, [given[key] for key in some]),)).rows((UUID, key_name))
        here = dict(rows)
        for key in some:
            if given[key] in here:
                yield key, here[given[key]]


def _by_finder(
    find: Callable[[list[str]], dict[str, list[Any]]], entries: dict[object, dict[str, Any]]
) -> Iterator[tuple[object, Any]]:
    named = {key: told[NAME] for key, told in entries.items() if isinstance(told.get(NAME), str)}
    named = {key: name for key, name in named.items() if storable(name)}
    found = find(list(named.values())) if named else {}
    for key, name in named.items():
        if len(found.get(name, ())) == 1:
            yield key, found[name][0]


def _only_one(model: type[Model], values: dict[str, Any]) -> Any:
    """Return the key of the one row with these values, None where there is none, or more than one."""
    clauses = []
    for name, value in values.items():
        column = columns_of(model)[name]
        is_text = isinstance(column, columns.Char | columns.Text)
        if is_text != isinstance(value, str) or not storable(value):
            return None
        clauses.append(equals(column, value))
    found = Selection(model, tuple(clauses)).rows((key_of(model).name,), 2)
    return found[0][0] if len(found) == 1 else None
