"""The file of the database is replaced, moved or deleted while it is open: nothing goes into a file that is gone."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from threading import Thread

import pytest

from tests.conftest import ROOT
from tests.reference import BY_LABEL, SERVER
from wger_flask.domain.measurements.models import Measurement
from wger_flask.storage.database import (
    DatabaseError,
    commit_marker,
    database,
    is_unavailable,
    open_database,
    take_up,
    transaction,
)

pytestmark = pytest.mark.skipif(bool(SERVER), reason="no file")
Unit = BY_LABEL["core.weightunit"]


@pytest.fixture
def path(held) -> Path:
    return Path(held.database)


def backup(path: Path, to: Path) -> Path:
    """Copy a database as the documentation says."""
    with closing(sqlite3.connect(path)) as held, closing(sqlite3.connect(to)) as copy:
        held.backup(copy)
    return to


def names(path: Path | None = None) -> list[str]:
    """Return the units in the open database, or in a file."""
    if path is None:
        take_up()
        return sorted(row.name for row in Unit.select())
    with closing(sqlite3.connect(path)) as held:
        return sorted(row[0] for row in held.execute(f'SELECT name FROM "{Unit._meta.table_name}"'))


def add(name: str) -> None:
    with transaction():
        Unit.create(name=name)


def beside(path: Path) -> list[str]:
    return sorted(found.name for found in path.parent.iterdir())


def test_a_restored_file_is_the_one_that_is_written_to(path, tmp_path):
    add("before")
    copy = backup(path, tmp_path / "copy")
    add("after")
    copy.replace(path)
    add("new")
    assert names() == ["before", "new"]
    assert names(path) == ["before", "new"]


def test_what_was_moved_away_holds_everything_that_was_written(path, tmp_path):
    add("before")
    copy = backup(path, tmp_path / "copy")
    add("after")
    path.rename(tmp_path / "old")
    copy.replace(path)
    assert names() == ["before"]
    assert names(tmp_path / "old") == ["after", "before"]


def test_the_log_of_the_old_file_is_not_taken_for_that_of_the_new_one(path, tmp_path):
    copy = backup(path, tmp_path / "copy")
    with closing(sqlite3.connect(copy)) as other:
        other.executemany(
            f'INSERT INTO "{Unit._meta.table_name}" (name) VALUES (?)', [(f"of the backup {n}",) for n in range(300)]
        )
        other.commit()
    for number in range(50):
        add(f"of the old file {number}")
    copy.replace(path)
    assert len(names()) == 300
    add("new")
    assert len(names()) == 301
    assert database.obj.execute_sql("PRAGMA integrity_check").fetchone()[0] == "ok"


@pytest.mark.parametrize("mode", ["wal", "delete"])
def test_the_watch_does_not_take_the_log_of_the_old_file_either(path, tmp_path, mode):
    """It may be asked before anybody opens the new file, and would hold the lock of it ever after."""
    copy = backup(path, tmp_path / "copy")
    with closing(sqlite3.connect(copy)) as other:
        other.execute(f"PRAGMA journal_mode = {mode}")
    for number in range(50):
        add(f"of the old file {number}")
    commit_marker()
    copy.replace(path)
    commit_marker()
    add("new")
    before = commit_marker()
    add("newer")
    assert None is not before != commit_marker()
    assert names() == ["new", "newer"]
    assert database.obj.execute_sql("PRAGMA integrity_check").fetchone()[0] == "ok"


def test_a_reader_that_waits_to_open_the_new_file_does_not_hinder_the_writer(path, tmp_path):
    add("before")
    copy = backup(path, tmp_path / "copy")
    held, read = database.obj, []
    other = Thread(target=lambda: read.append(names()))
    with held.turns.taken():
        copy.replace(path)
        other.start()
        while other.is_alive() and len(held.turns._line) < 2:
            other.join(0.01)
        assert names() == ["before"]  # closes the old file, and opens the new one
    other.join()
    assert read == [["before"]]


def test_what_lies_beside_a_restored_file_is_its_own(path, tmp_path):
    """Whoever brings a log along, as a copy of a stopped server has one, means it."""
    add("old")
    folder = tmp_path / "kept"
    folder.mkdir()
    backup(path, folder / path.name)
    held = sqlite3.connect(folder / path.name, isolation_level=None)
    held.execute("PRAGMA journal_mode = wal")
    held.execute(f'INSERT INTO "{Unit._meta.table_name}" (name) VALUES (?)', ("in the log",))
    for suffix in ("", "-wal"):
        shutil.copy(f"{folder / path.name}{suffix}", f"{folder / path.name}{suffix}.copy")
    held.close()
    for suffix in ("", "-wal"):
        Path(f"{folder / path.name}{suffix}.copy").replace(f"{path}{suffix}")
    assert "in the log" in names()


@pytest.mark.parametrize("also", [[], ["-wal", "-shm"]], ids=["alone", "with all beside it"])
def test_a_deleted_file_takes_nothing_and_is_not_made(path, tmp_path, also):
    add("before")
    copy = backup(path, tmp_path / "copy")
    for suffix in ("", *also):
        Path(f"{path}{suffix}").unlink()
    for _ in range(3):
        with pytest.raises(DatabaseError) as failed:
            add("nowhere")
        assert is_unavailable(failed.value)
        with pytest.raises(DatabaseError) as failed:
            names()
        assert is_unavailable(failed.value)
    assert not path.exists()
    copy.replace(path)
    assert names() == ["before"]
    add("after")
    assert names(path) == ["after", "before"]


def test_a_file_that_comes_back_is_whole(path, tmp_path):
    add("before")
    path.rename(tmp_path / "aside")
    with pytest.raises(DatabaseError):
        add("nowhere")
    (tmp_path / "aside").rename(path)
    add("after")
    assert names(path) == ["after", "before"]


@pytest.mark.parametrize("content", [b"", b"not a database" * 999], ids=["empty", "something else"])
def test_a_file_without_the_tables_is_refused(path, content, tmp_path):
    add("before")
    (tmp_path / "other").write_bytes(content)
    take_up()
    path.unlink()
    (tmp_path / "other").replace(path)
    for work in (lambda: add("nowhere"), names):
        with pytest.raises(DatabaseError) as failed:
            work()
        assert is_unavailable(failed.value)
    assert path.read_bytes() == content


def test_a_transaction_that_is_open_ends_where_it_began(path, tmp_path):
    copy = backup(path, tmp_path / "copy")
    with transaction():
        Unit.create(name="one")
        copy.replace(path)
        take_up()
        with transaction():
            Unit.create(name="two")
    assert names() == []


def test_names_of_files_are_taken_literally(tmp_path):
    odd = tmp_path / "50% ?mode=ro#.sqlite"
    held = open_database(f"sqlite:///{str(odd).replace('%', '%25').replace('?', '%3F').replace('#', '%23')}")
    held.execute_sql("CREATE TABLE a (x)")
    held.close()
    assert odd.is_file() and "CREATE TABLE" in odd.read_bytes().decode("latin-1")


OTHER = """
import sys
from wger_flask.storage.database import database, open_database, transaction
held = open_database(sys.argv[1])
for line in sys.stdin:
    with transaction():
        held.execute_sql(f"INSERT INTO {sys.argv[2]} (name) VALUES (?)", (line.strip(),))
    print(line.strip(), flush=True)
