"""The ``wger-flask`` command.

Each command is a thin face of a function elsewhere; what goes wrong is one line on standard
error and an exit status of 1, never a traceback for a person's mistake.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

import click
from flask import Flask

from . import __version__
from .rest.registry import RegistrationError, Registry
from .secrets import SecretKeyError
from .settings import SettingsError, shipped
from .storage.database import DatabaseURLError, address, connect, disconnect
from .storage.tables import TablesDiffer
from .storage.upgrades import UpgradeRefused

STOPPING = (SettingsError, SecretKeyError, RegistrationError, DatabaseURLError, TablesDiffer, UpgradeRefused)
COMMANDS_WAIT = 600  # seconds
T = TypeVar("T")


class Group(click.Group):
    """A group that tells known mistakes in one line."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (*STOPPING, CommandError) as wrong:
            raise click.ClickException(str(wrong)) from None


class CommandError(Exception):
    """Say in one line why a command cannot do what was asked."""


def application(**overrides: Any) -> Flask:
    """Return the application that the settings describe, open until the command ends.

    A command may wait long for a busy database.
    """
    module = import_module("wger_flask.app")
    app: Flask = module.create_app(WGER_WRITE_WAIT=COMMANDS_WAIT, **overrides)
    click.get_current_context().call_on_close(lambda: module.close_app(app))
    return app


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="wger-flask")
def main() -> None:
    """Serve the wger REST API: workouts, exercises, nutrition and body weight.

    Settings come from the environment or a profile; see docs/configuration.md.
    """


@main.command()
@click.option("--bind", metavar="HOST:PORT", help="Where to listen; WGER_BIND otherwise (127.0.0.1:8000).")
@click.option("--workers", type=click.IntRange(1), help="Number of processes; WGER_WORKERS otherwise.")
def serve(bind: str | None, workers: int | None) -> None:
    """Prepare the database and serve with gunicorn.

    Creates the database and its tables, loads the starter data when it is new, then listens until it
    is stopped. A database that was served before and is empty now is refused.
    """
    if bind:
        os.environ["WGER_BIND"] = bind
    if workers:
        os.environ["WGER_WORKERS"] = str(workers)
    app = application()
    services = app.extensions["wger_flask"]
    settings = services.settings
    starter = import_module("wger_flask.transfer.starter")
    served = import_module("wger_flask.storage.served_databases")
    connect()
    if starter.is_empty() and served.was_served(settings.WGER_INSTANCE_PATH):
        raise CommandError(
            f"{address()} was served before and is empty now: restore it (docs/deployment.md says how), "
            "or start anew with: wger-flask load-starter-data"
        )
    _migrate(services.registry)
    if starter.is_empty():
        click.echo("The database is empty: loading the starter data ...")
        starter.load_starter_data(services.registry.models)
    served.note_served(settings.WGER_INSTANCE_PATH)
    shown = settings.WGER_BIND if settings.WGER_BIND.startswith("unix:") else f"http://{settings.WGER_BIND}"
    click.echo(f"Serving wger on {shown} (stop with Ctrl+C).")
    click.echo("Make an account there, or with: wger-flask create-user NAME --admin")
    disconnect()
    config = shipped("config") / "gunicorn.conf.py"
    command = [sys.executable, "-m", "gunicorn", "-c", str(config), "wger_flask.app:create_app()"]
    sys.stdout.flush()
    os.execv(sys.executable, command)


@main.command()
def migrate() -> None:
    """Create or upgrade the tables.

    Safe to run again, and on a database that wger itself made (2.5 or later). A SQLite database is copied before,
    to a file beside it, if anything in it is to be changed; it is upgraded whole or not at all.
    """
    _migrate(application().extensions["wger_flask"].registry, theirs=True)


@main.command("make-migration")
@click.argument("plugin")
@click.argument("about")
def make_migration(plugin: str, about: str) -> None:
    """Write the numbered migration of PLUGIN for columns that it declares and the database lacks.

    ABOUT is a few words for the file's name, such as "add note". The file goes into the package that the plugin gives
    to registry.add_migrations; read it before wger-flask migrate applies it.
    """
    registry = application().extensions["wger_flask"].registry
    connect()
    writing = import_module("wger_flask.storage.migration_files")
    if plugin not in registry.plugins:
        raise CommandError(f"there is no plugin {plugin!r}; there are: {', '.join(registry.plugins) or 'none'}")
    path = _told(writing.write, registry.plugins[plugin], about)
    click.echo(f"Wrote {path}.")


