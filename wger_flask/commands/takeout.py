"""Everything of a user: taken out of this server, brought into this server."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask import Flask

from ..storage.whole_files import replacing
from .application import migrated, note, services_of
from .errors import CommandError, checked
from .progress import ProgressBars

if TYPE_CHECKING:
    from ..auth.models import User


@click.command("export-user")
@click.argument("name")
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
def export_user(name: str, file: Path | None) -> None:
    """Write everything of the account NAME to FILE, a zip: a document, tables (CSV), pictures.

    Without FILE it is called after the account and the day. "import-user" takes it in again, here or elsewhere.
    Passwords, keys and sessions are not in it.
    """
    from ..auth import accounts

    app = migrated()
    user = checked(accounts.account_named, name)
    written = write_everything(app, user, file)
    note(f"export-user {written.name}", user)
    click.echo(f"Wrote everything of {user.username!r} to {written}.")


def write_everything(app: Flask, user: User, file: Path | None) -> Path:
    """Write the take-out of ``user`` to ``file``, which is there whole or not at all; returns what it is called.

    Raises :class:`CommandError`.
    """
    from ..takeout.archive import Archive

    services = services_of(app)
    archive = Archive(user, services.registry, services.media, services.settings.SITE_URL)
    file = file or Path(archive.file_name)
    try:
        with app.app_context(), ProgressBars() as bars, replacing(file) as part, part.open("wb") as out:
            written = 0
            for piece in archive:
                out.write(piece)
                written += len(piece)
                bars.show(f"export {user.username} (kB)", written >> 10, 0)
    except OSError as wrong:
        raise CommandError(f"{file} cannot be written: {wrong.strerror or wrong}") from None
    return file


@click.command("import-user")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--user", "name", required=True, help="The account that gets all of it.")
@click.option("--dry-run", is_flag=True, help="Only tell what would come of it.")
@click.option("--leave-out", is_flag=True, help="Leave out what this server has no exercise, food or place for.")
def import_user(file: Path, name: str, dry_run: bool, leave_out: bool) -> None:
    """Bring FILE, what "export-user" wrote, to an account of this server.

    All or nothing. What cannot be brought in is listed, and nothing is written then unless --leave-out says so.
    What is here already is not brought twice. "undo-import" takes it back.
    """
    from ..auth import accounts, identity
    from ..takeout.errors import Refused
    from ..takeout.importer import bring_in

    app = migrated()
    user = checked(accounts.account_named, name)
    with app.test_request_context(), file.open("rb") as source:
        caller = identity.by_id(user.id)
        assert caller is not None  # it was just found
        try:
            report = bring_in(source, caller, file.name, dry_run=dry_run, leave_out=leave_out)
        except Refused as wrong:
            raise CommandError(f"{file}: {wrong}") from None
    for line in report.lines():
        click.echo(line)
    if report.is_done:
        note(f"import-user {file.name}", user)
        click.echo(f"Brought everything to {user.username!r}." if report.is_whole else f"Done for {user.username!r}.")
    elif dry_run:
        click.echo("Nothing was written: this was to look only.")
    else:
        raise CommandError("nothing was written: --leave-out brings in the rest")


COMMANDS = (export_user, import_user)
