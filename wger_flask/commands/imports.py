"""Files of other apps: bring them in, and take the last import back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .application import migrated, note
from .errors import CommandError, checked
from .progress import ProgressBars

if TYPE_CHECKING:
    from ..imports.choices import RememberedChoices
    from ..imports.stores.plan import Named, Person, Plan

_SHOWN = 20  # names and remarks of each kind


@click.command("import-from")
@click.argument("format")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--user", "name", required=True, metavar="NAME", help="Whose rows these become.")
@click.option("--dry-run", is_flag=True, help="Say what would be imported, and write nothing.")
@click.option(
    "--map",
    "mapped",
    multiple=True,
    metavar="NAME=ROW",
    help="What a NAME in the file is here: the name or id of the exercise or food; nothing leaves it out.",
)
@click.option("--weight-unit", type=click.Choice(["kg", "lb"]), help="The unit of weights, where the file has none.")
@click.option("--distance-unit", type=click.Choice(["km", "mi"]), help="The same for distances.")
@click.option("--decimal-comma/--decimal-point", default=None, help="How numbers are written, if that is in doubt.")
@click.option("--day-first/--month-first", default=None, help="How dates such as 3/4/2024 are meant.")
def import_from(
    format: str,
    file: Path,
    name: str,
    dry_run: bool,
    mapped: tuple[str, ...],
    weight_unit: str | None,
    distance_unit: str | None,
    decimal_comma: bool | None,
    day_first: bool | None,
) -> None:
    """Import FILE, which another app exported, into an account.

    FORMAT is the app: hevy, strong and so on, or auto to find that out; docs/importing.md lists them.

    All or nothing. What was imported before is not imported again, so a newer export of the same app may follow.
    Names that match nothing here are left out and listed with suggestions: say what they are with --map, which is
    remembered for this account. undo-import takes the last import back.
    """
    from ..auth import accounts
    from ..imports.choices import RememberedChoices
    from ..imports.errors import ImportRefused
    from ..imports.importing import import_records, options_for, person_of, plans_for, read_file

    app = migrated()
    user = checked(accounts.account_named, name)
    with app.app_context(), file.open("rb") as stream:
        options = options_for(
            user.id,
            weight_unit=weight_unit,
            distance_unit=distance_unit,
            decimal_comma=decimal_comma,
            day_first=day_first,
        )
        try:
            with ProgressBars() as bars:
                read = read_file(stream, file.name, "" if format == "auto" else format, options, progress=bars.show)
        except ImportRefused as wrong:
            raise CommandError(f"nothing was imported: {wrong}") from None
        person = person_of(user.id)
        choices = RememberedChoices(user.id)
        if mapped:
            choices = _chosen(person, mapped, plans_for(person, read.records, choices))
        if dry_run:
            run, plans = None, plans_for(person, read.records, choices)
        else:
            with ProgressBars() as bars:
                run, plans = import_records(person, read, choices, progress=bars.show)
        for plan in plans:
            _tell(plan, dry_run)
        if read.unread:
            more = f" and {len(read.unread) - _SHOWN} more" if len(read.unread) > _SHOWN else ""
            click.echo(f"Not read, of the files in the archive: {', '.join(read.unread[:_SHOWN])}{more}.")
        if run is not None:
            note(f"import-from {run.format} {file.name}", user)
        elif not dry_run:
            click.echo("Nothing was written.")


def _chosen(person: Person, mapped: tuple[str, ...], plans: list[Plan]) -> RememberedChoices:
    """Return the choices that ``--map`` tells; raises CommandError for names that are not in the file, or not here."""
    from ..imports.choices import RememberedChoices
    from ..imports.folding import folded
    from ..imports.stores import resolve

    names = {folded(named.name): named for plan in plans for named in plan.names}
    given = {}
    for text in mapped:
        left, equals, right = text.rpartition("=")
        named = names.get(folded(left))
        if not equals or named is None:
            raise CommandError(f"--map: the file names no {left or text!r}")
        target = resolve(person, named.kind, right.strip()) if right.strip() else ""
        if target is None:
            raise CommandError(f"--map: there is no {named.kind} {right.strip()!r} here")
        given[named.kind, named.name] = target
    return RememberedChoices(person.id, given)


def _tell(plan: Plan, dry_run: bool) -> None:
    told = f"{plan.new} {plan.label} {'would be imported' if dry_run else 'were imported'}"
    click.echo(f"{told}, {plan.known} were imported before.")
    if plan.skipped:
        click.echo(f"{plan.skipped} were left out for their names:")
        _tell_names([named for named in plan.names if not named.target and not (plan.fallback and not named.is_chosen)])
    if plan.fallback and plan.unmatched:
        click.echo(f"{len(plan.unmatched)} names match nothing here, and are {plan.fallback}:")
        _tell_names(plan.unmatched)
    for remark in plan.remarks[:_SHOWN]:
        click.echo(f"  {remark.place}: {remark.text}")
    _tell_rest(plan.remarks)


def _tell_names(found: list[Named]) -> None:
    for named in found[:_SHOWN]:
        click.echo(f"  {_told(named)}")
    _tell_rest(found)


def _tell_rest(found: Sequence[object]) -> None:
    if len(found) > _SHOWN:
        click.echo(f"  and {len(found) - _SHOWN} more")


def _told(named: Named) -> str:
    if named.target is not None:
        return f"{named.name} ({named.times}): to be left out, as was chosen"
    labels = ", ".join(label for _, label in named.suggestions[:3])
    return f"{named.name} ({named.times}), first in line {named.line}{': perhaps ' + labels if labels else ''}"


@click.command("undo-import")
@click.option("--user", "name", required=True, metavar="NAME", help="Whose last import is taken back.")
@click.option(
    "--changed",
    type=click.Choice(["refuse", "keep", "delete"]),
    default="refuse",
    show_default=True,
    help="What becomes of rows that were changed since, or that later rows hang on.",
)
def undo_import(name: str, changed: str) -> None:
    """Take the last import of an account back.

    All or nothing. Called again, it takes back the import before that one.
    """
    from ..auth import accounts
    from ..imports.runs import UndoRefused, last_run, undo

    app = migrated()
    user = checked(accounts.account_named, name)
    with app.app_context():
        run = last_run(user.id)
        if run is None:
            raise CommandError(f"there is no import of {user.username!r} to take back")
        try:
            gone = undo(run, changed)  # type: ignore[arg-type]  # one of the choices
        except UndoRefused as refused:
            raise CommandError(f"nothing was done: {refused}; see --changed") from None
    note(f"undo-import {run.file_name or run.format}", user)
    told = f"the import of {run.file_name or run.format} of {run.created:%Y-%m-%d %H:%M} (UTC)"
    click.echo(f"Took back {told}: {sum(gone.values())} rows.")


COMMANDS = (import_from, undo_import)
