"""Bring a database to the shape that this release, and each plugin, needs.

There are seven parts.  Tables that wger 2.5 or 2.6 made are brought to the shape of the alphas of 2.7
(:mod:`..wger_databases`), from which the numbered steps lead on.  Tables that a registered model
declares and the database lacks are made; tables that exist are left alone, also those of other programs, so
an existing wger database keeps its own indexes and constraints.  What must happen to tables that
exist is a numbered module, ``m0001_….py`` with a ``apply(database)``, here or in a plugin's package
of steps, run once and noted in ``wger_flask_migration``; where all tables were only just made there
is nothing to change, and the steps count as applied.  Columns that are declared and still missing
stop it.  References in tables of plugins are told what to do when the plugin is not there.  And the
copies of names that searching needs (:mod:`..name_search.index`) are brought up to date, name by
name.  Last comes the log of changes for phones (:mod:`..sync_log`), with its triggers.  All of it is
safe to run again, and happens whole or not at all.  Before anything that exists is changed, a
database that is a file is copied.
"""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module

from .. import columns, value_series
from ..alter import ChangeRefused, just_made
from ..database import advisory_lock, database, transaction
from ..links import with_links
from ..model import Model, Numbered
from ..name_search import index
from ..sync_log import installing
from ..sync_log.nodes import Node
from ..tables import TablesDiffer, check_writable, missing_columns, missing_tables, named
from ..upgrades import Progress, no_progress
from ..wger_databases import migration_rows, older_tables
from ..wger_databases.release import release


class Migration(Numbered):
    """A numbered step that has been applied: ``m0004_user_names``, of a plugin ``water.m0001_add_note``."""

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


def migrate(
    models: Iterable[type[Model]],
    plugins: Mapping[str, PluginTables] | None = None,
    progress: Progress = no_progress,
    nodes: Sequence[Node] | None = None,
) -> list[str]:
    """Create missing tables of ``models`` and apply the steps of the core and of ``plugins`` that are not applied yet.

    ``nodes`` are the tables whose changes phones are told, see :mod:`..sync_log`; with none of them the triggers for
    that are removed, and for None nothing is looked at.

    Returns one line for each thing that was done.  Raises :class:`..tables.TablesDiffer`, and leaves everything as it
    was, where a table then lacks a column that its model declares, :class:`..upgrades.UpgradeRefused` where a wger
    made the database that is too old, or where a copy of it has no room, and :class:`..alter.ChangeRefused` with the
    name of the step that asks for what cannot be.
    """
    models, plugins = list(models), plugins or {}
    done = []
    held = database.obj
    with transaction():
        advisory_lock("wger_flask tables")  # servers that start together find what the first one made
        wgers = release()
        to_make = missing_tables([Migration, *models])
        made = {model._meta.table_name for model in to_make}
        steps = _steps(models, plugins, made)
        lacked = missing_columns(models)
        is_older = wgers is not None and (older_tables.is_older() or bool(lacked))
        if is_older or (wgers is None or lacked) and any(is_to_run for _, _, is_to_run in steps):
            if copy := held.dialect.copy_beside(held, progress):
                done.append(f"copied the database, as it was, to {copy}")
        total = len(steps) + 2
        if is_older:
            progress("upgrading the database", 0, total)
            older_tables.upgrade()
            held.dialect.settle_references(held)
            done.append(f"upgraded the database of wger {wgers}")
        for model in to_make:
            model.create_table(safe=False)
            done.append(f"created table {model._meta.table_name}")
        with just_made(made):
            for number, (name, module, is_to_run) in enumerate(steps, 1):
                progress("upgrading the database", number, total)
                if is_to_run:
                    try:
                        import_module(module).apply(held)
                    except ChangeRefused as wrong:
                        raise ChangeRefused(f"{name}: {wrong}") from wrong
                    held.dialect.settle_references(held)
                    done.append(f"applied {name}")
                Migration.create(name=name)
        if lacking := missing_columns(models):
            raise TablesDiffer(
                f"the database lacks the columns {named(lacking)}, and no migration adds them; "
                "for a plugin, wger-flask make-migration writes one"
            )
        if wgers is not None:
            check_writable(models)
        for reference, action in _mistaken_references(plugins):
            table, name = reference.model._meta.table_name, reference.column_name
            held.dialect.change_reference(held, table, name, action)
            done.append(f"changed the reference {table}.{name} to ON DELETE {action}")
        if wgers is not None:
            done += [f"noted {name} for wger" for name in migration_rows.add_rows()]
        done += value_series.prepare(models)
        done += index.prepare(models)
        if nodes is not None:  # at the end: a table that was rebuilt has lost its triggers
            done += installing.install(nodes)
        if steps or is_older:
            progress("upgrading the database", total, total)
    return done


def _steps(
    models: list[type[Model]], plugins: Mapping[str, PluginTables], made: set[str]
) -> list[tuple[str, str, bool]]:
    """Return the steps that are not applied yet: name, module, and whether it is to run.

    It is not where all its tables are among those about to be ``made``.
    """
    applied = set() if Migration._meta.table_name in made else {row.name for row in Migration.select()}
    steps = []
    for prefix, package, owned in _sources(models, plugins):
        is_new = bool(owned) and {model._meta.table_name for model in with_links(owned)} <= made
        for step in numbered(package):
            if prefix + step not in applied:
                steps.append((prefix + step, f"{package}.{step}", not is_new))
    return steps


def is_wgers_to_upgrade(models: Iterable[type[Model]]) -> str | None:
    """Return which wger made the database, as a person says it, where its tables are older than ``models``; else None.

    Raises :class:`..upgrades.UpgradeRefused` for one that is too old.
    """
    made_by = release()
    return made_by if made_by is not None and (older_tables.is_older() or missing_columns(models)) else None


def is_current(models: Iterable[type[Model]], plugins: Mapping[str, PluginTables] | None = None) -> bool:
    """Tell whether nothing is left for :func:`migrate` to do."""
    models = list(models)
    if missing_tables([Migration, *models]) or missing_columns(models) or _mistaken_references(plugins or {}):
        return False
    needed = {prefix + step for prefix, package, _ in _sources(models, plugins or {}) for step in numbered(package)}
    return {row.name for row in Migration.select()} >= needed


def _mistaken_references(plugins: Mapping[str, PluginTables]) -> list[tuple[columns.ForeignKey, str]]:
    """Return the references of plugins' tables of which the database would do something else, and what it should do.

    Those of tables that were made before plugins could leave; those of wger's tables are known to the program alone.
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


def _sources(
    models: list[type[Model]], plugins: Mapping[str, PluginTables]
) -> list[tuple[str, str, list[type[Model]]]]:
    """Return where steps are: what stands before their names, their package, and the models they are about."""
    theirs = {model for plugin in plugins.values() for model in plugin.models}
    core = [model for model in models if model not in theirs]
    steps = [(f"{name}.", plugin.steps, plugin.models) for name, plugin in plugins.items() if plugin.steps]
    return [("", __name__, core), *steps]
