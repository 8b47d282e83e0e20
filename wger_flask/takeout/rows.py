"""Read the rows of a user, a table at a time, as a take-out has them.

A row is a dictionary from column to a value of JSON: moments in UTC, decimals in the point form, references as keys.
Who the row belongs to goes without saying; other users are not named.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from ..auth.models import User
from ..rest.owned import Owned
from ..storage import columns
from ..storage.keys import storable
from ..storage.links import Link, links_of
from ..storage.model import Model, columns_of, json_references, key_of
from ..storage.predicates import any_of
from ..storage.query import Selection

Row = dict[str, Any]
AT_ONCE = 1000
PICTURES = "pictures"


def columns_taken(owned: Owned) -> tuple[str, ...]:
    """Return the columns of a table that are taken out, its key first."""
    found = columns_of(owned.model)
    key = key_of(owned.model).name
    users = {name for name, model in owned.references.items() if model is User}
    return (key, *(name for name in found if name not in (key, owned.owner.direct, *users)))


def selection_of(owned: Owned, user_id: int) -> Selection:
    """Select the rows of a user in a table, in the order of their keys; those that refer to others of it come last."""
    own = owned.owner.clause(owned.model, user_id)
    return Selection(owned.model, (own,), (key_of(owned.model).name,))


def rows_of(owned: Owned, user_id: int, at_once: int = AT_ONCE) -> Iterator[list[Row]]:
    """Yield the rows of a user in a table, ``at_once`` at a time; in a snapshot of the database."""
    names, links = columns_taken(owned), links_of(owned.model)
    files = {name for name, one in columns_of(owned.model).items() if isinstance(one, columns.File)}
    for found in selection_of(owned, user_id).stream(names, at_once):
        rows = [dict(zip(names, values, strict=True)) for values in found]
        for name, link in links.items():
            targets = _linked(link, [row[names[0]] for row in rows])
            for row in rows:
                row[name] = targets.get(row[names[0]], [])
        for name in files:
            for row in rows:
                row[name] = picture_name(owned, row[names[0]], name, row[name])
        yield rows


def picture_name(owned: Owned, key: object, column: str, stored: str | None) -> str | None:
    """Return what the file of a row is called in a take-out."""
    suffix = PurePosixPath(stored or "").suffix
    return f"{PICTURES}/{owned.name}/{key}{'' if column == 'image' else f'-{column}'}{suffix}" if stored else None


def files_of(owned: Owned, user_id: int) -> Iterator[tuple[str, str]]:
    """Yield the files of a user's rows in a table: what each is called in a take-out, and in the media store."""
    names = tuple(name for name, one in columns_of(owned.model).items() if isinstance(one, columns.File))
    if not names:
        return
    for found in selection_of(owned, user_id).stream((key_of(owned.model).name, *names), AT_ONCE):
        for key, *stored in found:
            for name, value in zip(names, stored, strict=True):
                if told := picture_name(owned, key, name, value):
                    yield told, value


def keys_in(value: object, model_by_name: dict[str, type[Model]]) -> Iterator[tuple[type[Model], object]]:
    """Yield the keys that a value of JSON holds, each with its model."""
    for name, model in model_by_name.items() if isinstance(value, dict) else ():
        held = value.get(name)  # type: ignore[attr-defined]  # a dictionary, as the line before says
        for key in held if isinstance(held, list) else [held]:
            kinds = int if isinstance(key_of(model), columns.Integer) else str
            if isinstance(key, kinds) and not isinstance(key, bool) and storable(key):
                yield model, key


def in_json(owned: Owned) -> dict[str, dict[str, type[Model]]]:
    """Return the columns of JSON that hold keys: the models of these by the name within the object."""
    found = {name: json_references(one) for name, one in columns_of(owned.model).items()}
    return {name: models for name, models in found.items() if models}


def _linked(link: Link, keys: list[Any]) -> dict[Any, list[Any]]:
    found: dict[Any, list[Any]] = {}
    rows = Selection(link.through, (any_of(link.source, keys),), ("id",)).rows((link.source.name, link.target.name))
    for source, target in rows:
        found.setdefault(source, []).append(target)
    return found
