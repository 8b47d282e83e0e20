"""Doctor: find out what is wrong with a server that runs."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from .application import migrated, services_of
from .errors import CommandError


@click.command()
@click.argument("address", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the findings as one JSON object, for programs.")
def doctor(address: str | None, as_json: bool) -> None:
    """Find out why phones do not sync with the server at ADDRESS, and what helps.

    Goes the way of the app: address, login, token, stream, upload, and back to the phone. ADDRESS is what is typed into
    the app, SITE_URL otherwise; the server must run, on the database of the settings here. An account is made for it
    and deleted again. The exit status is 1 where something is wrong.
    """
    from ..sync.doctor import examine

    app = migrated()
    settings = services_of(app).settings
    base = (address or settings.SITE_URL).rstrip("/")
    if not base.startswith(("http://", "https://")):
        raise CommandError(f"{base!r} must begin with http:// or https://")
    findings: list[Any] = []

    def report(finding: Any) -> None:
        findings.append(finding)
        if not as_json:
            click.echo(f"{finding.status:8}{finding.check}: {finding.found}")
            if finding.advice:
                click.echo(f"{'':8}-> {finding.advice}")

    with app.app_context():
        examine(settings, base, report)
    well = all(finding.status != "problem" for finding in findings)
    if as_json:
        told = {"address": base, "ok": well, "findings": [finding._asdict() for finding in findings]}
        click.echo(json.dumps(told, indent=2))
    sys.exit(0 if well else 1)


COMMANDS = (doctor,)
