"""Doctor: find out what is wrong with a server that runs."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from .application import migrated, services_of
from .errors import STOPPING, CommandError

if TYPE_CHECKING:
    from flask import Flask

    from ..sync.app_walk import Finding


@click.command()
@click.argument("address", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the findings as one JSON object, for programs.")
@click.option("--local", is_flag=True, help="Look at this machine and the settings alone: no server need run.")
def doctor(address: str | None, as_json: bool, local: bool) -> None:
    """Find out what is wrong with the server at ADDRESS, and what helps.

    Looks at this machine and the settings (database, migrations, files, permissions, secret, time, mail), then at the
    server as clients reach it (host and port in links, headers, media), then goes the way of the phone app: login,
    token, stream, upload, and back to the phone. ADDRESS is what is typed into the app, SITE_URL otherwise; the server
    must run, on the database of the settings here. An account is made for it and deleted again.

    The exit status is 0 where nothing is wrong (warnings there may be), 1 where something is, 2 for a wrong call.
    """
    found: list[Finding] = []

    def report(finding: Finding) -> None:
        found.append(finding)
        if not as_json:
            click.echo(f"{finding.status:8}{finding.check}: {finding.found}")
            if finding.advice:
                click.echo(f"{'':8}-> {finding.advice}")

    app = _started(report)
    base = (address or (services_of(app).settings.SITE_URL if app else "")).rstrip("/")
    if app is not None:
        if not base.startswith(("http://", "https://")):
            raise CommandError(f"{base!r} must begin with http:// or https://")
        with app.app_context():
            _examine(app, base, local, report)
    well = all(finding.status != "problem" for finding in found)
    if as_json:
        told = {"address": base, "ok": well, "findings": [finding._asdict() for finding in found]}
        click.echo(json.dumps(told, indent=2))
    sys.exit(0 if well else 1)


def _started(report: Callable[[Finding], None]) -> Flask | None:
    """Return the application; what keeps it from starting is a finding."""
    from ..sync.app_walk import PROBLEM, Finding

    try:
        return migrated()
    except (CommandError, *STOPPING) as wrong:
        report(Finding("start", PROBLEM, f"No server can start with these settings: {wrong}", "Correct what it names."))
        return None


def _examine(app: Flask, base: str, local: bool, report: Callable[[Finding], None]) -> None:
    from ..operations import machine, reach
    from ..sync.doctor import examine

    services = services_of(app)
    for finding in machine.findings(services):
        report(finding)
    if local:
        return
    for finding in reach.findings(services, base):
        report(finding)
    examine(services.settings, base, report)


COMMANDS = (doctor,)
