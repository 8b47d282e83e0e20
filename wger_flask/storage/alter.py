"""Change tables that exist, on every database, from a numbered migration step.

A step runs on databases of every age.  So each function does nothing where there is nothing to do: on a table that
is not there, or that was made a moment ago in the shape that its model declares; on a column that is there already,
or is gone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

import peewee

from .columns import ForeignKey, on_delete_of
from .database import database
from .model import Model, abstract, make_model

_made: ContextVar[frozenset[str]] = ContextVar("tables that were just made", default=frozenset())


class ChangeRefused(ValueError):
    """Say in one line why a table cannot be changed as a step asks."""


@contextmanager
def just_made(tables: set[str]) -> Iterator[None]:
    """Leave ``tables`` alone in the block: they were made in the shape that is declared."""
    token = _made.set(frozenset(tables))
    try:
        yield
    finally:
        _made.reset(token)


def add_column(table: str, name: str, column: peewee.Field) -> None:
    """Add a column, with its index if it declares one.

    ``column`` is declared as in a model.  Rows that exist get its default; of a default that is a function, the value
    of one call.  Raises :class:`ChangeRefused`, a ValueError, for a column that has no default and cannot be null, and
    for a reference that cannot be null.
    """
    if not _is_to_change(table):
        return
    model = _standing_for(table, name, column)
    if column.column_name in _columns(table):
        return
    default = column.default() if callable(column.default) else column.default
    reference = column if isinstance(column, ForeignKey) else None
    if not column.null and (reference is not None or default is None):
        needed = "null=True" if reference is not None else "a default or null=True"
        raise ChangeRefused(f"{table}.{column.column_name} needs {needed}: rows that exist have no value for it")
    held = database.obj
    context = model._schema._create_context()  # type: ignore[attr-defined]  # left out of Peewee's stubs
    written = context.sql(column.ddl(context)).query()[0]
    if default is not None and reference is None:
        written += f" DEFAULT {_literal(column.db_value(default))}"
    if reference is not None:
        target = reference.rel_model._meta.table_name
        written += f' REFERENCES "{target}" ("{reference.rel_field.column_name}")'
        written += f" ON DELETE {reference.on_delete or on_delete_of(reference)}"
        if held.dialect.defers_references:
            written += f" DEFERRABLE {reference.deferrable}"
    held.execute_sql(f'ALTER TABLE "{table}" ADD COLUMN {written}')
    if column.index or column.unique:
        add_index(table, column.column_name, unique=column.unique)


def drop_column(table: str, name: str) -> None:
    """Drop a column by its name in the database (a reference's ends in ``_id``), and the indexes that it is in."""
    if not _is_to_change(table) or name not in _columns(table):
        return
    database.obj.dialect.change_reference(database.obj, table, name, None)  # which may need the index
    for index in database.obj.get_indexes(table):
        if name in index.columns:
            _drop_index(table, index.name)
    database.obj.execute_sql(f'ALTER TABLE "{table}" DROP COLUMN "{name}"')


def rename_column(table: str, name: str, new_name: str) -> None:
    """Rename a column; both are names in the database."""
    if _is_to_change(table) and name in _columns(table):
        database.obj.execute_sql(f'ALTER TABLE "{table}" RENAME COLUMN "{name}" TO "{new_name}"')


def add_index(table: str, *names: str, unique: bool = False, name: str = "", where: str = "") -> None:
    """Add an index over columns, by their names in the database; where rows exist that break a unique one, it fails.

    ``"-date"`` descends.  It is called ``name``, or after what it is over, and holds only the rows ``where`` an SQL
    condition holds.
    """
    if not _is_to_change(table) or _indexes(table, names, unique):
        return
    if name and any(index.name == name for index in database.obj.get_indexes(table)):
        return
    kind = "UNIQUE INDEX" if unique else "INDEX"
    listed = ", ".join(f'"{one.lstrip("-")}"' + (" DESC" if one.startswith("-") else "") for one in names)
    name = name or "_".join((table, *names, *(["unique"] if unique else [])))
    if len(name) > 60:
        name = f"{name[:50]}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"
    condition = f" WHERE {where}" if where else ""
    database.obj.execute_sql(f'CREATE {kind} "{name}" ON "{table}" ({listed}){condition}')


def add_indexes(indexes: Mapping[str, Mapping[str, tuple[str, ...]]]) -> None:
    """Add indexes to tables, by their names: each over the columns that :func:`add_index` takes."""
    for table, named in indexes.items():
        for name, terms in named.items():
            add_index(table, *terms, name=name)


def drop_index(table: str, *names: str, unique: bool = False) -> None:
    """Drop the index over exactly these columns."""
    for index in _indexes(table, names, unique) if _is_to_change(table) else ():
        _drop_index(table, index.name)


def widen_decimals(table: str, name: str, max_digits: int, places: int) -> None:
    """Let a column of decimals hold more digits; databases that do not count them need no change."""
    held = database.obj
    modifiers = held.dialect.decimal_modifiers(max_digits, places)
    if modifiers and _is_to_change(table):
        digits = ", ".join(map(str, modifiers))
        held.dialect.widen_decimals(held, table, name, digits)


def drop_table(table: str) -> None:
    """Drop a table that no other refers to, with its rows."""
    if _is_to_change(table):
        database.obj.dialect.drop_tables(database.obj, [table])
        database.obj.__dict__.pop("known_tables", None)


def change_reference(table: str, name: str, on_delete: str) -> None:
    """Have the database itself do ``on_delete`` (``"CASCADE"``, ``"SET NULL"``) with rows whose reference goes.

    ``name`` is the reference's column in the database: ``user_id``.  For tables that older releases made; those made
    now have it from their model.
    """
    if _is_to_change(table):
        database.obj.dialect.change_reference(database.obj, table, name, on_delete)


def run_sql(table: str, statement: str, *values: object) -> None:
    """Run a statement about the rows of ``table``, with a ``?`` for each of ``values`` and for nothing else."""
    if not _is_to_change(table):
        return
    if database.obj.param != "?":
        statement = statement.replace("%", "%%").replace("?", database.obj.param)
    database.obj.execute_sql(statement, values)


def _is_to_change(table: str) -> bool:
    return table not in _made.get() and table in database.obj.get_tables()


def _columns(table: str) -> set[str]:
    return {column.name for column in database.obj.get_columns(table)}


def _indexes(table: str, names: tuple[str, ...], unique: bool) -> list[peewee.IndexMetadata]:
    return [
        index
        for index in database.obj.get_indexes(table)
        if tuple(index.columns) == names and bool(index.unique) == unique
    ]


def _drop_index(table: str, name: str) -> None:
    database.obj.dialect.drop_index(database.obj, table, name)


def _standing_for(table: str, name: str, column: peewee.Field) -> type[Model]:
    """Return a model of the one column, to write it with; nothing else knows of it."""
    members = {"__module__": __name__, name: column}
    return abstract(make_model("Altered", members, Model, table_name=table, primary_key=False))


def _literal(value: object) -> str:
    if isinstance(value, bool):
        return "'1'" if value else "'0'"
    if isinstance(value, int | float):
        return str(value)
    return "'" + str(value).replace("'", "''") + "'"
