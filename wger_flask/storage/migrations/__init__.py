"""Bring a database to the shape that this release, and each plugin, needs.

There are five parts.  Tables that a registered model declares and the database lacks are
made; tables that exist are left alone, whoever made them, so an existing wger database keeps
its own indexes and constraints.  What must happen to tables that exist is a numbered module,
``m0001_….py`` with a ``apply(database)``, here or in a plugin's package of steps, run once and
noted in ``wger_flask_migration``; where all tables were only just made there is nothing to
change, and the steps count as applied.  Columns that are declared and still missing stop it.
References in tables of plugins are told what to do when the plugin is not there.  And the
copies of names that searching needs (:mod:`..name_search.index`) are brought up to date, name
by name.  All of it is safe to run again, and happens whole or not at all.
"""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib import import_module

from .. import columns
from ..alter import just_made
from ..database import advisory_lock, database, transaction
from ..model import Model, with_links
from ..name_search import index
from ..tables import TablesDiffer, missing_columns, missing_tables, named


class Migration(Model):
    """A numbered step that has been applied: ``m0004_user_names``, of a plugin ``water.m0001_add_note``."""

    id = columns.Auto()
    name = columns.Char(max_length=100, unique=True)
    applied = columns.DateTime(default=columns.now)

    class Meta:
        table_name = "wger_flask_migration"


@dataclass
class PluginTables:
    """What a plugin has in the database: its models, and the package of its numbered steps, if it has one."""

    models: list[type[Model]] = field(default_factory=list)
    steps: str | None = None


def numbered(package: str = __name__) -> list[str]:
    """Return the names of the numbered steps in a package, in order."""
    folder = import_module(package).__path__
    return sorted(module.name for module in pkgutil.iter_modules(folder) if re.match(r"m\d{4}_", module.name))


def migrate(models: Iterable[type[Model]], plugins: Mapping[str, PluginTables] | None = None) -> list[str]:
    """Create missing tables of ``models`` and apply the steps of the core and of ``plugins`` that are not applied yet.

    Returns one line for each thing that was done.  Raises :class:`..tables.TablesDiffer`, and leaves everything as it
    was, where a table then lacks a column that its model declares.
    """
    models, plugins = list(models), plugins or {}
    done = []
    held = database.obj
    with transaction():
        advisory_lock("wger_flask tables")  # servers that start together find what the first one made
        made = set()
        for model in missing_tables([Migration, *models]):
            model.create_table(safe=False)
            made.add(model._meta.table_name)
            done.append(f"created table {model._meta.table_name}")
        with just_made(made):
            applied = {row.name for row in Migration.select()}
            for prefix, package, owned in _sources(models, plugins):
                is_new = bool(owned) and {model._meta.table_name for model in with_links(owned)} <= made
                for step in numbered(package):
                    if (name := prefix + step) in applied:
                        continue
                    if not is_new:
                        import_module(f"{package}.{step}").apply(held)
                        done.append(f"applied {name}")
                    Migration.create(name=name)
        if lacking := missing_columns(models):
            raise TablesDiffer(
                f"the database lacks the columns {named(lacking)}, and no migration adds them; "
                "for a plugin, wger-flask make-migration writes one"
            )
        for reference, action in _mistaken_references(plugins):
            table, name = reference.model._meta.table_name, reference.column_name
            held.dialect.change_reference(held, table, name, action)
            done.append(f"changed the reference {table}.{name} to ON DELETE {action}")
        done += index.prepare(models)
    return done


def is_current(models: Iterable[type[Model]], plugins: Mapping[str, PluginTables] | None = None) -> bool:
    """Tell whether nothing is left for :func:`migrate` to do."""
    models = list(models)
    if missing_tables([Migration, *models]) or missing_columns(models) or _mistaken_references(plugins or {}):
        return False
    needed = {prefix + step for prefix, package, _ in _sources(models, plugins or {}) for step in numbered(package)}
    return {row.name for row in Migration.select()} >= needed


def _mistaken_references(plugins: Mapping[str, PluginTables]) -> list[tuple[columns.ForeignKey, str]]:
    """Return the references of plugins' tables of which the database would do something else, and what it should do.

    Those of tables that were made before plugins could leave; of tables of wger's, nobody but the program knows.
    """
    if not plugins:
        return []
    held = {(table, name): action for table, name, _, action in database.obj.dialect.references(database.obj)}
    return [
        (reference, reference.on_delete.upper())
        for plugin in plugins.values()
        for model in with_links(plugin.models)
        for reference in model._meta.refs
        if reference.on_delete
        and held.get((model._meta.table_name, reference.column_name)) not in (None, reference.on_delete.upper())
    ]


def _sources(models: list, plugins: Mapping[str, PluginTables]) -> list[tuple[str, str, list[type[Model]]]]:
    """Return where steps are: what stands before their names, their package, and the models they are about."""
    theirs = {model for plugin in plugins.values() for model in plugin.models}
    core = [model for model in models if model not in theirs]
    steps = [(f"{name}.", plugin.steps, plugin.models) for name, plugin in plugins.items() if plugin.steps]
    return [("", __name__, core), *steps]
