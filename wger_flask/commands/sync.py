"""The log from which phones sync: its state, its care."""

from __future__ import annotations

import click
from flask import Flask

from .application import migrated, note, services_of
from .errors import CommandError


@click.command("sync-compact")
def sync_compact() -> None:
    """Drop what no phone needs of the log from which phones sync.

    May run while the server does, which does the same once a day.
    """
    from ..sync import log

    _need_log()
    done = log.compact()
    click.echo(f"{done.after} of {done.before} operations are left.")


@click.command("sync-rebuild")
def sync_rebuild() -> None:
    """Begin the log from which phones sync anew: every phone loads everything again.

    For after a backup was restored, or rows were loaded with triggers switched off. May run while the server does.
    """
    from ..sync import log

    _need_log()
    log.rebuild()
    note("sync-rebuild")
    click.echo("The log begins anew.")


@click.command("sync-status")
@click.option("--json", "as_json", is_flag=True, help="Print it as one JSON object, for programs.")
def sync_status(as_json: bool) -> None:
    """Show which phones sync, how far they are, and how large the log is."""
    from ..sync import log, status_text

    settings = services_of(_need_log()).settings
    status = log.status(settings.WGER_SYNC_STREAM_LIFETIME * 60 + settings.WGER_SYNC_KEEPALIVE)
    click.echo(status_text.as_json(status) if as_json else status_text.as_text(status))


def _need_log() -> Flask:
    """Return the application, with a database that keeps a log of changes; raises :class:`CommandError`."""
    from ..sync import log

    app = migrated()
    if not log.is_kept():
        why = "WGER_SYNC is off, POWERSYNC_URL names another, or the database cannot keep the log of changes"
        raise CommandError(f"phones do not sync with this server: {why}")
    return app


COMMANDS = (sync_compact, sync_rebuild, sync_status)
