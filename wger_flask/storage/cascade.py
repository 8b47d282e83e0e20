"""Delete rows and what hangs on them.

The databases that wger made know references but no cascades: Django deletes dependants
itself, and so must we.  What each reference wants is declared on it
(:class:`~wger_flask.storage.columns.ForeignKey`); rows go leaves first, in one statement a
table, inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from .chunks import chunks
from .columns import ForeignKey
from .database import database, has_table
from .model import Model, key_of
from .signals import deletions_matter, tell_deleted
from .statements import tuples_of

_takes_history = False


def take_history(always: bool) -> None:
    """Choose whether deletions take history along unless they say; called once, at start."""
    global _takes_history
    _takes_history = always


def takes_history() -> bool:
    """Tell whether deletions take history along unless they say."""
    return _takes_history


class StillReferenced(Exception):
    """Say that rows cannot go because ``model`` still points at them."""

    def __init__(self, model: type[Model]):
        super().__init__(f"still referenced by {model.__name__}")
        self.model = model


def delete(
    model: type[Model],
    keys: Iterable[object],
    going: Callable[[type[Model], list[Any]], None] | None = None,
    with_history: bool | None = None,
) -> dict[type[Model], int]:
    """Delete the rows of ``model`` with these primary keys, and all rows that depend on them.

    ``going(model, keys)`` is called for each model while its rows are still there. ``with_history`` says whether rows
    with references declared ``cascade="history"`` are deleted too; None leaves that to the setting
    ``WGER_DELETED_ROUTINES``.  Returns the number of deleted rows by model.  Raises :class:`StillReferenced` where a
    reference declared ``cascade="refuse"`` leads to one of them.
    """
    doomed, loosened = _collect(model, keys, with_history)
    if going is not None:
        for dependant, found in doomed.items():
            for chunk in chunks(list(found)):
                going(dependant, chunk)
    heard = {dependant: _rows(dependant, keys) for dependant, keys in doomed.items() if deletions_matter(dependant)}
    for reference, targets in loosened:
        owner = reference.model
        for chunk in chunks(targets):
            owner.update({reference: None}).where(reference.in_(chunk)).execute()
    gone: dict[type[Model], int] = {}
    for dependant in _leaves_first(doomed):
        key = key_of(dependant)
        if not database.obj.dialect.defers_references:
            _let_go_of_each_other(dependant, list(doomed[dependant]))
        for chunk in chunks(list(doomed[dependant])):
            gone[dependant] = gone.get(dependant, 0) + dependant.delete().where(key.in_(chunk)).execute()
    for dependant, rows in heard.items():
        tell_deleted(dependant, rows)
    return gone


def look_ahead(
    model: type[Model], keys: Iterable[object], with_history: bool | None = None
) -> tuple[dict[type[Model], int], dict[type[Model], int]]:
    """Return how many rows of each model :func:`delete` would delete, and how many would stay without a reference.

    Both are in the order in which rows depend on each other.  Raises :class:`StillReferenced`.
    """
    doomed, loosened = _collect(model, keys, with_history)
    staying: dict[type[Model], set[object]] = {}
    for reference, targets in loosened:
        staying.setdefault(reference.model, set()).update(_pointing(reference, targets))
    stays = {owner: len(found - doomed.get(owner, {}).keys()) for owner, found in staying.items()}
    return {dependant: len(found) for dependant, found in doomed.items()}, stays


def dependants(model: type[Model], keys: Iterable[object]) -> Iterator[tuple[type[Model], Any, Any]]:
    """Yield the rows that :func:`delete` would not leave without rows of ``model`` with these keys.

    Each is its model, its key, and the key of the row that it hangs on; history, which may stay, is left out.
    """
    for reference, owner in model._meta.backrefs.items():
        if getattr(reference, "cascade", "delete") not in ("delete", "refuse") or not has_table(owner._meta.table_name):
            continue
        query = owner.select(key_of(owner), reference)
        for chunk in chunks(list(keys)):
            for key, on in tuples_of(query.where(reference.in_(chunk))):
                yield owner, key, on


def _collect(
    model: type[Model], keys: Iterable[object], with_history: bool | None
) -> tuple[dict[type[Model], dict[object, None]], list[tuple[ForeignKey, list[object]]]]:
    """Return the keys of what goes, by model, and the references that let go of what goes."""
    history = "delete" if (_takes_history if with_history is None else with_history) else "null"
    doomed: dict[type[Model], dict[object, None]] = {}
    loosened: list[tuple[ForeignKey, list[object]]] = []
    waiting = [(model, list(keys))]  # no recursion: rows may form chains that are longer than the stack is deep
    while waiting:
        model, keys = waiting.pop()
        known = doomed.setdefault(model, {})
        fresh = [key for key in keys if key not in known]
        if not fresh:
            continue
        known.update(dict.fromkeys(fresh))
        doomed[model] = doomed.pop(model)  # dependants are found from here on: keep them behind it
        for reference, owner in model._meta.backrefs.items():
            rule = getattr(reference, "cascade", "delete")
            rule = history if rule == "history" else rule
            if not has_table(owner._meta.table_name):
                continue  # a plugin that was installed and not migrated yet has nothing to lose
            if rule == "null":
                loosened.append((reference, fresh))
                continue
            rows = _pointing(reference, fresh)
            if rows and rule == "refuse":
                raise StillReferenced(owner)
            if rows:
                waiting.append((owner, rows))
    return doomed, loosened


def _leaves_first(doomed: Iterable[type[Model]]) -> Iterator[type[Model]]:
    """Yield models so that each comes after those that refer to it, as far as they do not go round in a circle."""
    left = list(doomed)[::-1]
    while left:
        for model in left:
            if not any(model in other._meta.refs.values() for other in left if other is not model):
                break
        else:
            model = left[0]
        left.remove(model)
        yield model


def _let_go_of_each_other(model: type[Model], keys: list[object]) -> None:
    """Empty the references among rows that are about to go, for a database that looks at each as it goes."""
    for reference, owner in model._meta.backrefs.items():
        if owner is model and reference.null:
            for chunk in chunks(keys):
                model.update({reference: None}).where(key_of(model).in_(chunk)).execute()


def _pointing(reference: ForeignKey, targets: list[object]) -> list[object]:
    """Return the keys of the rows whose ``reference`` is one of ``targets``."""
    owner: type[Model] = reference.model
    query = owner.select(key_of(owner))
    return [key for chunk in chunks(targets) for (key,) in tuples_of(query.where(reference.in_(chunk)))]


def _rows(model: type[Model], keys: Iterable[object]) -> list[Model]:
    key = key_of(model)
    return [row for chunk in chunks(list(keys)) for row in model.select().where(key.in_(chunk))]
