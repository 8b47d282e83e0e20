"""Bring a database to the shape that this release needs.

There are three parts.  Tables that a registered model declares and the database lacks are
made; tables that exist are left alone, whoever made them, so an existing wger database keeps
its own indexes and constraints.  What must happen to tables that exist is a numbered module
here, ``m0001_….py`` with a ``apply(database)``, run once and noted in
``wger_flask_migration``.  And the copies of names that searching needs (:mod:`..name_search.index`) are
brought up to date, name by name.  All of it is safe to run again.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable
from importlib import import_module

from .. import columns
from ..database import advisory_lock, database, transaction
from ..model import Model, links_of
from ..name_search import index


class Migration(Model):
    """A numbered migration that has been applied."""

    id = columns.Auto()
    name = columns.Char(max_length=100, unique=True)
    applied = columns.DateTime(default=columns.now)

    class Meta:
        table_name = "wger_flask_migration"


def with_links(models: Iterable[type[Model]]) -> list[type[Model]]:
    """Return ``models`` and the through models of their many-to-many relations."""
    found = []
    for model in models:
        found.append(model)
        found.extend(link.through for link in links_of(model).values())
    return list(dict.fromkeys(found))


def numbered() -> list[str]:
    """Return the names of the numbered migrations, in order."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__) if module.name.startswith("m"))


def migrate(models: Iterable[type[Model]]) -> list[str]:
    """Create missing tables of ``models`` and apply what is not applied yet.

    Returns one line for each thing that was done.
    """
    done = []
    held = database.obj
    with transaction():
        advisory_lock("wger_flask tables")  # servers that start together find what the first one made
        present = set(held.get_tables())
        for model in [Migration, *with_links(models)]:
            if model._meta.table_name not in present:
                model.create_table(safe=False)
                done.append(f"created table {model._meta.table_name}")
        applied = {row.name for row in Migration.select()}
        for name in numbered():
            if name not in applied:
                import_module(f"{__name__}.{name}").apply(held)
                Migration.create(name=name)
                done.append(f"applied {name}")
        done += index.prepare(models)
    return done


def is_current(models: Iterable[type[Model]]) -> bool:
    """Tell whether nothing is left for :func:`migrate` to do."""
    present = set(database.obj.get_tables())
    needed = {model._meta.table_name for model in [Migration, *with_links(models)]}
    return needed <= present and {row.name for row in Migration.select()} >= set(numbered())
