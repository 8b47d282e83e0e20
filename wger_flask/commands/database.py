"""The tables: create and upgrade them, write migrations."""

from __future__ import annotations

import click

from ..storage.database import connect
from . import application
from .errors import CommandError, checked


@click.command()
def migrate() -> None:
    """Create or upgrade the tables.

    Safe to run again, and on a database that wger itself made (2.5 or later). A SQLite database is copied before,
    to a file beside it, if anything in it is to be changed; it is upgraded whole or not at all.
    """
    registry = application.services_of(application.application()).registry
    application.migrate(registry, upgrades_wger=True)
    application.note("migrate")


@click.command("make-migration")
@click.argument("plugin")
@click.argument("about")
def make_migration(plugin: str, about: str) -> None:
    """Write the numbered migration of PLUGIN for columns that it declares and the database lacks.

    ABOUT is a few words for the file's name, such as "add note". The file goes into the package that the plugin gives
    to registry.add_migrations; read it before wger-flask migrate applies it.
    """
    from ..storage import migration_files

    plugins = application.services_of(application.application()).registry.plugins
    connect()
    if plugin not in plugins:
        raise CommandError(f"there is no plugin {plugin!r}; there are: {', '.join(plugins) or 'none'}")
    path = checked(migration_files.write, plugins[plugin], about)
    click.echo(f"Wrote {path}.")


COMMANDS = (migrate, make_migration)
