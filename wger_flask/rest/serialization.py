"""Turn raw rows into JSON-ready dictionaries, by a function made from the schema.

marshmallow's own dump walks every field of every row through several calls; for a page of
rows that costs more than the query, the JSON and the HTTP together.  A schema and a model
determine everything in advance, so :class:`Dumper` writes one dictionary display, once, and
has Python compile it (as :mod:`dataclasses` and :mod:`collections` do).  The contract tests
hold it against marshmallow's dump for every resource.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import peewee

from ..storage.database import database
from ..storage.dialects.base import AS_HELD, Dialect
from ..storage.model import Model
from .context import Context
from .timezone import server_zone

MOST_KEYS = 10_000
"""Keys in one query: databases take some ten thousand values, and no page has as many rows."""


class Builder:
    """Collect what the compiled function needs while fields describe themselves to it."""

    def __init__(self, model: type[Model], prefix: str, dialect: Dialect):
        self.model, self.prefix, self.dialect = model, prefix, dialect
        self.columns: list[str] = []
        self.names: dict[str, object] = {}
        self.loaders: list[tuple[int, Callable]] = []

    def index(self, path: str) -> int:
        """Return where the value of ``path`` stands in a row; raises ValueError for what the model does not have."""
        self.reference(path)
        path = self.prefix + path
        if path not in self.columns:
            self.columns.append(path)
        return self.columns.index(path)

    def column(self, path: str) -> str:
        """Return the expression for the raw value of a column."""
        return f"row[{self.index(path)}]"

    def constant(self, value) -> str:
        """Return a name for ``value``."""
        name = f"k{len(self.names)}"
        self.names[name] = value
        return name

    def reference(self, path: str) -> peewee.Field:
        """Return the column, mostly a reference, that a dotted path names; raises ValueError for none."""
        model, field = self.model, None
        for step in path.split("."):
            field = model._meta.fields.get(step) if model else None
            if field is None:
                raise ValueError(f"{self.model.__name__} has no column {path!r} to show")
            model = getattr(field, "rel_model", None)
        return field

    def converted(self, path: str, convert: Callable | None) -> str:
        """Return the expression for a column's value as JSON, null kept."""
        value = self.column(path)
        if convert is None:
            return value
        return f"None if {value} is None else {self.constant(convert)}({value})"

    def grouped(self, load: Callable, otherwise: Callable = list) -> str:
        """Return the expression for what ``load(keys, context)`` finds for the row's own key."""
        key = self.index(self.model._meta.primary_key.name)
        name = self._loaded(key, load)
        return f"{name}[row[{key}]] if row[{key}] in {name} else {self.constant(otherwise)}()"

    def looked_up(self, path: str, load: Callable) -> str:
        """Return the expression for what ``load(keys, context)`` finds for a reference."""
        key = self.index(path)
        return f"{self._loaded(key, load)}.get(row[{key}])"

    def _loaded(self, key: int, load: Callable) -> str:
        self.loaders.append((key, load))
        return f"found[{len(self.loaders) - 1}]"


_LONG = 5000  # letters, of which a page of a thousand rows takes megabytes


class Dumper:
    """Dump rows of ``model`` in the shape of ``schema``.

    ``columns`` are the paths to select, ``key`` the place of the primary key among them.
    With a ``prefix`` (``"muscle."``) the rows are selected from a model that refers to ours.
    ``is_flat`` tells whether a row's own columns are all that it takes, ``is_large`` whether some
    may hold long texts, or JSON, which is far larger as objects.
    """

    def __init__(self, schema, model: type[Model], prefix: str = "", dialect: Dialect | None = None):
        builder = Builder(model, prefix, dialect or database.obj.dialect)
        self.key = builder.index(model._meta.primary_key.name)
        parts = []
        for name, field in schema().dump_fields.items():
            parts.append(f"{(field.data_key or name)!r}: {_expression(builder, name, field)}")
        source = f"def fill(rows, context, found):\n return [{{{', '.join(parts)}}} for row in rows]"
        exec(compile(source, f"<dump of {model.__name__}>", "exec"), builder.names)
        self._fill = builder.names["fill"]
        self._loaders = builder.loaders
        self.columns = tuple(builder.columns)
        fields = [field for field in schema().dump_fields.values() if hasattr(field, "kind")]
        self.is_large = any(field.kind == "json" or getattr(field, "max_length", 0) >= _LONG for field in fields)
        self.is_flat = not self._loaders and not any("." in path for path in self.columns)

    def __call__(self, rows: list[tuple], context: Context) -> list[dict]:
        """Return one dictionary a row, with one query a relation for :data:`MOST_KEYS` of them."""
        found = []
        for index, load in self._loaders:
            keys = list(dict.fromkeys(row[index] for row in rows if row[index] is not None))
            loaded: dict = {}
            for start in range(0, len(keys), MOST_KEYS):
                loaded |= load(keys[start : start + MOST_KEYS], context)
            found.append(loaded)
        return self._fill(rows, context, found)


def _expression(builder: Builder, name: str, field) -> str:
    if hasattr(field, "compile"):
        return field.compile(builder, name)
    return builder.converted(field.attribute or name, field.raw(builder.dialect, server_zone()))


@lru_cache(None)
def _dumper(schema, model, dialect, zone) -> Dumper:
    return Dumper(schema, model, dialect=dialect)


def dumper(schema, model: type[Model]) -> Dumper:
    """Return what turns raw rows of ``model`` into JSON objects in the shape of ``schema``, made once.

    ``d = dumper(NapSchema, Nap)``, then ``d(selection.rows(d.columns), call.context)`` is a list of dictionaries.
    """
    return _dumper(schema, model, database.obj.dialect, server_zone())


def dump_held(schema, row: Model, context: Context) -> dict:
    """Return a row in the shape of a schema that is flat, from the values that ``row`` holds."""
    dump = _dumper(schema, type(row), AS_HELD, server_zone())
    return dump([tuple(row.__data__.get(name) for name in dump.columns)], context)[0]
