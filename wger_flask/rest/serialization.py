"""Turn raw rows into JSON-ready dictionaries, as a schema and a model determine in advance.

marshmallow's own dump walks every field of every row through several calls; for a page of
rows that costs more than the query, the JSON and the HTTP together.  :class:`Dumper` finds out once
which columns go out as they are, which are converted, and what is made of other rows.  It works on
columns, not rows: what a field takes is found out once a page.  The contract tests hold what is made of raw values
against what the fields make of decoded ones, for every resource.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, cast

import peewee

from ..storage.chunks import chunks
from ..storage.database import database
from ..storage.dialects.base import AS_HELD, AnyDialect
from ..storage.model import Model, column_at, decoder_of, held_at, is_held, key_of
from ..storage.query import Selection
from ..storage.types import Row
from .context import Context

if TYPE_CHECKING:
    from .fields.base import Field
    from .schema import Schema


Column = Callable[[list[tuple[Any, ...]], Context, list[dict[str, Any]]], Iterable[Any]]
"""Makes what a field is in JSON, for each row, of the columns of a page, raw, and what its queries loaded."""
Load = Callable[[list[Any], Context], dict[str, Any]]
"""Returns what belongs to each of the keys that it is given."""


@dataclass(frozen=True, slots=True)
class InPlace:
    """The column of values that stand in one place of a row, passed on or converted."""

    place: int
    convert: Callable[..., Any] | None

    def __call__(self, raw: list[Row], context: Context, loaded: list[dict[str, Any]]) -> Iterable[Any]:
        """Return the values in JSON, as a :data:`Column` does."""
        values, convert = raw[self.place], self.convert
        if convert is None:
            return values
        return [None if value is None else convert(value) for value in values]


MOST_KEYS = 10_000
"""Keys in one query: databases take some ten thousand values, and no page has as many rows."""


class Builder:
    """Collect the columns and the queries that a page takes while fields describe themselves to it."""

    def __init__(self, model: type[Model], prefix: str, dialect: AnyDialect):
        self.model, self.prefix, self.dialect = model, prefix, dialect
        self.columns: list[str] = []
        self.loaders: list[tuple[int, Load]] = []

    def index(self, path: str) -> int:
        """Return where the value of ``path`` stands in a row; raises ValueError for what the model does not have."""
        self.reference(path)
        return self.place(self.prefix + path)

    def place(self, path: str) -> int:
        """Return where the value of ``path``, as it is called where rows are selected, stands in a row."""
        if path not in self.columns:
            self.columns.append(path)
        return self.columns.index(path)

    def reference(self, path: str) -> peewee.Field:
        """Return the column, mostly a reference, that a dotted path names; raises ValueError for none."""
        field = column_at(self.model, path)
        if field is None:
            raise ValueError(f"{self.model.__name__} has no column {path!r} to show")
        return field

    def decoder(self, path: str) -> Callable[..., Any] | None:
        """Return what makes Python values of the raw ones of a column, None where they are that."""
        return None if self.dialect is AS_HELD else decoder_of(self.reference(path))

    def grouped(self, load: Load, otherwise: Callable[..., Any] = list, part: int | None = None) -> Column:
        """Return the column of what ``load(keys, context)`` gives for the row's own key, or of a ``part`` of that."""
        key, place = self._loaded(key_of(self.model).name, load)

        def column(raw: list[Row], context: Context, loaded: list[dict[Any, Any]]) -> Iterable[Any]:
            found = loaded[place]
            if part is not None:
                return [found[value][part] if value in found else otherwise() for value in raw[key]]
            return [found[value] if value in found else otherwise() for value in raw[key]]

        return column

    def looked_up(self, path: str, load: Load) -> Column:
        """Return the column of what ``load(keys, context)`` gives for a reference, null for nothing."""
        key, place = self._loaded(path, load)
        return lambda raw, context, loaded: map(loaded[place].get, raw[key])

    def _loaded(self, path: str, load: Load) -> tuple[int, int]:
        loader = (self.index(path), load)
        if loader not in self.loaders:
            self.loaders.append(loader)
        return loader[0], self.loaders.index(loader)


