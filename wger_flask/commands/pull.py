"""Copy from another server."""

from __future__ import annotations

import click

from ..pull.parts import OWN, PUBLIC, SELDOM
from .application import migrated, note
from .errors import CommandError, checked
from .progress import ProgressBars

PARTS = (*PUBLIC, *SELDOM, *OWN)
_SHOWN = 20


def _parts(context: click.Context, parameter: click.Parameter, value: str) -> frozenset[str]:
    names = frozenset(name.strip() for name in value.split(",") if name.strip()) or frozenset((*PUBLIC, *OWN))
    if unknown := names - set(PARTS):
        raise click.BadParameter(f"{', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    return names


_TOKEN = "An API key of the account there whose own rows are copied; or in PULL_TOKEN."
_ONLY = f"Some of {','.join(PARTS)}; all but {','.join(SELDOM)} otherwise."
_LANGUAGE = "Only foods named in this language (de); may be given several times."


@click.command()
@click.argument("address")
@click.option("--token", envvar="PULL_TOKEN", default="", metavar="TOKEN", help=_TOKEN)
@click.option("--user", "name", metavar="NAME", help="The account here that they are copied into.")
@click.option("--only", default="", callback=_parts, metavar="PARTS", help=_ONLY)
@click.option("--language", "languages", multiple=True, metavar="CODE", help=_LANGUAGE)
@click.option("--pause", type=click.FloatRange(0, 60), default=0.1, show_default=True, help="Seconds between requests.")
@click.option("--all", "anew", is_flag=True, help="Copy again what has not changed since the last run, too.")
def pull(
    address: str,
    token: str,
    name: str | None,
    only: frozenset[str],
    languages: tuple[str, ...],
    pause: float,
    anew: bool,
) -> None:
    """Copy from the wger at ADDRESS (https://wger.de), 2.5 or later, or from a server like this one.

    Exercises with their texts, pictures and films, and foods. With --token and --user what is that account's own, too:
    profile, measurements, training, nutrition and photos.

    Run it again at any time: it copies what has changed since, and after an interruption it goes on where it was.
    docs/pull.md says what is matched with what.
    """
    from ..auth.accounts import account_named
    from ..pull.client import PullFailure, site_of
    from ..pull.run import Wanted
    from ..pull.run import pull as run

    if bool(token) != bool(name):
        raise CommandError("--token and --user belong together: whose rows, and into which account here")
    if not token and not only - set(OWN):
        raise CommandError(f"{', '.join(sorted(only))}: these are a user's own, they need --token and --user")
    site = checked(site_of, address)
    app = migrated()
    user = checked(account_named, name).id if name else None
    codes = tuple(sorted({code.strip().lower() for code in languages}))
    note(f"pull {site}")
    with app.app_context(), ProgressBars() as bars:
        try:
            report = run(site, Wanted(only, codes, token, user, anew), bars.show, pause)
        except PullFailure as wrong:
            raise CommandError(str(wrong)) from None
    if not any(set(outcomes) - {"unchanged"} for outcomes in report.counts.values()):
        click.echo("Nothing has changed since the last time.")
    for what, outcomes in report.counts.items():
        told = ", ".join(f"{number} {outcome}" for outcome, number in sorted(outcomes.items()) if number)
        if told:
            click.echo(f"{what}: {told}.")
    for line in report.left_out[:_SHOWN]:
        click.echo(f"Left out: {line}.")
    if (more := len(report.left_out) - _SHOWN + report.more) > 0:
        click.echo(f"Left out: {more} more.")


COMMANDS = (pull,)