@main.command("new-plugin")
@click.argument("name")
@click.option("--into", type=click.Path(file_okay=False, exists=True, path_type=Path), default=Path(), metavar="FOLDER",
              help="Where the new folder goes; here otherwise.")  # fmt: skip
def new_plugin(name: str, into: Path) -> None:
    """Write the start of the plugin NAME into a new folder, wger-NAME.

    It is a distribution of its own: pyproject.toml, a package with a table, a resource and a folder for migrations, and
    tests. NAME has lower-case letters, digits and underscores. Nothing is installed, and no database is touched.
    """
    taken = import_module("wger_flask.plugin_settings").installed_names(shipped("plugins"))
    taken |= set(import_module("wger_flask.testing.resources").resource_names())
    made = _told(import_module("wger_flask.new_plugin").write, name, into, taken)
    root = made[0].parent
    for path in made:
        click.echo(f"Wrote {path}.")
    click.echo(f"Next: cd {root}, python -m pip install -e '.[test]', python -m pytest, wger-flask migrate")


@main.command("remove-plugin")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
def remove_plugin(name: str, yes: bool) -> None:
    """Drop the tables of the plugin NAME, with all their rows.

    Asks first. The plugin itself need not be installed any more, and is not uninstalled; files that its rows have in
    the media folder stay. Stop the server before, if it uses the plugin.
    """
    application(WGER_PLUGINS=())  # no code of the plugin's is needed, and it may be broken
    settings = import_module("wger_flask.settings").load()
    installed = import_module("wger_flask.plugin_loader").discover(shipped("plugins"))
    removal = import_module("wger_flask.storage.removal")
    connect()
    tables = _told(removal.tables_of, name, installed)
    for table, rows in removal.row_counts(tables).items():
        click.echo(f"{table}: {rows} row{'' if rows == 1 else 's'}")
    if not yes:
        click.confirm("Drop these tables, with all their rows?", abort=True)
    removal.remove(name, tables)
    click.echo(f"Dropped {len(tables)} table{'' if len(tables) == 1 else 's'} of the plugin {name!r}.")
    if name in installed and {"all", name} & set(settings.WGER_PLUGINS):
        click.echo("The plugin is still enabled (WGER_PLUGINS): the next migrate or serve makes its tables anew.")


@main.command("load-starter-data")
def load_starter_data() -> None:
    """Load the vocabulary, the common exercises and the basic foods that ship."""
    services = application().extensions["wger_flask"]
    _migrate(services.registry)
    report = import_module("wger_flask.transfer.starter").load_starter_data(services.registry.models)
    click.echo(f"Loaded {sum(report.loaded.values())} rows of starter data.")


@main.command("import-dump")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_dump(file: Path) -> None:
    """Load FILE, a dumpdata document (JSON) of a wger.

    All or nothing. Rows of models that no installed subject knows are counted and named.
    """
    services = application().extensions["wger_flask"]
    _migrate(services.registry)
    importer = import_module("wger_flask.transfer.importer")
    try:
        report = importer.import_dump(file, services.registry.models)
    except importer.ImportFailure as wrong:
        raise CommandError(str(wrong)) from None
    click.echo(f"Loaded {sum(report.loaded.values())} rows of {len(report.loaded)} models.")
    for label, count in sorted(report.unknown.items()):
        click.echo(f"Left out {count} rows of {label}: nothing here knows it.")


@main.command("create-user")
@click.argument("name")
@click.option("--password", help="The password; asked for unless given.")
@click.option("--email", default="", help="Their address.")
@click.option("--admin", is_flag=True, help="Let them change and delete everything.")
def create_user(name: str, password: str | None, email: str, admin: bool) -> None:
    """Make an account called NAME."""
    accounts = _accounts()
    password = password or click.prompt("Password", hide_input=True, confirmation_prompt=True)
    _told(accounts.create_user, name, password, email=email, admin=admin)
    click.echo(f"Made the account {name!r}{', an administrator' if admin else ''}.")


@main.command("set-password")
@click.argument("name")
@click.option("--password", help="The new password; asked for unless given.")
def set_password(name: str, password: str | None) -> None:
    """Give the account NAME another password.

    All sessions of NAME end, and so do all tokens, the permanent one (API key) too.
    """
    accounts = _accounts()
    password = password or click.prompt("New password", hide_input=True, confirmation_prompt=True)
    _told(accounts.set_password, name, password)
    click.echo(f"Changed the password of {name!r}.")


