"""The command: what it says, what it does, and that a person's mistake is told in one line."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import urllib.request
import zipfile
from contextlib import nullcontext
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.ports import free_port
from tests.reference import SERVER, SHARED, needs_reference, unpacked_database
from wger_flask import __version__
from wger_flask.commands import main
from wger_flask.commands.progress import ProgressBars
from wger_flask.storage.database import connect, database, open_database
from wger_flask.sync import IS_OFF
from wger_flask.testing.databases import prepare

ROOT = Path(__file__).resolve().parent.parent
COMMANDS = sorted(main.commands)
OLDER = SHARED / "dataset" / f"reference-2.7.{'postgres.sql' if SERVER else 'sqlite'}.gz"
LANGUAGE = {"model": "core.language", "pk": 900, "fields": {"short_name": "xx", "full_name": "X", "full_name_en": "X"}}

ALIAS = {"model": "exercises.alias", "pk": 1, "fields": {"translation": 77777, "alias": "a"}}


@pytest.fixture
def settings(tmp_path, monkeypatch):
    """The settings of a server of its own."""
    values = {
        "WGER_PROFILE": "testing",
        "WGER_INSTANCE_PATH": str(tmp_path),
        "WGER_DATABASE_URL": f"sqlite:///{tmp_path}/unused.sqlite",
        "TIME_ZONE": "Europe/Berlin",
        "WGER_BIND": "127.0.0.1:8000",
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    return values


def use(settings, monkeypatch, held):
    """Have the command use a database, until the test ends."""
    settings["WGER_DATABASE_URL"] = held.url
    monkeypatch.setenv("WGER_DATABASE_URL", held.url)
    yield settings
    if database.obj is not None and not database.obj.is_closed():
        database.obj.close()
    held.drop()


@pytest.fixture
def empty(settings, tmp_path, monkeypatch):
    """A database without tables."""
    yield from use(settings, monkeypatch, prepare(os.environ.get("WGER_TEST_DATABASE_URL"), tmp_path))


@pytest.fixture
def prepared(settings, template, tmp_path, monkeypatch):
    """A database with the starter data, ada, grace and linus."""
    yield from use(settings, monkeypatch, template.copy(tmp_path))


@pytest.fixture
def wgers(settings, tmp_path, monkeypatch):
    """A database that wger made before 2.7.0."""
    with unpacked_database(tmp_path, OLDER) as held:
        url = held.database if SERVER else f"sqlite:///{held.database}"
        held.close()
        settings["WGER_DATABASE_URL"] = url
        monkeypatch.setenv("WGER_DATABASE_URL", url)
        yield settings


@pytest.fixture
def run(settings):
    """Return a function that runs the command and gives its exit status and what it said."""

    def run(*arguments: str, input: str | None = None) -> tuple[int, str]:
        ended = CliRunner().invoke(main, arguments, input=input)
        assert ended.exception is None or isinstance(ended.exception, SystemExit), ended.exception
        return ended.exit_code, ended.output

    return run


def rows(table: str) -> int:
    return database.obj.execute_sql(f"SELECT count(*) FROM {table}").fetchone()[0]


# -- databases of wger's ------------------------------------------------------------------------------
@needs_reference
@pytest.mark.parametrize("command", ["serve", "create-user ada --password long-enough", "load-starter-data"])
def test_an_older_database_of_wgers_is_upgraded_by_migrate_alone(wgers, run, tmp_path, command):
    status, said = run(*command.split())
    assert status == 1 and said.count("\n") == 1
    assert "is a database of wger 2.6 or an alpha of 2.7: stop wger, then upgrade" in said
    assert said.endswith("with: wger-flask migrate\n")
    open_database(wgers["WGER_DATABASE_URL"])
    assert "weight_weightentry" in database.obj.get_tables()
    assert not [table for table in database.obj.get_tables() if table.startswith("wger_flask")]
    database.obj.close()
    status, said = run("migrate")
    assert status == 0 and "upgraded the database of wger 2.6 or an alpha of 2.7\n" in said
    assert SERVER or f"copied the database, as it was, to {tmp_path}" in said
    assert run("migrate") == (0, "")
    if command.startswith("create-user"):
        assert run(*command.replace("ada", "new").split())[0] == 0
    database.obj.close()


# -- what it says ------------------------------------------------------------------------------------
def test_help_lists_the_commands(run):
    status, told = run("--help")
    assert status == 0
    assert all(name in told for name in COMMANDS)
    assert {
        "serve",
        "migrate",
        "load-starter-data",
        "import-dump",
        "export-dump",
        "create-user",
        "set-password",
        "create-token",
        "email",
        "resources",
    } <= set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("option", ["--help", "-h"])
def test_every_command_explains_itself(run, name, option):
    status, told = run(name, option)
    assert status == 0
    assert told.startswith(f"Usage: main {name}")
    assert main.commands[name].help.splitlines()[0] in " ".join(told.split())


def test_the_version(run):
    assert run("--version") == (0, f"wger-flask, version {__version__}\n")


@pytest.mark.parametrize(
    "arguments", [["nonsense"], ["create-user"], ["import-dump", "/nonexistent"], ["serve", "--workers", "0"]]
)
def test_a_wrong_call_is_explained(run, arguments):
    status, told = run(*arguments)
    assert status == 2
    assert "Error: " in told


# -- what it does -------------------------------------------------------------------------------------
def test_migrating_twice_changes_nothing(empty, run):
    status, told = run("migrate")
    assert status == 0 and told.startswith("Created or upgraded")
    assert rows("core_language") == rows("auth_user") == 0
    assert run("migrate") == (0, "")


def test_the_starter_data(empty, run):
    status, told = run("load-starter-data")
    assert status == 0 and "rows of starter data" in told
    languages, exercises = rows("core_language"), rows("exercises_exercise")
    assert languages > 10 and exercises >= 60
    assert run("load-starter-data")[0] == 0
    assert (rows("core_language"), rows("exercises_exercise")) == (languages, exercises)


def test_an_account(prepared, run):
    status, told = run("create-user", "eve", "--password", "correct horse", "--email", "eve@example.org", "--admin")
    assert status == 0 and told.endswith("Made the account 'eve', an administrator.\n")
    status, token = run("create-token", "eve")
    assert status == 0 and len(token.strip()) == 40
    assert run("create-token", "eve") == (0, token)
    assert run("set-password", "eve", "--password", "battery staple") == (0, "Changed the password of 'eve'.\n")


def test_a_second_factor_that_was_lost(prepared, run, monkeypatch):
    assert run("remove-second-factor", "grace") == (1, "Error: 'grace' has no second factor\n")
    held = database.obj
    with held.connection_context() if held.is_closed() else nullcontext():
        held.execute_sql(
            "INSERT INTO mfa_authenticator (user_id, type, data, created_at) SELECT id, 'totp', "
            "'{\"secret\": \"AB\"}', '2026-10-01 08:00:00' FROM auth_user WHERE username = 'grace'"
        )
    status, told = run("remove-second-factor", "grace")  # nobody answers
    assert status == 1 and "Remove the second factor of 'grace' (totp)?" in told and rows("mfa_authenticator") == 1
    status, told = run("remove-second-factor", "grace", "--yes")
    assert (status, told) == (0, "Removed the second factor of 'grace': the password is enough to log in.\n")
    assert rows("mfa_authenticator") == 0


def test_an_account_is_deleted(prepared, run, tmp_path):
    status, told = run("delete-user", "grace")  # nobody answers
    assert status == 1 and "measurements_category: 1 row\n" in told
    assert "can be taken out first" in told
    assert "Delete the account 'grace' with all of this?" in told and rows("auth_user") == 3
    assert run("delete-user", "grace", input="n\n")[0] == 1 and rows("auth_user") == 3
    assert run("delete-user", "grace", "--yes") == (0, "Deleted the account 'grace'.\n")
    assert rows("auth_user") == 2
    assert run("delete-user", "grace", "--yes") == (1, "Error: there is no account 'grace'\n")
    file = tmp_path / "linus.zip"
    status, told = run("delete-user", "linus", "--export", str(file), input="y\n")
    assert status == 0 and told.endswith("Deleted the account 'linus'.\n")
    assert json.loads(zipfile.ZipFile(file).read("data.json"))["account"]["username"] == "linus"


def test_everything_of_a_user_is_written_to_a_file(prepared, run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    status, told = run("export-user", "grace")
    [file] = tmp_path.glob("wger-grace-*.zip")
    assert (status, told) == (0, f"Wrote everything of 'grace' to {file.name}.\n")
    assert file.stat().st_mode & 0o777 == 0o600 and zipfile.ZipFile(file).testzip() is None
    status, told = run("import-user", str(file), "--user", "linus", "--dry-run")
    assert status == 0 and told.endswith("Nothing was written: this was to look only.\n")
    status, told = run("import-user", str(file), "--user", "linus")
    assert status == 0 and told.endswith("Brought everything to 'linus'.\n")
    wrong = tmp_path / "wrong.zip"
    wrong.write_bytes(b"x")
    status, told = run("import-user", str(wrong), "--user", "linus")
    assert status == 1 and told.startswith(f"Error: {wrong}: This is no zip archive")
    assert run("import-user", str(file), "--user", "nobody") == (1, "Error: there is no account 'nobody'\n")
    assert run("export-user", "nobody") == (1, "Error: there is no account 'nobody'\n")
    status, told = run("export-user", "grace", str(tmp_path / "nowhere" / "a.zip"))
    assert status == 1 and "cannot be written" in told and not list(tmp_path.glob(".*.part"))


def test_a_take_out_that_cannot_be_written_leaves_nothing(prepared, run, tmp_path, monkeypatch):
    file = tmp_path / "grace.zip"
    file.write_bytes(b"the one of yesterday")

    def stop(bars: ProgressBars, *told: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(ProgressBars, "show", stop)
    assert run("export-user", "grace", str(file)) == (1, f"Error: {file} cannot be written: No space left on device\n")
    assert file.read_bytes() == b"the one of yesterday" and [*tmp_path.glob("*grace*")] == [file]


def test_addresses_of_an_account(prepared, run):
    assert run("email", "grace") == (0, "grace@example.org (primary)\n")
    status, told = run("email", "grace", "--add", "Second@example.org")
    assert status == 0 and told.endswith("grace@example.org (primary)\nsecond@example.org\n")
    assert run("email", "grace", "--verify", "second@example.org", "--primary", "second@example.org") == (
        0,
        "second@example.org (primary, verified)\ngrace@example.org\n",
    )
    assert run("email", "grace", "--remove", "second@example.org") == (0, "grace@example.org (primary)\n")
    assert run("email", "grace", "--remove", "grace@example.org") == (0, "'grace' has no e-mail address.\n")
    assert run("email", "grace", "--verify", "new@example.org") == (0, "new@example.org (primary, verified)\n")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nobody"], "there is no account 'nobody'"),
        (["grace", "--add", "x"], "'x' is not an e-mail address"),
        (["grace", "--verify", "linus@example.org"], "A user is already registered with this email address."),
        (["grace", "--add", "a@example.org", "--primary", "b@example.org"], "'b@example.org' is no address of 'grace'"),
        (["grace", "--remove", "linus@example.org"], "'linus@example.org' is no address of 'grace'"),
    ],
)
def test_addresses_that_the_command_refuses(prepared, run, arguments, told):
    assert run("email", *arguments) == (1, f"Error: {told}\n")
    assert run("email", "grace") == (0, "grace@example.org (primary)\n")


def test_a_password_is_asked_for_twice(prepared, run):
    status, told = run("create-user", "eve", input="correct horse\ncorrect horse\n")
    assert status == 0
    assert "correct horse" not in told
    status, told = run("create-user", "adam", input="correct horse\nanother\n")
    assert status == 1 and "Error: The two entered values do not match." in told


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["create-user", "ada", "--password", "correct horse"], "there is an account with this username already"),
        (["create-user", "", "--password", "correct horse"], "a name has 1 to 150 printable characters"),
        (["create-user", "bob", "--password", "correct horse", "--email", "nonsense"], "'nonsense' is not an e-mail"),
        (["set-password", "nobody", "--password", "correct horse"], "nobody"),
        (["create-token", "nobody"], "nobody"),
        (["remove-second-factor", "nobody"], "nobody"),
        (["recalculate-statistics", "nobody"], "nobody"),
        (["delete-user", "nobody", "--yes"], "there is no account 'nobody'"),
        (["resources", "nonsense"], "there is no resource 'nonsense'; see: wger-flask resources"),
    ],
)
def test_a_mistake_is_told_in_one_line(prepared, run, arguments, told):
    open_database(prepared["WGER_DATABASE_URL"])
    users = rows("auth_user")
    status, said = run(*arguments)
    assert status == 1
    assert said.startswith("Error: ") and said.count("\n") == 1 and told in said
    assert rows("auth_user") == users


def test_the_resources(run):
    status, told = run("resources")
    assert status == 0
    assert all(name in told for name in ("weightentry", "routine", "water"))
    status, told = run("resources", "weightentry")
    assert status == 0
    assert "/api/v2/weightentry/" in told and "measurements_measurement" in told and "date__gte" in told
    assert "rows of        category.user" in told


@pytest.mark.parametrize("name", ["routine", "water", "exercise", "ingredientinfo", "ingredient-sync"])
def test_a_resource_as_it_is_resolved(run, name):
    status, told = run("resources", name)
    assert status == 0 and f"/api/v2/{name}/" in told


def test_statistics(prepared, run):
    assert run("recalculate-statistics") == (0, "Counted the training of 0 accounts.\n")  # nobody has trained
    assert run("recalculate-statistics", "ada") == (0, "Counted the training of 1 account.\n")


# -- dumps ----------------------------------------------------------------------------------------------
def test_a_dump(empty, run, tmp_path):
    file = tmp_path / "dump.json"
    file.write_text(json.dumps([LANGUAGE, {"model": "weird.thing", "pk": 1, "fields": {}}]))
    status, told = run("import-dump", str(file))
    assert status == 0
    assert "Left out 1 rows of weird.thing: nothing here knows it." in told
    assert rows("core_language") == 1


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "a dump is a JSON array of objects"),
        (b"{}", "a dump is a JSON array of objects"),
        (b"[", ""),
        (b"[1]", "line 1: an object expected"),
        (b"\xff\xfe", ""),
        (b'[{"model": "core.language", "pk": 1, "fields": {"short_name": 3}}]', "core.language"),
        (json.dumps([LANGUAGE, {"model": "core.language", "pk": "x", "fields": {}}]).encode(), "core.language"),
        (json.dumps([LANGUAGE, ALIAS]).encode(), "exercises.alias"),
    ],
)
def test_a_dump_that_cannot_be_loaded(prepared, run, tmp_path, content, told):
    file = tmp_path / "dump.json"
    file.write_bytes(content)
    open_database(prepared["WGER_DATABASE_URL"])
    languages = rows("core_language")
    status, said = run("import-dump", str(file))
    assert status == 1
    assert said.startswith("Error: ") and said.count("\n") == 1 and told in said
    assert rows("core_language") == languages  # all or nothing


def test_a_dump_for_a_wger(prepared, run, tmp_path):
    file = tmp_path / "dump.json.gz"
    status, told = run("export-dump", str(file))
    assert status == 0 and told.startswith("Wrote ") and told.endswith(" models.\n")
    rows = json.loads(gzip.decompress(file.read_bytes()))
    assert {one["fields"]["username"] for one in rows if one["model"] == "auth.user"} >= {"ada", "grace"}
    status, told = run("export-dump", "-")
    assert status == 0 and told.startswith("[\n{") and "\n]\nWrote " in told


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("dump", "loaddata takes names that end in .json, .json.gz"),
        ("dump.xml", "loaddata takes names that end in .json"),
        ("nowhere/dump.json", "cannot be written: No such file or directory"),
    ],
)
def test_a_dump_that_cannot_be_written(prepared, run, tmp_path, name, said):
    status, told = run("export-dump", str(tmp_path / name))
    assert status == 1 and told.startswith("Error: ") and said in told and told.count("\n") == 1


def test_a_dump_of_nothing(empty, run, tmp_path):
    status, told = run("export-dump", str(tmp_path / "dump.json"))
    assert status == 1 and "has no tables: there is nothing to write" in told
    assert not (tmp_path / "dump.json").exists()


# -- settings that stop the start -------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("WGER_DATABASE_URL", "mysql://localhost/wger", "no database is known for 'mysql'"),
        ("WGER_DATABASE_URL", "sqlite:////nonexistent/folder/file", "WGER_DATABASE_URL: "),
        ("WGER_DATABASE_URL", "sqlite:///", "a file is needed"),
        ("WGER_DATABASE_URL", f"sqlite:///{ROOT}/README.md", "cannot be opened: file is not a database"),
        ("WGER_DATABASE_URL", "postgresql://nobody:secret@127.0.0.1:1/none", "cannot be opened: "),
        ("WGER_SECRET_KEY_FILE", "/proc/nonexistent", "WGER_SECRET_KEY_FILE: /proc/nonexistent: "),
        ("TIME_ZONE", "Mars/Olympus", "TIME_ZONE "),
        ("WGER_PLUGINS", "nonsense", "WGER_PLUGINS names 'nonsense'"),
        ("WGER_PROFILE", "nonsense", "WGER_PROFILE must be a file or one of"),
        ("WGER_WORKERS", "many", "WGER_WORKERS "),
        ("WGER_NONSENSE", "1", "WGER_NONSENSE is not a setting"),
    ],
)
def test_a_wrong_setting_is_told_in_one_line(run, monkeypatch, name, value, told):
    if value.startswith("postgresql:"):
        pytest.importorskip("psycopg")
    if value.startswith("sqlite:////nonexistent") and os.access("/", os.W_OK):
        value = "sqlite:////proc/nonexistent/file"
    monkeypatch.setenv(name, value)
    status, said = run("migrate")
    assert status == 1
    assert said.startswith("Error: ") and said.count("\n") == 1 and told in said
    assert "secret" not in said.replace("WGER_SECRET_KEY_FILE", "")


# -- serving ----------------------------------------------------------------------------------------------
def test_serving_from_nothing(empty):
    port = free_port()
    command = [sys.executable, "-m", "wger_flask", "serve", "--bind", f"127.0.0.1:{port}", "--workers", "1"]
    server = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **empty},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        said = []
        for line in server.stdout:
            said.append(line.rstrip())
            if "Booting worker" in line:
                break
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v2/exercise/") as answer:
            assert json.load(answer)["count"] >= 60
    finally:
        server.send_signal(signal.SIGTERM)
        server.stdout.close()
        assert server.wait(600) == 0
    assert "The database is empty: loading the starter data ..." in said
    assert f"Serving wger on http://127.0.0.1:{port} (stop with Ctrl+C)." in said
    assert "Make an account there, or with: wger-flask create-user NAME --admin" in said
    assert "Copy exercises and foods from another wger with: wger-flask pull https://wger.de" in said


def test_a_database_that_has_lost_its_data_is_not_filled_again(empty, run, monkeypatch, tmp_path):
    begun = []
    monkeypatch.setattr("wger_flask.commands.serve.os.execv", lambda *command: begun.append(command))
    assert run("serve")[0] == 0 and len(begun) == 1
    assert run("serve")[0] == 0 and len(begun) == 2
    noted = (tmp_path / "served-databases").read_text().splitlines()
    assert len(noted) == 1 and "secret" not in noted[0]
    open_database(empty["WGER_DATABASE_URL"])
    _lose_everything(tmp_path)
    status, said = run("serve")
    assert status == 1 and len(begun) == 2
    assert said == (
        f"Error: {noted[0]} was served before and is empty now: restore it (docs/deployment.md says how), "
        "or start anew with: wger-flask load-starter-data\n"
    )
    assert "core_language" not in database.obj.get_tables()
    assert run("migrate")[0] == 0
    assert run("serve")[0] == 1  # tables without a row are empty as well
    assert run("load-starter-data")[0] == 0
    assert run("serve")[0] == 0 and len(begun) == 3


def test_only_serving_asks_whether_data_was_lost(empty, run, monkeypatch, tmp_path):
    monkeypatch.setattr("wger_flask.commands.serve.os.execv", lambda *command: None)
    assert run("serve")[0] == 0
    open_database(empty["WGER_DATABASE_URL"])
    _lose_everything(tmp_path)
    dump = tmp_path / "dump.json"
    dump.write_text(json.dumps([LANGUAGE]))
    assert run("import-dump", str(dump))[0] == 0
    assert run("serve")[0] == 0


def test_serving_says_in_a_line_what_a_database_without_a_log_of_changes_lacks(prepared, run, monkeypatch):
    monkeypatch.setattr("wger_flask.commands.serve.os.execv", lambda *command: None)
    assert IS_OFF not in run("serve")[1]
    monkeypatch.setattr(type(database.obj.dialect), "can_keep_log", False)
    status, said = run("serve")
    assert status == 0 and said.count(IS_OFF) == 1 and f"{IS_OFF}\n" in said


def test_another_database_is_a_first_start(empty, run, monkeypatch, tmp_path):
    monkeypatch.setattr("wger_flask.commands.serve.os.execv", lambda *command: None)
    (tmp_path / "served-databases").write_text("sqlite:////somewhere/else.sqlite\npostgresql://wger@localhost/wger\n")
    assert run("serve")[0] == 0
    assert len((tmp_path / "served-databases").read_text().splitlines()) == 3


def _lose_everything(folder: Path) -> None:
    held = database.obj
    if held.dialect.name == "sqlite":
        held.close()
        for suffix in ("", "-wal", "-shm"):
            Path(f"{held.database}{suffix}").unlink(missing_ok=True)
        return
    held.execute_sql("DROP SCHEMA public CASCADE")
    held.execute_sql("CREATE SCHEMA public")
    held.close()


# -- the log of changes ---------------------------------------------------------------------------
def test_the_log_of_changes_is_compacted_and_rebuilt(run):
    run("create-user", "ada", "--password", "long-enough-here")
    assert run("sync-compact") == (0, "0 of 0 operations are left.\n")
    epoch = "SELECT epoch FROM wger_flask_sync_state"
    before = database.obj.execute_sql(epoch).fetchone()
    assert run("sync-rebuild") == (0, "The log begins anew.\n")
    connect()
    assert database.obj.execute_sql(epoch).fetchone() != before


def test_without_sync_there_is_nothing_to_compact(run, monkeypatch):
    monkeypatch.setenv("WGER_SYNC", "off")
    for command in ("sync-compact", "sync-rebuild"):
        status, said = run(command)
        assert status == 1 and said.startswith("Error: phones do not sync with this server: WGER_SYNC is off")
