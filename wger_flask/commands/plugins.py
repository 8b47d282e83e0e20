"""Plugins: write the start of one, remove one."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import click

from ..folders import shipped
from ..storage.database import connect
from .application import application, note
from .errors import checked

_INTO = "Where the new folder goes; here otherwise."
_FOLDER = click.Path(file_okay=False, exists=True, path_type=Path)


@click.command("new-plugin")
@click.argument("name")
@click.option("--into", type=_FOLDER, default=Path(), metavar="FOLDER", help=_INTO)
def new_plugin(name: str, into: Path) -> None:
    """Write the start of the plugin NAME into a new folder, wger-NAME.

    It is a distribution of its own: pyproject.toml, a package with a table, a resource and a folder for migrations, and
    tests. NAME has lower-case letters, digits and underscores. Nothing is installed, and no database is touched.
    """
    from ..new_plugin import write
    from ..plugin_settings import installed_names

    # the kit for tests is no part of a server, which can do without what it imports
    resource_names = import_module("wger_flask.testing.resources").resource_names
    taken = installed_names(shipped("plugins")) | set(resource_names())
    made = checked(write, name, into, taken)
    root = made[0].parent
    for path in made:
        click.echo(f"Wrote {path}.")
    click.echo(f"Next: cd {root}, python -m pip install -e '.[test]', python -m pytest, wger-flask migrate")


@click.command("remove-plugin")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
def remove_plugin(name: str, yes: bool) -> None:
    """Drop the tables of the plugin NAME, with all their rows.

    Asks first. The plugin itself need not be installed any more, and is not uninstalled; files that its rows have in
    the media folder stay. Stop the server before, if it uses the plugin.
    """
    from ..plugin_loader import discover
    from ..settings_reader import load
    from ..storage import removal

    application(WGER_PLUGINS=())  # no code of the plugin's is needed, and it may be broken
    enabled = set(load().WGER_PLUGINS)
    installed = discover(shipped("plugins"))
    connect()
    tables = checked(removal.tables_of, name, installed)
    for table, rows in removal.row_counts(tables).items():
        click.echo(f"{table}: {rows} row{'' if rows == 1 else 's'}")
    if not yes:
        click.confirm("Drop these tables, with all their rows?", abort=True)
    removal.remove(name, tables)
    note(f"remove-plugin {name}")
    click.echo(f"Dropped {len(tables)} table{'' if len(tables) == 1 else 's'} of the plugin {name!r}.")
    if name in installed and {"all", name} & enabled:
        click.echo("The plugin is still enabled (WGER_PLUGINS): the next migrate or serve makes its tables anew.")


COMMANDS = (new_plugin, remove_plugin)
