"""The application that a command works with, on a database that is up to date."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from flask import Flask

from ..rest.registry import Registry
from ..rest.services import Services
from ..storage.database import address, connect, has_table
from .errors import CommandError
from .progress import ProgressBars

if TYPE_CHECKING:
    from ..auth.models import User

COMMANDS_WAIT = 600  # seconds that a command may wait for a busy database


def application(**overrides: Any) -> Flask:
    """Return the application that the settings describe, open until the command ends."""
    from ..app import close_app, create_app

    app = create_app(WGER_WRITE_WAIT=COMMANDS_WAIT, **overrides)
    click.get_current_context().call_on_close(lambda: close_app(app))
    return app


def services_of(app: Flask) -> Services:
    """Return the services of an application: its registry, its settings."""
    services: Services = app.extensions["wger_flask"]
    return services


def note(command: str, subject: User | None = None) -> None:
    """Note in the audit log that a command was done that changes what users see, or takes what is theirs out.

    ``subject`` is the account that it was about, None for what everybody sees.
    """
    from ..auth import audit

    if has_table(audit.TABLE):
        audit.note_if_able(audit.COMMAND, subject, command)


def migrated(quiet: bool = True) -> Flask:
    """Return the application, with a database that has all tables; says what was done for that unless ``quiet``."""
    app = application()
    migrate(services_of(app).registry, quiet)
    return app


def migrate(registry: Registry, quiet: bool = False, upgrades_wger: bool = False) -> None:
    """Bring the database up to date.

    One that is wger's own and older is upgraded with ``upgrades_wger``, and raises :class:`CommandError` otherwise.
    """
    from ..storage import migrations

    connect()
    if not upgrades_wger and (release := migrations.is_wgers_to_upgrade(registry.models)):
        raise CommandError(
            f"{address()} is a database of wger {release}: stop wger, then upgrade it for this server with: "
            "wger-flask migrate"
        )
    with ProgressBars() as bars:
        done = migrations.migrate(registry.models, registry.plugins, bars.show, registry.nodes)
    if not quiet:
        told = [line for line in done if line.startswith(("copied", "upgraded"))] if len(done) >= 5 else done
        for line in told:
            click.echo(line)
        if told != done:
            click.echo(f"Created or upgraded {len(done)} tables.")
