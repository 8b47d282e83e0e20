"""Everything of a user: taken out of this server, brought into this server."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask import Flask

from .application import migrated, services_of
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
    click.echo(f"Wrote everything of {user.username!r} to {written}.")


def write_everything(app: Flask, user: User, file: Path | None) -> Path:
    """Write the take-out of ``user`` to ``file``, which is there whole or not at all; returns what it is called.

    Raises :class:`CommandError`.
    """
    from ..takeout.archive import Archive

    services = services_of(app)
    archive = Archive(user, services.registry, services.media, services.settings.SITE_URL)
    file = file or Path(archive.file_name)
    part = file.with_name(f".{file.name}.part")
    try:
        with app.app_context(), part.open("wb") as out, ProgressBars() as bars:
            part.chmod(0o600)
            written = 0
            for piece in archive:
                out.write(piece)
                written += len(piece)
                bars.show(f"export {user.username} (kB)", written >> 10, 0)
        part.replace(file)
    except OSError as wrong:
        raise CommandError(f"{file} cannot be written: {wrong.strerror or wrong}") from None
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return file


COMMANDS = (export_user,)
