"""What the server is made of: its resources, its settings."""

from __future__ import annotations

import click

from .application import application, services_of
from .errors import CommandError


@click.command()
@click.argument("name", required=False)
def resources(name: str | None) -> None:
    """List the resources, or print what the declaration of NAME resolves to."""
    from ..rest import summary

    registry = services_of(application()).registry
    if name is None:
        click.echo(summary.table(registry))
    elif name in registry:
        click.echo(summary.resolved(registry, registry.get(name)))
    else:
        raise CommandError(f"there is no resource {name!r}; see: wger-flask resources")


@click.command()
def settings() -> None:
    """Print what each setting means, as docs/configuration.md does, with the settings of enabled plugins."""
    from ..settings_page import describe

    known = services_of(application()).settings
    click.echo(describe(known.of_plugins.options.values()), nl=False)


COMMANDS = (resources, settings)
