"""The audit log: who logged in, what was done to accounts and the catalogue."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import click

from .application import migrated


@click.command()
@click.option("--user", default="", help="Only what this user did, or what was done to them.")
@click.option("--act", default="", help="Only acts of this kind, such as login-failed.")
@click.option("--since", type=click.DateTime(("%Y-%m-%d", "%Y-%m-%dT%H:%M:%S")), help="Only from then on (UTC).")
@click.option("--most", type=click.IntRange(1, 100_000), default=100, show_default=True, help="How many entries.")
@click.option("--json", "as_json", is_flag=True, help="Print each entry as a JSON object in a line.")
def audit(user: str, act: str, since: datetime | None, most: int, as_json: bool) -> None:
    """Show who logged in and what was done to accounts and the catalogue, the newest first."""
    from ..auth import audit as log
    from ..logs import printable

    migrated()
    if act and act not in log.ACTS:
        raise click.BadParameter(f"{act!r} is none of {', '.join(log.ACTS)}", param_hint="--act")
    moment = since.replace(tzinfo=UTC) if since is not None else None
    for row in log.as_rows(log.entries(user, act, moment, most=most)):
        if as_json:
            click.echo(json.dumps(row))
        else:
            said = [row["time"], row["act"], f"by {row['actor'] or 'no user'}"]
            said += [f"to {row['subject']}"] if row["subject"] else []
            said += [row[name] for name in ("about", "address") if row[name]]
            click.echo(printable("  ".join(said)))


COMMANDS = (audit,)
