"""Backups: make one, restore one."""

from __future__ import annotations

from pathlib import Path

import click

from . import application
from .errors import CommandError
from .progress import ProgressBars


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--without-media", is_flag=True, help="Leave uploaded pictures and videos out.")
def backup(file: Path, without_media: bool) -> None:
    """Write the database, uploaded files and keys to FILE, one archive, while the server works.

    Its name says how it is packed: .tar.zst, .tar.gz or .tar. In a folder, it gets a name with the date. It holds
    everything that was committed when it was begun, and is there whole or not at all. Only its owner may read it: keep
    it so, it holds the key that signs logins.
    """
    from ..backups import making, scheduled, status
    from ..storage.backups import BackupRefused
    from ..storage.columns import now
    from ..storage.database import connect

    settings = application.services_of(application.application()).settings
    connect()
    moment = now()
    path = (file / scheduled.name_at(moment) if file.is_dir() else file).absolute()
    try:
        with ProgressBars() as bars:
            made = making.make(path, settings, moment, not without_media, bars.show)
    except BackupRefused as wrong:
        raise CommandError(f"no backup was made: {wrong}") from None
    status.note(moment)
    application.note(f"backup {made.path.name}")
    click.echo(f"Wrote {made.path} ({made.size / 1e6:,.1f} MB): the database and {made.files} files.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check FILE, every byte of it, and change nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def restore(file: Path, dry_run: bool, yes: bool) -> None:
    """Put the backup FILE in the place of the database, uploaded files and keys.

    Stop the server first. FILE is checked before anything is touched: one that is damaged, that is no backup, or that a
    later release made, is refused. What was there is kept, under names with the date, and FILE is not changed. If it is
    interrupted, do it again.

    It runs what is in FILE with the rights of the database's user: restore archives of your own only.
    """
    from ..backups import restoring
    from ..storage.backups import BackupRefused
    from ..storage.database import address

    services = application.services_of(application.application())
    try:
        with ProgressBars() as bars, restoring.verified(file, services.settings, services.registry, bars.show) as found:
            bars.close()
            made = found.manifest
            media = f"{found.files} files" if made.media else "no files: those that are here stay"
            keys = ", ".join(made.keys) or "no keys"
            click.echo(
                f"{file} is whole: made {made.created} by version {made.version}, the database, {media}, {keys}."
            )
            if dry_run:
                click.echo("Nothing was changed.")
                return
            if not yes:
                click.confirm(f"Put it in the place of {address()}?", abort=True)
            kept = found.restore(bars.show)
    except BackupRefused as wrong:
        raise CommandError(f"{file} was not restored: {wrong}") from None
    application.note(f"restore {file.name}")
    for what in (kept.database, kept.media, *kept.keys):
        if what:
            click.echo(f"Kept what was there: {what}")
    click.echo("Restored. Start the server again; wger-flask sync-rebuild makes phones load everything anew.")


COMMANDS = (backup, restore)
