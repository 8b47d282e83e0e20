"""``kill -9`` in the middle of a command leaves the database as before or as after; running it again completes it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from tests.conftest import ROOT
from tests.faults.conftest import ROUNDS
from tests.faults.killing import Ended, State, run, state_of
from tests.faults.test_databases import BEFORE
from tests.reference import SERVER, unpacked_database
from tests.serving.running import running
from tests.transfer import rows
from wger_flask.commands import main
from wger_flask.storage.database import disconnect
from wger_flask.testing.databases import SqliteFile, prepare

SAMPLES = ROOT / "tests" / "imports" / "samples"
APART = frozenset(("wger_flask_audit", "wger_flask_job", "sqlite_sequence"))  # notes of what was done come after it
KILLS = 3 * ROUNDS


@dataclass(frozen=True)
class Case:
    """A command that writes: its arguments, the database that it begins with, and what it finds in its folder.

    ``prepares`` are commands that were run before.  ``again`` is False for one that says no where it was done by then,
    ``written`` the file that it makes, ``goes_on`` True for one that does its work in parts, and goes on after them.
    """

    arguments: str
    begins: str = "prepared"
    prepares: tuple[str, ...] = ()
    again: bool = True
    written: str = ""
    goes_on: bool = False

    @property
    def name(self) -> str:
        return f"{self.arguments.split()[0]} ({self.begins})"


HEVY = f"import-from hevy {SAMPLES / 'hevy.csv'} --user grace"
CASES = [
    Case("migrate", "empty"),
    Case("migrate", "older"),
    Case("load-starter-data", "migrated"),
    Case("import-dump dump.json", "migrated"),
    Case("import-ingredients foods.jsonl"),
    Case(HEVY),
    Case("undo-import --user grace", prepares=(HEVY,), again=False),
    Case("create-user somebody --password long-enough-pass --email a@example.org", again=False),
    Case("set-password grace --password another-long-one"),
    Case("create-token linus"),
    Case("email grace --add other@example.org --verify other@example.org --primary other@example.org", again=False),
    Case("delete-user grace --yes", prepares=(HEVY,), again=False),
    Case("remove-plugin water --yes", again=False),
    Case("recalculate-measurements"),
    Case("recalculate-statistics", prepares=(HEVY,)),
    Case("sync-compact", prepares=("create-user x --password long-enough-pass", "delete-user x --yes")),
    Case("sync-rebuild"),
    Case("backup kept.tar", written="kept.tar"),
    Case("restore kept.tar --yes", prepares=("backup kept.tar", "create-user x --password long-enough-pass")),
    Case("export-dump kept.json", written="kept.json"),
    Case("export-user grace kept.zip", written="kept.zip"),
    Case("import-user kept.zip --user linus --leave-out", prepares=(HEVY, "export-user grace kept.zip")),
    Case("pull ADDRESS --pause 0", "migrated", goes_on=True),
]
READS_ONLY = {"audit", "doctor", "make-migration", "new-plugin", "resources", "serve", "settings", "sync-status"}
ELSEWHERE = {
    "remove-second-factor",  # one statement
}


def test_every_command_that_writes_is_among_them():
    assert set(main.commands) == {case.arguments.split()[0] for case in CASES} | READS_ONLY | ELSEWHERE


def product(number: int) -> dict:
    return {
        "code": f"{4_000_000_000_000 + number}",
        "product_name": f"Food {number}",
        "product_name_en": f"Food {number}",
        "lang": "en",
        "completeness": 0.9,
        "nutriments": {
            "energy-kcal_100g": 100 + number % 50,
            "proteins_100g": 5,
            "carbohydrates_100g": 15,
            "fat_100g": 2.2,
        },
    }


@pytest.fixture(scope="module")
def application(built):
    """The application that the processes take over; it is closed here."""
    return built


@pytest.fixture(scope="module")
def kinds(template, application, tmp_path_factory):
    """The databases that commands begin with: functions that make one in a folder."""
    made = tmp_path_factory.mktemp("migrated")
    migrated = prepare(SERVER, made)
    if not SERVER:
        migrated.path.touch()
    assert run(application, migrated.url, made, ["migrate"]).status == 0

    def empty(folder: Path):
        database = prepare(SERVER, folder)
        if not SERVER:
            database.path.touch()
        return database

    def older(folder: Path):
        with unpacked_database(folder, BEFORE) as before:
            path = Path(before.database)
        return SqliteFile(path)

    yield {"prepared": template.copy, "migrated": migrated.copy, "empty": empty, "older": older}
    migrated.drop()


@pytest.fixture(scope="module")
def another_server(template, tmp_path_factory):
    """Return a function that starts a server to copy from, once, and gives its address."""
    folder = tmp_path_factory.mktemp("source")
    with ExitStack() as held:
        address: list[str] = []

        def started() -> str:
            if not address:
                copy = template.copy(folder)
                held.callback(copy.drop)
                server = held.enter_context(running(copy.url, folder, WGER_RATELIMIT_ENABLED="False"))
                address.append(f"http://127.0.0.1:{server.port}")
            return address[0]

        yield started


class Server:
    """A server's folder with a database, on which a command is run."""

    def __init__(self, case: Case, application: object, make: Callable, folder: Path, source: str):
        folder.mkdir()
        self._source = source
        self.case, self.folder, self._application = case, folder, application
        self.database = make(folder)
        (folder / "media" / "gallery").mkdir(parents=True)
        (folder / "media" / "gallery" / "a.png").write_bytes(b"a picture")
        (folder / "dump.json").write_text(
            json.dumps([rows.language(), rows.licence(), rows.category(), rows.exercise(), rows.translation()])
        )
        (folder / "foods.jsonl").write_text("\n".join(json.dumps(product(number)) for number in range(200)))
        for arguments in case.prepares:
            assert (ended := self.run(arguments)).status == 0, ended
        self.before = self.state()

    def run(self, arguments: str = "", kill_at: int = 0) -> Ended:
        words = [
            self._source
            if word == "ADDRESS"
            else str(self.folder / word)
            if re.fullmatch(r"(kept|dump|foods)\.\w+", word)
            else word
            for word in (arguments or self.case.arguments).split()
        ]
        return run(self._application, self.database.url, self.folder, words, kill_at)

    def state(self) -> State:
        return state_of(self.database.url, APART)

    def names(self) -> set[str]:
        """The names of all files and folders, without numbers and what SQLite keeps beside its file."""
        found = {re.sub(r"\d+", "0", path.relative_to(self.folder).as_posix()) for path in self.folder.rglob("*")}
        return {name for name in found if not re.search(r"-(wal|shm|turns|jobs)$|^counters|\.lock$", name)}

    def drop(self) -> None:
        disconnect()
        self.database.drop()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_command_is_killed(case, application, kinds, another_server, tmp_path):
    source = another_server() if "ADDRESS" in case.arguments else ""
    if case.begins == "older" and SERVER:
        pytest.skip("a file of SQLite's")
    whole = Server(case, application, kinds[case.begins], tmp_path / "whole", source)
    ended = whole.run()
    assert ended.status == 0, ended.said
    after, names = whole.state(), whole.names()
    content = (whole.folder / case.written).read_bytes() if case.written else b""
    whole.drop()
    chosen = Random(case.name)
    for number, kill_at in enumerate([*(chosen.randint(1, ended.steps) for _ in range(KILLS - 1)), ended.steps]):
        server = Server(case, application, kinds[case.begins], tmp_path / f"killed-{number}", source)
        told = f"{case.arguments}, killed at step {kill_at} of {ended.steps}"
        killed = server.run(kill_at=kill_at)
        assert killed.status is None or kill_at > ended.steps // 2, (told, killed)
        state = server.state()
        is_before, is_after = state.is_as(server.before, exactly=True), state.is_as(after)
        assert is_before or is_after or case.goes_on, (
            told,
            differences(server.before, state),
            differences(after, state),
        )
        if case.written and not (server.folder / case.written).exists():
            is_after = False
        elif case.written:
            assert len((server.folder / case.written).read_bytes()) >= len(content) * 0.9, told
        second = server.run()
        assert second.status == 0 or (is_after and not case.again), (told, second.said)
        assert server.state().is_as(after), (told, differences(after, server.state()))
        assert server.names() <= names, (told, server.names() - names)
        assert (server.folder / "media" / "gallery" / "a.png").read_bytes() == b"a picture"
        server.drop()


def differences(one: State, other: State) -> dict[str, object]:
    """Return what differs, as a person reads it."""
    found: dict[str, object] = dict(one.other_counts(other))
    if not found and one.text is not None and other.text is not None:
        lines = set(one.text.splitlines()) ^ set(other.text.splitlines())
        found["lines"] = sorted(line[:200] for line in lines)[:6]
    return found
