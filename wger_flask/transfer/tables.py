"""One table during an import: rows as the dump gives them become rows as the database stores them."""

from __future__ import annotations

from dataclasses import dataclass

from ..storage import columns as fields
from ..storage.bulk import Upsert, insert
from ..storage.chunks import chunks
from ..storage.links import Link, links_of
from ..storage.model import Model, columns_of, decode, key_of, label_of, references_to
from .columns import column_of, key_reader, reference_reader
from .keys import NATURAL, Keys, NotYetKnown

BATCH = 500


@dataclass(frozen=True, slots=True)
class Given:
    """A row as the dump gives it; ``number`` is its place in the document."""

    number: int
    table: Table
    pk: object
    fields: dict

    def __str__(self) -> str:
        return self.table.label if self.pk is None else f"{self.table.label} {self.pk}"


@dataclass(slots=True)
class Full:
    """A row as the database stores it, its key first, and the keys at the far ends of its links."""

    values: tuple
    links: list[tuple[Links, list]]


class Table:
    """Collect rows of ``model`` and write them in batches."""

    def __init__(self, model: type[Model], keys: Keys):
        declared = columns_of(model).values()
        self.model, self.label = model, label_of(model)
        self._keys = keys
        self._key = key_of(model)
        self._read_key = key_reader(model)
        self._columns = [column_of(one, keys) for one in declared if not one.primary_key]
        self._names = [column.name for column in self._columns]
        self._links = {name: Links(link, keys) for name, link in links_of(model).items()}
        self.known = frozenset([*self._names, *self._links])
        # Django's loaddata knows a reference by the name of its column too, and the key among the fields.
        others = {one.object_id_name: one.name for one in declared if isinstance(one, fields.ForeignKey)}
        self.spellings = {self._key.name: self._key.name, **others}
        # A user has one profile and one token: the dump's takes the place of whichever is there.
        owners = [one for one in declared if isinstance(one, fields.ForeignKey) and one.unique]
        self._owners = owners if not references_to(model) else []
        self._rows: list[tuple] = []
        self._upsert: Upsert | None = None

    def spelled(self, key: object, given: dict) -> tuple[object, dict]:
        """Return key and fields under their own names; whatever is given twice, the last counts."""
        fields = {self.spellings.get(name, name): value for name, value in given.items()}
        return fields.pop(self._key.name, key), fields

    def read(self, row: Given, late: bool) -> Full | None:
        """Return ``row`` as it is stored.

        Raises NotYetKnown, and ValueError for a value that its column cannot hold.  Rows to
        which the database gives a key are written at once, when it is ``late``; then None.
        """
        values = self._values(row.fields)
        links = [(link, link.read(row.fields[name])) for name, link in self._links.items() if name in row.fields]
        natural = self._natural(row.fields)
        key = row.pk
        if key is None:
            key = self._new_key(natural, values, late)
        try:
            stored = self._read_key(key)
        except ValueError as wrong:
            raise ValueError(f"primary key: {wrong}") from None
        if natural:
            self._keys.name(self.label, natural, stored)
        return Full((stored, *values), links)

    def _values(self, given: dict) -> list:
        values = []
        try:
            for column in self._columns:
                value = given.get(column.name)
                if value is not None:
                    values.append(column.read(value))
                else:
                    values.append(column.null() if column.name in given else column.missing())
        except (ValueError, OverflowError) as wrong:
            raise ValueError(f"{column.name}: {wrong}") from None
        return values

    def _natural(self, given: dict) -> list | None:
        paths = NATURAL.get(self.label)
        if not paths or any("." in path for path in paths):
            return None
        return [given.get(path) for path in paths]

    def _new_key(self, natural: list | None, values: list, late: bool) -> object:
        if not isinstance(self._key, fields.Auto):
            return self._key.default()
        if not late:
            raise NotYetKnown(f"no key for {self.label}")
        if natural:
            try:
                return self._keys.find(self.model, natural)
            except NotYetKnown:
                pass
        return insert(self.model, self._names, values)

    def match(self, row: Given, columns: tuple[str, ...]) -> None:
        """Write ``row`` unless one with the same ``columns`` is there, whose key then counts."""
        values = self._values(row.fields)
        query = self.model.select(self._key)
        for name in columns:
            query = query.where(columns_of(self.model)[name] == values[self._names.index(name)])
        given = None if row.pk is None else self._read_key(row.pk)
        key = query.scalar()
        if key is None:
            if given is None or self.model.select().where(self._key == given).exists():
                key = insert(self.model, self._names, values)
            else:
                key = insert(self.model, [self._key.name, *self._names], [given, *values])
        self._keys.move(self.label, given, key)

    def by_name(self, row: tuple) -> dict[str, object]:
        """Return the values of a row as it is stored, by field."""
        return dict(zip((self._key.name, *self._names), row, strict=True))

    def add(self, row: Full) -> bool:
        """Keep ``row`` for writing; tell whether it is time to."""
        self._rows.append(row.values)
        for links, targets in row.links:
            links.add(row.values[0], targets)
        return len(self._rows) >= BATCH

    def write(self) -> list[tuple[tuple, Exception]]:
        """Write what was kept and return the rows that were refused, with why."""
        rows, self._rows = self._rows, []
        refused = self.rewrite(rows) if rows else []
        for links in self._links.values():
            links.write()
        return refused

    def rewrite(self, rows: list[tuple]) -> list[tuple[tuple, Exception]]:
        """Write ``rows`` and return those that were refused, with why."""
        if self._upsert is None:
            self._upsert = Upsert(self.model, [self._key.name, *self._names])
        for owner in self._owners:
            place = self._names.index(owner.name) + 1
            # Keys that no row can have are refused by the writing below.
            keys, owners = ([row[at] for row in rows if fields.storable(row[at])] for at in (0, place))
            self.model.delete().where(self._key.in_(keys) | owner.in_(owners)).execute()
        return self._upsert.write(rows)

    def key_of(self, row: tuple) -> object:
        """Return the primary key of a stored row."""
        return decode(self._key, row[0])


class Links:
    """Collect the rows of one many-to-many relation and write them in batches."""

    def __init__(self, link: Link, keys: Keys):
        self._link = link
        self._read = reference_reader(link.model, keys)
        self._targets: dict[object, list] = {}
        self._upsert: Upsert | None = None

    def read(self, given: object) -> list:
        """Return the stored keys of a list of references."""
        try:
            if not isinstance(given, list):
                raise ValueError(f"{given!r} is not a list")
            found = list(dict.fromkeys(self._read(one) for one in given))
            if large := [key for key in found if not fields.storable(key)]:
                raise ValueError(f"{large[0]} is too large")
            return found
        except ValueError as wrong:
            raise ValueError(f"{self._link.name}: {wrong}") from None

    def add(self, source: object, targets: list) -> None:
        """Keep ``targets`` as all that the row ``source`` is linked to."""
        if fields.storable(source):  # or else the row is refused
            self._targets[source] = targets

    def write(self) -> None:
        """Write what was kept."""
        if not self._targets:
            return
        kept, self._targets = self._targets, {}
        through, source, target = self._link.through, self._link.source, self._link.target
        if self._upsert is None:
            self._upsert = Upsert(through, (source.name, target.name))
        for some in chunks(list(kept), BATCH):
            through.delete().where(source.in_(some)).execute()
        rows = [(key, other) for key, targets in kept.items() for other in targets]
        refused = self._upsert.write(rows) if rows else []
        if refused:
            raise refused[0][1]
