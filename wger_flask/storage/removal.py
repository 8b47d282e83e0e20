"""Drop what a plugin left in the database; nothing of the plugin's code is needed for it."""

from __future__ import annotations

from collections.abc import Iterable

from .database import database, transaction
from .migrations import Migration
from .name_search import index


def tables_of(plugin: str, others: Iterable[str] = ()) -> list[str]:
    """Return the tables of a plugin; those of ``others`` are not, such as of ``water_bottles`` where it is ``water``.

    Raises ValueError where there is none, and where tables of others refer to them.
    """
    prefix = f"plugin_{plugin}_"
    longer = tuple(start for name in others if (start := f"plugin_{name}_").startswith(prefix) and start != prefix)
    tables = sorted(
        name
        for name in database.obj.get_tables()
        if name.startswith(prefix) and not (longer and name.startswith(longer))
    )
    if not tables:
        raise ValueError(f"the database has no tables of a plugin {plugin!r}")
    references = database.obj.dialect.references(database.obj)
    foreign = sorted({table for table, _, to, _ in references if to in tables and table not in tables})
    if foreign:
        raise ValueError(f"other tables refer to those of the plugin {plugin!r}: {', '.join(foreign)}")
    return tables


def row_counts(tables: Iterable[str]) -> dict[str, int]:
    """Return how many rows each table has."""
    held = database.obj
    return {table: held.execute_sql(f'SELECT count(*) FROM "{table}"').fetchone()[0] for table in tables}


def remove(plugin: str, tables: list[str]) -> None:
    """Drop ``tables``, and forget which steps were applied to them and the copies of their names."""
    held = database.obj
    with transaction():
        for table in tables:
            index.forget(table)
        held.dialect.drop_tables(held, tables)
        if held.table_exists(Migration._meta.table_name):
            steps = [row.id for row in Migration.select() if row.name.rpartition(".")[0] == plugin]
            Migration.delete().where(Migration.id.in_(steps)).execute()
    held.__dict__.pop("known_tables", None)