@main.command("delete-user")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
def delete_user(name: str, yes: bool) -> None:
    """Delete the account NAME with everything that belongs to it: all rows, pictures, sessions and tokens.

    Asks first, and says how much that is. There is no way back but a backup.
    """
    app = application()
    _migrate(app.extensions["wger_flask"].registry, quiet=True)
    user = _told(import_module("wger_flask.auth.accounts").account_named, name)
    deletion = import_module("wger_flask.auth.account_deletion")
    if not yes:
        for table, rows in deletion.belongings(user).items():
            click.echo(f"{table}: {rows} row{'' if rows == 1 else 's'}")
        click.confirm(f"Delete the account {user.username!r} with all of this?", abort=True)
    with app.app_context():
        deletion.delete_account(user)
    click.echo(f"Deleted the account {user.username!r}.")


@main.command("create-token")
@click.argument("name")
def create_token(name: str) -> None:
    """Print the permanent token of the account NAME, made now if there is none."""
    click.echo(_told(_accounts().create_token, name))


@main.command("remove-second-factor")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
def remove_second_factor(name: str, yes: bool) -> None:
    """Remove what the account NAME has lost: its authenticator app, recovery codes, passkeys.

    Asks first: make sure that it is the owner who wishes it. Their password is enough from then on; all their
    sessions and tokens end, but for the permanent one (API key).
    """
    user = _told(_accounts().account_named, name)
    factors = import_module("wger_flask.auth.second_factors.changes")
    types = _told(factors.types_to_remove, user)
    if not yes:
        click.confirm(f"Remove the second factor of {name!r} ({', '.join(types)})?", abort=True)
    factors.remove_all(user)
    click.echo(f"Removed the second factor of {name!r}: the password is enough to log in.")


@main.command("email")
@click.argument("name")
@click.option("--add", "added", metavar="ADDRESS", multiple=True, help="Add an address; a letter asks about it.")
@click.option("--verify", "verified", metavar="ADDRESS", multiple=True, help="Take an address as theirs.")
@click.option("--primary", metavar="ADDRESS", help="Make one of their addresses the one they go by.")
@click.option("--remove", "removed", metavar="ADDRESS", multiple=True, help="Remove an address.")
def email(
    name: str, added: tuple[str, ...], verified: tuple[str, ...], primary: str | None, removed: tuple[str, ...]
) -> None:
    """List the e-mail addresses of the account NAME, after changing them as the options say."""
    accounts = _accounts()
    addresses = import_module("wger_flask.auth.email_management")
    user = _told(accounts.account_named, name)
    rows = _told(addresses.changed, user, added, verified, primary, removed)
    for row in rows:
        told = [word for word, said in (("primary", row.primary), ("verified", row.verified)) if said]
        click.echo(f"{row.email} ({', '.join(told)})" if told else row.email)
    if not rows:
        click.echo(f"{name!r} has no e-mail address.")


@main.command("recalculate-statistics")
@click.argument("name", required=False)
def recalculate_statistics(name: str | None) -> None:
    """Count all training again, of all accounts or of the account NAME.

    Also gives the trophies that are earned by it; none is taken back.
    """
    _migrate(application().extensions["wger_flask"].registry, quiet=True)
    number = _told(import_module("wger_flask.domain.trophies.training").count_everything_again, name)
    click.echo(f"Counted the training of {number} account{'' if number == 1 else 's'}.")


@main.command("recalculate-measurements")
@click.argument("name", required=False)
def recalculate_measurements(name: str | None) -> None:
    """Calculate body mass indices, ratios and maxima again, of all accounts or of the account NAME.

    Writes keep them true; a timer may run this once a day for what nothing tells of, such as imported training.
    """
    _migrate(application().extensions["wger_flask"].registry, quiet=True)
    number = _told(import_module("wger_flask.domain.measurements.recalculation").recalculate_all, name)
    click.echo(f"Calculated the measurements of {number} account{'' if number == 1 else 's'}.")


@main.command("sync-compact")
def sync_compact() -> None:
    """Drop what nobody needs of the log from which phones sync.

    May run while the server does, which does the same once a day while phones are connected.
    """
    log = _log_of_changes()
    done = log.compact()
    click.echo(f"{done.after} of {done.before} operations are left.")


@main.command("sync-rebuild")
def sync_rebuild() -> None:
    """Begin the log from which phones sync anew: every phone loads everything again.

    For after a backup was restored, or rows were loaded with triggers switched off. May run while the server does.
    """
    _log_of_changes().rebuild()
    click.echo("The log begins anew.")


