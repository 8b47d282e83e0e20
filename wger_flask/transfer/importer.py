"""Load a Django ``dumpdata`` document: all of it or nothing.

Rows are written as they are read, in batches a table, whatever their order: references are
checked when everything is there.  What needs more than its own row to be understood
(natural keys, rows without a key, rows in the way of one another) waits until the end of the
document.  Rows of models that no subject declares are counted and left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from ..storage.body_weights import add_official_categories
from ..storage.bulk import dangling
from ..storage.database import database
from ..storage.links import links_of, with_links
from ..storage.model import Model, columns_of, label_of, target_of
from ..storage.name_search import index
from ..storage.numbered_keys import number_of
from ..storage.unicode_names import normalize
from . import typed_categories
from .former import FORMER
from .keys import MATCHED_BY_NAME, Keys, NotYetKnown
from .profiles import add_missing_profiles
from .reading import ImportFailure, objects, opened
from .shipped import Shipped, shipped_uuids
from .tables import Given, Table
from .trophies import add_missing_trophies

__all__ = ["ImportFailure", "ImportReport", "import_dump"]

# More rows than these in one another's way are no accident.
MOST_REFUSED = 1000
_SHOWN = 3


@dataclass
class ImportReport:
    """How many rows of each model were loaded, how many of unknown models and fields left out."""

    loaded: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)
    ignored: Counter[str] = field(default_factory=Counter)

    def __add__(self, other: ImportReport) -> ImportReport:
        return ImportReport(self.loaded + other.loaded, self.unknown + other.unknown, self.ignored + other.ignored)


def import_dump(
    source: str | Path | IO, models: Iterable[type[Model]], progress: bool | None = None, replace_shipped: bool = True
) -> ImportReport:
    """Load the dump in ``source`` (a path, gzip or not, or a stream) into the tables of ``models``.

    Primary keys are kept; a row whose key is there already is replaced.  Users without a
    profile get one, and people whose wger had no trophies get these.  A catalogue in the dump
    takes the place of the one that ships, as far as that is unused, unless ``replace_shipped``
    is False.  ``progress`` None shows a bar on a terminal only.  Raises :class:`ImportFailure`,
    which names the object or row, and leaves the database as it was.
    """
    held = database.obj
    with opened(source, progress) as stream, held.dialect.bulk_loading(held):
        work = _Import(models, replace_shipped)
        for number, item in enumerate(objects(stream), 1):
            work.take(number, item)
        work.finish()
        index.prepare(work.models)
        return work.report


class _Import:
    """The state of one import."""

    def __init__(self, models: Iterable[type[Model]], replace_shipped: bool):
        self.report = ImportReport()
        self.models = list(models)
        self._shipped = Shipped(self.models) if replace_shipped else None
        self._keys = Keys()
        self._tables = {label_of(model): Table(model, self._keys) for model in self.models}
        self._by_name: dict[str, list[Given]] = {label: [] for label in MATCHED_BY_NAME}
        self._later: list[tuple[Given, NotYetKnown]] = []
        self._refused: list[tuple[Table, tuple, Exception]] = []
        self._former: dict[str, Table] = {}

    def take(self, number: int, item: dict) -> None:
        """Take the next object of the document."""
        label, given = item.get("model"), item.get("fields")
        if not isinstance(label, str) or not isinstance(given, dict):
            raise ImportFailure(f"object {number}: no row of a model")
        label = label.lower()
        if label in FORMER and FORMER[label].is_of(given):
            given = self._complete(label, item.get("pk"), given)
            table: Table | None = self._former_table(label)
        else:
            table = self._tables.get(label)
        if table is None:
            self.report.unknown[label] += 1
            return
        if self._shipped and label not in self.report.loaded and label in shipped_uuids():
            self._shipped.withdraw(label)
        self.report.loaded[label] += 1
        key, unknown = item.get("pk"), given.keys() - table.known
        if unknown:
            key, given = table.spelled(key, given)
            for name in unknown - table.spellings.keys():
                self.report.ignored[f"{label}.{name}"] += 1
        row = Given(number, table, key, given)
        if label in MATCHED_BY_NAME:
            self._by_name[label].append(row)
        else:
            self._add(row)

    def _former_table(self, label: str) -> Table:
        """Return the table of a former model, made for the first of its rows."""
        if label not in self._former:
            FORMER[label].prepare()
            self._former[label] = Table(FORMER[label].model, self._keys)
        return self._former[label]

    def _complete(self, label: str, key: object, given: dict) -> dict:
        try:
            return FORMER[label].complete(key, given)
        except ValueError:
            return given  # reading the row says what is wrong with its key

    def _add(self, row: Given, late: bool = False) -> None:
        table = row.table
        try:
            full = table.read(row, late)
        except NotYetKnown as why:
            self._later.append((row, why))
            return
        except (ValueError, OverflowError) as wrong:
            raise ImportFailure(f"object {row.number} ({row}): {wrong}") from None
        if full and table.add(full):
            self._write(table)

    def _write(self, table: Table) -> None:
        self._refused += [(table, row, why) for row, why in table.write()]
        if len(self._refused) > MOST_REFUSED:
            self._give_up()

    def _give_up(self):
        table, row, why = self._refused[0]
        more = f" (and {len(self._refused) - 1} more)" if len(self._refused) > 1 else ""
        reason = " ".join(str(why).split())
        raise ImportFailure(f"{table.label} {table.key_of(row)}: {reason}{more}")

    def finish(self) -> None:
        """Write what is left, and check what was written."""
        self._write_all()
        self._match_by_name()
        self._resolve_later()
        self._retry_refused()
        normalize()
        models = {label: table.model for label, table in self._tables.items()}
        if self._shipped and "auth.user" in self.report.loaded:
            add_missing_trophies(models)
        self._reset_sequences()
        add_missing_profiles(models)
        for label in self._former:
            FORMER[label].move()
        self._check_references()
        add_official_categories()
        for label in self._former:
            FORMER[label].finish()

    def _write_all(self) -> None:
        for table in [*self._tables.values(), *self._former.values()]:
            self._write(table)
        self._reset_sequences()

    def _match_by_name(self) -> None:
        for label, columns in MATCHED_BY_NAME.items():
            for row in self._by_name[label]:
                try:
                    row.table.match(row, columns)
                except (NotYetKnown, ValueError) as wrong:
                    raise ImportFailure(f"object {row.number} ({row}): {wrong}") from None
            self._keys.matched.add(label)
            self._reset_sequences()

    def _resolve_later(self) -> None:
        waiting, self._later = self._later, []
        while waiting:
            for row, _ in waiting:
                self._add(row, late=True)
            self._write_all()
            if len(self._later) == len(waiting):
                row, why = waiting[0]
                raise ImportFailure(f"object {row.number} ({row}): {why}")
            waiting, self._later = self._later, []

    def _retry_refused(self) -> None:
        for table, row, _ in self._refused:
            if table.label == typed_categories.LABEL:
                typed_categories.make_way(table.by_name(row))
        while self._refused:
            waiting, self._refused = self._refused, []
            for table, row, _ in waiting:
                self._refused += [(table, row, why) for _, why in table.rewrite([row])]
            if len(self._refused) == len(waiting):
                self._give_up()

    def _reset_sequences(self) -> None:
        held = database.obj
        held.dialect.reset_sequences(held, with_links(self.models))

    def _check_references(self) -> None:
        found = []
        for label in self.report.loaded:
            model = (self._tables.get(label) or self._former[label]).model
            for key, name, value in dangling(model):
                found.append((label, key, target_of(columns_of(model)[name]), value))
            for link in links_of(model).values():
                for key, name, value in dangling(link.through):
                    source = getattr(link.through.get_by_id(key), link.source.object_id_name)
                    found.append((label, source, target_of(columns_of(link.through)[name]), value))
        if found:
            more = f" (and {len(found) - _SHOWN} more)" if len(found) > _SHOWN else ""
            raise ImportFailure("; ".join(_complaint(*one) for one in found[:_SHOWN]) + more)


def _complaint(label: str, key: object, target: type[Model], value: object) -> str:
    named = label_of(target)
    return f"{label} {_spelled(label, key)}: there is no {named} {_spelled(named, value)}"


def _spelled(label: str, key: object) -> object:
    number = number_of(label, key)
    return key if number is None else number
