"""Compare the tables that the database has with those that models declare.

Only what is missing counts: a database that wger made may have more tables and columns than are declared here.
"""

from __future__ import annotations

from collections.abc import Iterable

import peewee

from .database import DatabaseURLError, connect, database
from .links import with_links
from .model import Model

_MOST_NAMES = 10


class TablesDiffer(Exception):
    """Say in one line which declared tables or columns the database lacks."""


def missing_columns(models: Iterable[type[Model]]) -> list[tuple[type[Model], peewee.Field]]:
    """Return the declared columns that existing tables lack, in the order of declaration."""
    held = database.obj.dialect.columns_by_table(database.obj)
    return [
        (model, field)
        for model in with_links(models)
        if (present := held.get(model._meta.table_name)) is not None
        for field in model._meta.sorted_fields
        if field.column_name not in present
    ]


def undeclared_columns(models: Iterable[type[Model]]) -> list[tuple[type[Model], str]]:
    """Return the columns of existing tables that their models do not declare, by name."""
    held = database.obj.dialect.columns_by_table(database.obj)
    return [
        (model, name)
        for model in with_links(models)
        for name in sorted(held.get(model._meta.table_name, set()) - set(model._meta.columns))
    ]


def check_writable(models: Iterable[type[Model]]) -> None:
    """Raise :class:`TablesDiffer` for columns that are not declared and need a value: no row could be added.

    Newer releases of wger may have such columns; others of theirs do not matter.
    """
    held, needed = database.obj, []
    for model, name in undeclared_columns(models):
        column = next(one for one in held.get_columns(model._meta.table_name) if one.name == name)
        if not column.null and column.default is None:
            needed.append(f"{model._meta.table_name}.{name}")
    if needed:
        raise TablesDiffer(
            f"the database has the columns {_listed(needed)}, which need a value and which this release does not know: "
            "a later one is needed to serve it"
        )


def missing_tables(models: Iterable[type[Model]]) -> list[type[Model]]:
    """Return the models whose tables are not there."""
    present = set(database.obj.get_tables())
    return [model for model in with_links(models) if model._meta.table_name not in present]


def referred_first(models: Iterable[type[Model]]) -> list[type[Model]]:
    """Return ``models`` in an order in which each comes behind those that it refers to."""
    order: list[type[Model]] = peewee.sort_models(list(models))  # type: ignore[attr-defined]  # as in Peewee
    return order


def named(columns: Iterable[tuple[type[Model], peewee.Field]]) -> str:
    """Return columns as a person reads them: ``plugin_water_glass.note, plugin_water_glass.size``."""
    return _listed([f"{model._meta.table_name}.{field.column_name}" for model, field in columns])


def _listed(names: list[str]) -> str:
    told = ", ".join(names[:_MOST_NAMES])
    return f"{told} and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else told


def check_tables(models: Iterable[type[Model]]) -> None:
    """Compare the database with ``models`` before a server starts, and close the connection again.

    A database that does not answer, or has no table at all yet, is left to the requests.
    Raises :class:`TablesDiffer` for tables or columns that are missing.
    """
    models = list(models)
    try:
        connect()
    except DatabaseURLError:
        return
    try:
        if not database.obj.get_tables():
            return
        tables = _listed([model._meta.table_name for model in missing_tables(models)])
        columns = named(missing_columns(models))
    finally:
        database.obj.close()
    if tables or columns:
        parts = [f"{kind} {names}" for kind, names in (("tables", tables), ("columns", columns)) if names]
        raise TablesDiffer(f"the database lacks the {' and the '.join(parts)}: run wger-flask migrate")
