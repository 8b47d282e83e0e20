"""Write what wger knows as a Django ``dumpdata`` document: the way back, which a wger's ``loaddata`` takes.

Rows are read in parts of one state of the database, in the order of their keys, and models behind those that they
refer to.  What is not in it: sessions, which are of one server; content types and permissions, which each wger numbers
for itself, so that groups and users name theirs; tables of this server and of its plugins.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import orjson

from ..storage.bulk import raw_links
from ..storage.database import snapshot
from ..storage.links import Link, links_of
from ..storage.model import Model, columns_of, key_of, label_of, table_of
from ..storage.query import Selection
from ..storage.tables import referred_first
from ..storage.upgrades import Progress, no_progress
from .keys import MATCHED_BY_NAME
from .packing import written
from .permissions import Names, permissions_by_key
from .spelling import speller_of
from .unused import KINDS, unused_rows

AT_ONCE = 1000
_OWN_TABLES = ("wger_flask_", "plugin_")
_LEFT_ALONE = {"sessions.session", *MATCHED_BY_NAME}
# The default, which an empty field is given by loaddata; a wger that was built before the release has no such column.
_LEFT_OUT_EMPTY = {"core.userprofile": ("time_zone",)}


@dataclass
class ExportReport:
    """How many rows of each model were written, and of which others of wger's there are rows that were not.

    ``permissions`` are those that were granted and that wger does not have, as ``app.codename``.
    """

    written: dict[str, int] = field(default_factory=Counter)
    left_out: dict[str, int] = field(default_factory=dict)
    permissions: set[str] = field(default_factory=set)


def export_dump(
    target: Path | IO[bytes], models: Iterable[type[Model]], progress: Progress = no_progress
) -> ExportReport:
    """Write the rows of those of ``models`` that are wger's own to ``target``: a path (``.json``, ``.json.gz``,
    ``.json.bz2`` or ``.json.xz``) or a stream.

    All are of one moment, whatever is written meanwhile.  A file gets its name when it is whole.  Raises OSError.
    """
    if isinstance(target, Path):
        with written(target) as stream:
            return export_dump(stream, models, progress)
    report = ExportReport()
    wgers = wgers_models(models)
    with snapshot():
        total, done = sum(model.select().count() for model in wgers), 0
        known = {*KINDS, *_LEFT_ALONE, *map(label_of, wgers)}
        granted = _Granted(*permissions_by_key(known), report.permissions)
        report.left_out = unused_rows()
        target.write(b"[")
        separator = b"\n"
        for model in wgers:
            label = label_of(model)
            for part in _objects(model, granted):
                target.write(separator + b",\n".join(map(_text, part)))
                separator = b",\n"
                report.written[label] += len(part)
                done += len(part)
                progress("export", done, total)
        target.write(b"\n]\n")
    return report


def wgers_models(models: Iterable[type[Model]]) -> list[type[Model]]:
    """Return those of ``models`` whose rows are in a document, each behind those that it refers to."""
    found = [model for model in models if not table_of(model).startswith(_OWN_TABLES)]
    return [model for model in referred_first(found) if label_of(model) not in _LEFT_ALONE]


def _objects(model: type[Model], granted: _Granted) -> Iterator[list[dict[str, Any]]]:
    """Yield the rows of ``model`` as objects of the document, some at a time."""
    label, key = label_of(model), key_of(model)
    fields = [column for name, column in columns_of(model).items() if name != key.name]
    names = [column.name for column in fields]
    spellers = [speller_of(column) for column in (key, *fields)]
    links = [_Links(link, granted) for link in links_of(model).values()]
    for rows in Selection(model, order=(key.name,)).raw_parts((key.name, *names), AT_ONCE):
        values = [_spelled(column, speller) for column, speller in zip(zip(*rows, strict=True), spellers, strict=True)]
        values += [linked.of([row[0] for row in rows]) for linked in links]
        keys, *others = values
        all_names = (*names, *(linked.name for linked in links))
        given = [dict(zip(all_names, row, strict=True)) for row in zip(*others, strict=True)]
        for name in _LEFT_OUT_EMPTY.get(label, ()):
            for one in given:
                if not one[name]:
                    del one[name]
        yield [{"model": label, "pk": pk, "fields": one} for pk, one in zip(keys, given, strict=True)]


def _spelled(column: Iterable[Any], spell: Callable[[Any], object] | None) -> Iterable[Any]:
    return column if spell is None else [None if value is None else spell(value) for value in column]


@dataclass(frozen=True, slots=True)
class _Granted:
    """Permissions as documents name them, by their numbers; ``missed`` collects those ``others`` that were granted."""

    names: Names
    others: Names
    missed: set[str]

    def of(self, keys: list[Any]) -> list[list[str]]:
        self.missed.update(f"{app}.{name}" for name, app, _ in (self.others[key] for key in keys if key in self.others))
        return sorted(self.names[key] for key in keys if key in self.names)


class _Links:
    """The far ends of one many-to-many relation."""

    def __init__(self, link: Link, granted: _Granted):
        self.name = link.name
        self._link = link
        self._spell = speller_of(link.target)
        self._granted = granted if label_of(link.model) in MATCHED_BY_NAME else None

    def of(self, keys: list[Any]) -> list[list[Any]]:
        """Return what each of the rows ``keys``, as the driver gives them, is linked to."""
        found = raw_links(self._link, keys).values()
        if self._granted is not None:
            return [self._granted.of(linked) for linked in found]
        return [list(_spelled(linked, self._spell)) for linked in found]


def _text(one: dict[str, Any]) -> bytes:
    try:
        return orjson.dumps(one)
    except TypeError:  # a number beyond 64 bits or half a character, which a column of JSON may hold
        return json.dumps(one, separators=(",", ":")).encode()
