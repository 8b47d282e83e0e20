"""Accounts: make, change and delete them."""

from __future__ import annotations

from pathlib import Path

import click

from .application import migrated, note
from .errors import checked
from .takeout import write_everything


@click.command("create-user")
@click.argument("name")
@click.option("--password", help="The password; asked for unless given.")
@click.option("--email", default="", help="Their address.")
@click.option("--admin", is_flag=True, help="Let them change and delete everything.")
def create_user(name: str, password: str | None, email: str, admin: bool) -> None:
    """Make an account called NAME."""
    from ..auth import accounts

    migrated()
    password = password or click.prompt("Password", hide_input=True, confirmation_prompt=True)
    checked(accounts.create_user, name, password, email=email, admin=admin)
    click.echo(f"Made the account {name!r}{', an administrator' if admin else ''}.")


@click.command("set-password")
@click.argument("name")
@click.option("--password", help="The new password; asked for unless given.")
def set_password(name: str, password: str | None) -> None:
    """Give the account NAME another password.

    All sessions of NAME end, and so do all tokens, the permanent one (API key) too.
    """
    from ..auth import accounts

    migrated()
    password = password or click.prompt("New password", hide_input=True, confirmation_prompt=True)
    checked(accounts.set_password, name, password)
    click.echo(f"Changed the password of {name!r}.")


@click.command("delete-user")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--export", "export", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Write everything of theirs to FILE first, as export-user does.")  # fmt: skip
def delete_user(name: str, yes: bool, export: Path | None) -> None:
    """Delete the account NAME with everything that belongs to it: all rows, pictures, sessions and tokens.

    Asks first, and says how much that is. There is no way back but a backup, or what --export has written.
    """
    from ..auth import account_deletion, accounts

    app = migrated()
    user = checked(accounts.account_named, name)
    if not yes:
        for table, rows in account_deletion.belongings(user).items():
            click.echo(f"{table}: {rows} row{'' if rows == 1 else 's'}")
        if export is None:
            click.echo("All of this can be taken out first: --export FILE")
        click.confirm(f"Delete the account {user.username!r} with all of this?", abort=True)
    if export is not None:
        click.echo(f"Wrote everything of {user.username!r} to {write_everything(app, user, export)}.")
    with app.app_context():
        account_deletion.delete_account(user)
    click.echo(f"Deleted the account {user.username!r}.")


@click.command("create-token")
@click.argument("name")
def create_token(name: str) -> None:
    """Print the permanent token of the account NAME, made now if there is none."""
    from ..auth import accounts

    migrated()
    click.echo(checked(accounts.create_token, name))


@click.command("remove-second-factor")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
def remove_second_factor(name: str, yes: bool) -> None:
    """Remove what the account NAME has lost: its authenticator app, recovery codes, passkeys.

    Asks first: make sure that it is the owner who wishes it. Their password is enough from then on; all their
    sessions and tokens end, but for the permanent one (API key).
    """
    from ..auth import accounts
    from ..auth.second_factors import changes

    migrated()
    user = checked(accounts.account_named, name)
    types = checked(changes.types_to_remove, user)
    if not yes:
        click.confirm(f"Remove the second factor of {name!r} ({', '.join(types)})?", abort=True)
    changes.remove_all(user)
    click.echo(f"Removed the second factor of {name!r}: the password is enough to log in.")


@click.command("email")
@click.argument("name")
@click.option("--add", "added", metavar="ADDRESS", multiple=True, help="Add an address; a letter asks about it.")
@click.option("--verify", "verified", metavar="ADDRESS", multiple=True, help="Take an address as theirs.")
@click.option("--primary", metavar="ADDRESS", help="Make one of their addresses the one they go by.")
@click.option("--remove", "removed", metavar="ADDRESS", multiple=True, help="Remove an address.")
def email(
    name: str, added: tuple[str, ...], verified: tuple[str, ...], primary: str | None, removed: tuple[str, ...]
) -> None:
    """List the e-mail addresses of the account NAME, after changing them as the options say."""
    from ..auth import accounts, email_management

    migrated()
    user = checked(accounts.account_named, name)
    rows = checked(email_management.changed, user, added, verified, primary, removed)
    if added or verified or primary or removed:
        note("email", user)
    for row in rows:
        told = [word for word, said in (("primary", row.primary), ("verified", row.verified)) if said]
        click.echo(f"{row.email} ({', '.join(told)})" if told else row.email)
    if not rows:
        click.echo(f"{name!r} has no e-mail address.")


COMMANDS = (create_user, set_password, delete_user, create_token, remove_second_factor, email)