@main.command("sync-status")
@click.option("--json", "as_json", is_flag=True, help="Print it as one JSON object, for programs.")
def sync_status(as_json: bool) -> None:
    """Show which phones sync, how far they are, and how large the log is."""
    told = import_module("wger_flask.sync.status_text")
    settings = import_module("wger_flask.settings").load()
    status = _log_of_changes().status(settings.WGER_SYNC_STREAM_LIFETIME * 60 + settings.WGER_SYNC_KEEPALIVE)
    click.echo(told.as_json(status) if as_json else told.as_text(status))


@main.command()
@click.argument("address", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the findings as one JSON object, for programs.")
def doctor(address: str | None, as_json: bool) -> None:
    """Find out why phones do not sync with the server at ADDRESS, and what helps.

    Goes the way of the app: address, login, token, stream, upload, and back to the phone. ADDRESS is what is typed into
    the app, SITE_URL otherwise; the server must run, on the database of the settings here. An account is made for it
    and deleted again. The exit status is 1 where something is wrong.
    """
    app = application()
    services = app.extensions["wger_flask"]
    _migrate(services.registry, quiet=True)
    base = (address or services.settings.SITE_URL).rstrip("/")
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
        import_module("wger_flask.sync.doctor").examine(services.settings, base, report)
    well = all(finding.status != "problem" for finding in findings)
    if as_json:
        told = {"address": base, "ok": well, "findings": [finding._asdict() for finding in findings]}
        click.echo(json.dumps(told, indent=2))
    sys.exit(0 if well else 1)


@main.command()
@click.argument("name", required=False)
def resources(name: str | None) -> None:
    """List the resources, or print what the declaration of NAME resolves to."""
    registry = application().extensions["wger_flask"].registry
    summary = import_module("wger_flask.rest.summary")
    if name is None:
        click.echo(summary.table(registry))
    elif name in registry:
        click.echo(summary.resolved(registry, registry.get(name)))
    else:
        raise CommandError(f"there is no resource {name!r}; see: wger-flask resources")


@main.command()
def settings() -> None:
    """Print what each setting means, as docs/configuration.md does, with the settings of enabled plugins."""
    known = application().extensions["wger_flask"].settings
    click.echo(import_module("wger_flask.settings_page").describe(known.of_plugins.options.values()), nl=False)


def _log_of_changes() -> Any:
    """Return the functions on the log of changes, with a database that has one."""
    _migrate(application().extensions["wger_flask"].registry, quiet=True)
    log = import_module("wger_flask.sync.log")
    if not log.is_kept():
        raise CommandError("phones do not sync with this server: WGER_SYNC is off, or POWERSYNC_URL names another")
    return log


def _accounts() -> Any:
    """Return the functions on accounts, with a database that has its tables."""
    _migrate(application().extensions["wger_flask"].registry, quiet=True)
    return import_module("wger_flask.auth.accounts")


def _told(function: Callable[..., T], *arguments: Any, **options: Any) -> T:
    try:
        return function(*arguments, **options)
    except ValueError as wrong:
        raise CommandError(str(wrong)) from None


def _migrate(registry: Registry, quiet: bool = False, theirs: bool = False) -> None:
    """Bring the database up to date; one that is wger's own and older is left as it is unless ``theirs``."""
    connect()
    migrations = import_module("wger_flask.storage.migrations")
    if not theirs and (release := migrations.is_wgers_to_upgrade(registry.models)):
        raise CommandError(
            f"{address()} is a database of wger {release}: stop wger, then upgrade it for this server with: "
            "wger-flask migrate"
        )
    with Bars() as bars:
        done = migrations.migrate(registry.models, registry.plugins, bars.show, registry.nodes)
    if not quiet:
        told = [line for line in done if line.startswith(("copied", "upgraded"))] if len(done) >= 5 else done
        for line in told:
            click.echo(line)
        if told != done:
            click.echo(f"Created or upgraded {len(done)} tables.")


class Bars:
    """Progress bars, on a terminal, of what takes long."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._told = ""

    def show(self, what: str, done: int, total: int) -> None:
        """Show that ``done`` of ``total`` is done of ``what``."""
        if what != self._told:
            self._close()
            self._bar, self._told = import_module("tqdm").tqdm(desc=what, total=total, disable=None), what
        self._bar.update(done - self._bar.n)

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()

    def __enter__(self) -> Bars:
        return self

    def __exit__(self, *error: object) -> None:
        self._close()


if __name__ == "__main__":
    main()