class Dumper:
    """Dump rows of ``model`` in the shape of ``schema``.

    ``columns`` are the paths to select, ``key`` the place of the primary key among them.
    With a ``prefix`` (``"muscle."``) the rows are selected from a model that refers to ours.  ``only`` are the keys in
    JSON of the fields to dump, all unless given; ``fields`` those that are dumped, by that key.
    ``is_flat`` tells whether a row's own columns are all that it takes, ``is_plain`` whether one query is, with rows
    that references lead to, and ``is_large`` whether some may hold long texts, or JSON, which is far larger as objects.
    """

    def __init__(
        self,
        schema: type[Schema],
        model: type[Model],
        prefix: str = "",
        dialect: AnyDialect | None = None,
        only: frozenset[str] | None = None,
    ):
        self._builder = builder = Builder(model, prefix, dialect or database.obj.dialect)
        self.key = builder.index(key_of(model).name)
        fields = cast("dict[str, Field]", schema().dump_fields)  # a table has wire fields alone
        if only is not None:
            fields = {name: field for name, field in fields.items() if (field.data_key or name) in only}
        self.fields = {field.data_key or name: field for name, field in fields.items()}
        self._names = list(self.fields)
        self._makers = [field.column(builder, name) for name, field in fields.items()]
        self._loaders = builder.loaders
        self._key_places = {place for place, _ in self._loaders}
        self.columns = tuple(builder.columns)
        self.is_large = any(field.is_large for field in fields.values())
        self.is_plain = not self._loaders
        self.is_flat = self.is_plain and not any("." in path for path in self.columns)

    def of(self, selection: Selection, context: Context, limit: int | None = None) -> list[dict[str, Any]]:
        """Return the rows of ``selection``, the first ``limit`` of them if that is given, as dictionaries."""
        return self(selection.raw_rows(self.columns, limit), context)

    def beside(
        self, path: str, selection: Selection, context: Context, limit: int | None = None
    ) -> list[tuple[Any, dict[str, Any]]]:
        """Return pairs of the Python value of ``path``, one of :attr:`columns`, and the row as a dictionary."""
        raw = selection.raw_rows(self.columns, limit)
        return list(zip((value for (value,) in self.values(raw, (path,))), self(raw, context), strict=True))

    def __call__(self, rows: list[tuple[Any, ...]], context: Context) -> list[dict[str, Any]]:
        """Return one dictionary for each raw row, with one query a relation for :data:`MOST_KEYS` of them."""
        if len(rows) == 1:
            return [self._one(rows[0], context)]
        raw = list(zip(*rows, strict=True))
        if not raw:
            return []
        loaded = self._parts(raw, context)
        return self._objects(zip(*[make(raw, context, loaded) for make in self._makers], strict=True))

    def _one(self, row: tuple[Any, ...], context: Context) -> dict[str, Any]:
        """Return the dictionary of one raw row, without columns of a single value."""
        made: dict[str, Any] = {}
        raw: list[Row] = []
        loaded: list[dict[str, Any]] = []
        for name, make in zip(self._names, self._makers, strict=True):
            if type(make) is InPlace:
                value, convert = row[make.place], make.convert
                made[name] = value if value is None or convert is None else convert(value)
                continue
            if not raw:
                raw = [(value,) for value in row]
                loaded = self._parts(raw, context)
            [made[name]] = make(raw, context, loaded)
        return made

    def _parts(self, raw: list[Row], context: Context) -> list[dict[str, Any]]:
        """Return what each query of a page loads; most are asked for the same keys, each by a list of its own."""
        keys = {place: [key for key in dict.fromkeys(raw[place]) if key is not None] for place in self._key_places}
        return [_load(load, keys[place].copy(), context) for place, load in self._loaders]

    @cached_property
    def _objects(self) -> Callable[[Iterable[Row]], list[dict[str, Any]]]:
        """What makes a dictionary of each row, which has a value for each field.

        It is compiled, as the methods of named tuples are, for the first page: to pair names and values takes twice as
        long.
        """
        values = [f"value_{place}" for place in range(len(self._names))]
        display = ", ".join(f"{name!r}: {value}" for name, value in zip(self._names, values, strict=True))
        made: Callable[[Iterable[Row]], list[dict[str, Any]]]
        made = eval(f"lambda rows: [{{{display}}} for [{', '.join(values)}] in rows]")
        return made

    def values(self, rows: list[tuple[Any, ...]], paths: tuple[str, ...]) -> list[tuple[Any, ...]]:
        """Return the values of some of :attr:`columns` in raw rows, as Python values: a tuple for each row."""
        made = [([row[self.columns.index(path)] for row in rows], self._builder.decoder(path)) for path in paths]
        return list(zip(*(map(decode, column) if decode else column for column, decode in made), strict=True))


def _load(load: Load, keys: list[Any], context: Context) -> dict[str, Any]:
    if len(keys) <= MOST_KEYS:
        return load(keys, context) if keys else {}
    loaded: dict[Any, Any] = {}
    for some in chunks(keys, MOST_KEYS):
        loaded |= load(some, context)
    return loaded


@lru_cache(None)
def _dumper(schema: type[Schema], model: type[Model], dialect: AnyDialect) -> Dumper:
    return Dumper(schema, model, dialect=dialect)


def dumper(schema: type[Schema], model: type[Model]) -> Dumper:
    """Return the :class:`Dumper` that turns raw rows of ``model`` into JSON objects in the shape of ``schema``.

    ``dumper(NapSchema, Nap).of(selection, call.context)`` is a list of dictionaries.
    """
    return _dumper(schema, model, database.obj.dialect)


MOST_CHOICES = 256  # of fields that clients make, of which dumpers are kept


@lru_cache(MOST_CHOICES)
def _partial_dumper(schema: type[Schema], model: type[Model], only: frozenset[str], dialect: AnyDialect) -> Dumper:
    return Dumper(schema, model, dialect=dialect, only=only)


def partial_dumper(schema: type[Schema], model: type[Model], only: frozenset[str]) -> Dumper:
    """Return the :class:`Dumper` of some fields: it selects, and loads, what these take."""
    return _partial_dumper(schema, model, only, database.obj.dialect)


def dump_held(schema: type[Schema], row: Model, context: Context) -> dict[str, Any]:
    """Return ``row`` as a JSON object in the shape of a schema that needs its own columns alone, without a query.

    Columns of rows that references lead to may be among them where these rows were loaded (:func:`can_dump_held`).
    """
    dump = _dumper(schema, type(row), AS_HELD)
    if dump.is_flat:
        return dump([tuple(map(row.__data__.get, dump.columns))], context)[0]
    return dump([tuple(held_at(row, path) for path in dump.columns)], context)[0]


def can_dump_held(schema: type[Schema], row: Model) -> bool:
    """Tell whether all that :func:`dump_held` needs was loaded with ``row``."""
    dump = dumper(schema, type(row))
    return dump.is_flat or dump.is_plain and all(is_held(row, path) for path in dump.columns)
