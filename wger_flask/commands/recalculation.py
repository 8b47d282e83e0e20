"""Recalculate what the server keeps of other rows: statistics, measurements."""

from __future__ import annotations

import click

from .application import migrated
from .errors import checked


@click.command("recalculate-statistics")
@click.argument("name", required=False)
def recalculate_statistics(name: str | None) -> None:
    """Count all training again, of all accounts or of the account NAME.

    Also gives the trophies that are earned by it; none is taken back.
    """
    from ..domain.trophies.training import count_everything_again

    migrated()
    number = checked(count_everything_again, name)
    click.echo(f"Counted the training of {number} account{'' if number == 1 else 's'}.")


@click.command("recalculate-measurements")
@click.argument("name", required=False)
def recalculate_measurements(name: str | None) -> None:
    """Calculate body mass indices, ratios and maxima again, of all accounts or of the account NAME.

    Writes keep them true; a timer may run this once a day for what nothing tells of, such as imported training.
    """
    from ..domain.measurements.recalculation import recalculate_all

    migrated()
    number = checked(recalculate_all, name)
    click.echo(f"Calculated the measurements of {number} account{'' if number == 1 else 's'}.")


COMMANDS = (recalculate_statistics, recalculate_measurements)
