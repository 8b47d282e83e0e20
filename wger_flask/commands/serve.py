"""Serve: prepare the database, then become gunicorn."""

from __future__ import annotations

import os
import sys

import click

from ..folders import shipped
from ..storage.database import address, connect, disconnect
from .application import application, migrate, services_of
from .errors import CommandError


@click.command()
@click.option("--bind", metavar="HOST:PORT", help="Where to listen; WGER_BIND otherwise (127.0.0.1:8000).")
@click.option("--workers", type=click.IntRange(1), help="Number of processes; WGER_WORKERS otherwise.")
def serve(bind: str | None, workers: int | None) -> None:
    """Prepare the database and serve with gunicorn.

    Creates the database and its tables, loads the starter data when it is new, then listens until it
    is stopped. A database that was served before and is empty now is refused.
    """
    from ..pull.models import PullSource
    from ..storage import served_databases
    from ..sync import IS_OFF, is_lacked
    from ..transfer import starter

    if bind:
        os.environ["WGER_BIND"] = bind
    if workers:
        os.environ["WGER_WORKERS"] = str(workers)
    services = services_of(application())
    settings = services.settings
    connect()
    if starter.is_empty() and served_databases.was_served(settings.WGER_INSTANCE_PATH):
        raise CommandError(
            f"{address()} was served before and is empty now: restore it (docs/deployment.md says how), "
            "or start anew with: wger-flask load-starter-data"
        )
    migrate(services.registry)
    if starter.is_empty():
        click.echo("The database is empty: loading the starter data ...")
        starter.load_starter_data(services.registry.models)
    served_databases.note_served(settings.WGER_INSTANCE_PATH)
    shown = settings.WGER_BIND if settings.WGER_BIND.startswith("unix:") else f"http://{settings.WGER_BIND}"
    click.echo(f"Serving wger on {shown} (stop with Ctrl+C).")
    click.echo("Make an account there, or with: wger-flask create-user NAME --admin")
    if is_lacked(settings):
        click.echo(IS_OFF)
    if not PullSource.select().exists():
        click.echo("Copy exercises and foods from another wger with: wger-flask pull https://wger.de")
    disconnect()
    config = shipped("config") / "gunicorn.conf.py"
    command = [sys.executable, "-m", "gunicorn", "-c", str(config), "wger_flask.app:create_app()"]
    sys.stdout.flush()
    os.execv(sys.executable, command)


COMMANDS = (serve,)
