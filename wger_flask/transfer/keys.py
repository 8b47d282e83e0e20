"""Find out which row a dump means.

Usually a primary key is what it says.  There are three exceptions:

* wger 2.5 numbered rows that have UUIDs since (:mod:`..storage.numbered_keys`): the same dump
  imported again meets its own rows.
* Dumps with natural keys name users, groups, permissions and content types by what is unique
  about them.
* Django numbers content types and permissions anew in every database: they are matched by
  name, and references to them follow.  Dumps are usually made without them, for every server
  derives them from its models: what is referred to by name and is not there is made.
"""

from __future__ import annotations

from typing import Any

from ..storage import columns
from ..storage.bulk import insert
from ..storage.model import Model, columns_of, key_of, label_of, target_of
from ..storage.unicode_names import normalized

# What identifies a row in Django's natural keys, as paths from the row.
NATURAL = {
    "auth.user": ("username",),
    "auth.group": ("name",),
    "auth.permission": ("codename", "content_type.app_label", "content_type.model"),
    "contenttypes.contenttype": ("app_label", "model"),
}
# Which columns rows are matched on, in the order in which that can be done.
MATCHED_BY_NAME = {
    "contenttypes.contenttype": ("app_label", "model"),
    "auth.permission": ("content_type", "codename"),
}
_MOST_DIGITS = 20


class NotYetKnown(Exception):
    """Say that a reference cannot be followed before more of the dump is read."""


class Keys:
    """The keys under which rows of the dump are found in the database."""

    def __init__(self) -> None:
        self.matched: set[str] = set()  # which of MATCHED_BY_NAME have been
        self._moved: dict[tuple[str, object], object] = {}
        self._named: dict[tuple, object] = {}

    def move(self, label: str, old: object, new: object) -> None:
        """Let references to ``old`` mean ``new``."""
        self._moved[label, old] = new

    def name(self, label: str, natural: list, key: object) -> None:
        """Remember the natural key of a row."""
        self._named[label, *natural] = key

    def resolve(self, model: type[Model], value: object) -> object:
        """Return the primary key that a reference to ``model``, which has natural keys, means.

        Raises :class:`NotYetKnown`, or ValueError for what is no key.
        """
        label = label_of(model)
        if label in MATCHED_BY_NAME and label not in self.matched:
            raise NotYetKnown(f"no {label} has the key {value!r}")
        if isinstance(value, list):
            return self.find(model, value)
        if isinstance(value, str) and value.isdecimal():
            value = int(value) if len(value) < _MOST_DIGITS else value
        return self._moved.get((label, value), value) if isinstance(value, int) else value

    def find(self, model: type[Model], natural: list) -> object:
        """Return the primary key of the row of ``model`` with this natural key.

        Raises :class:`NotYetKnown`, or ValueError when rows of ``model`` have no such key.
        """
        label = label_of(model)
        paths = NATURAL.get(label, ())
        if len(paths) != len(natural) or not all(isinstance(part, str) for part in natural):
            raise ValueError(f"{natural!r} is no key of {label}")
        found = self._named.get((label, *natural))
        if found is None:
            found = _stored(model, paths, natural)
        if found is None and label in MATCHED_BY_NAME:
            found = self._make(model, paths, natural)
        if found is None and label == "auth.user":  # names of accounts are kept in form NFKC
            found = _stored(model, paths, [normalized(part) for part in natural])
        if found is None:
            raise NotYetKnown(f"no {label} has the key {natural!r}")
        self._named[label, *natural] = found
        return found

    def _make(self, model: type[Model], paths: tuple[str, ...], natural: list) -> object:
        """Make the content type or permission of this natural key, as a server derives it from its models."""
        given: dict[str, Any] = {}
        further: dict[str, list] = {}
        for path, part in zip(paths, natural, strict=True):
            name, _, step = path.partition(".")
            if step:
                further.setdefault(name, []).append(part)
            else:
                given[name] = part
        for name, part in given.items():
            if not part or len(part) > _room(model, name):
                raise ValueError(f"{natural!r} is no key of {label_of(model)}")
        for name, parts in further.items():
            given[name] = self.find(target_of(columns_of(model)[name]), parts)
        if "name" in columns_of(model):
            given["name"] = f"Can {given['codename'].replace('_', ' ')}"[: _room(model, "name")]
        return insert(model, list(given), list(given.values()))


def _room(model: type[Model], name: str) -> int:
    """Return how many characters a column of texts holds."""
    column = columns_of(model)[name]
    return column.max_length if isinstance(column, columns.Char) else 0


def _stored(model: type[Model], paths: tuple[str, ...], natural: list) -> object | None:
    query = model.select(key_of(model))
    for path, part in zip(paths, natural, strict=True):
        *steps, last = path.split(".")
        owner = model
        for step in steps:
            owner = target_of(columns_of(model)[step])
        query = query.where(columns_of(owner)[last] == part)
    for step in dict.fromkeys(path.split(".")[0] for path in paths if "." in path):
        query = query.join(target_of(columns_of(model)[step]))
    return query.scalar()