held.close()
"""


def test_processes_find_out_one_after_the_other(path, tmp_path):
    """Whoever comes later leaves alone what the first one has begun beside the new file."""
    command = [sys.executable, "-c", OTHER, f"sqlite:///{path}", Unit._meta.table_name]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as other:

        def tell(name: str) -> None:
            other.stdin.write(f"{name}\n")
            other.stdin.flush()
            assert other.stdout.readline() == f"{name}\n"

        tell("theirs, before")
        add("ours, before")
        copy = backup(path, tmp_path / "copy")
        tell("lost")
        copy.replace(path)
        add("ours, after")
        tell("theirs, after")
        add("ours, last")
        other.stdin.close()
    assert names() == names(path) == ["ours, after", "ours, before", "ours, last", "theirs, after", "theirs, before"]
    assert database.obj.execute_sql("PRAGMA integrity_check").fetchone()[0] == "ok"


# -- what a request sees ---------------------------------------------------------------------------
BODY = {"date": "2024-01-01", "weight": 70}


def test_requests_go_to_the_file_that_has_the_name(api, app, tmp_path):
    grace = api("grace")
    path = Path(database.obj.database)
    assert grace.post("weightentry/", BODY).status_code == 201
    copy = backup(path, tmp_path / "copy")
    assert grace.post("weightentry/", {**BODY, "date": "2024-01-02"}).status_code == 201
    copy.replace(path)
    assert grace.get("weightentry/").json["count"] == 1
    assert grace.post("weightentry/", {**BODY, "date": "2024-01-03"}).status_code == 201
    assert Measurement.select().count() == 2
    path.unlink()
    for answer in (grace.post("weightentry/", BODY), grace.get("weightentry/"), api().get("muscle/")):
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    page = api().get("muscle/", headers={"Accept": "text/html"})
    assert (page.status_code, page.mimetype) == (503, "text/html")
    path.touch()
    assert grace.get("weightentry/").status_code == 503
    assert path.stat().st_size == 0
