"""A disk that is full: nothing is written, everything is as before, and it works again once there is room."""

from __future__ import annotations

import os
import resource as limits
import sqlite3
import subprocess
from contextlib import closing, contextmanager

import pytest

from tests.conftest import key_of
from tests.reference import BY_LABEL, MODELS, SERVER
from wger_flask.auth.models import User
from wger_flask.storage.database import (
    DatabaseError,
    database,
    is_unavailable,
    open_database,
    transaction,
    write_if_able,
)
from wger_flask.storage.migrations import migrate

pytestmark = pytest.mark.skipif(bool(SERVER), reason="its disk is elsewhere")
Unit = BY_LABEL["core.weightunit"]
LARGE = "x" * 190
TOLD = {"detail": "The database does not answer at the moment. Try again."}


@contextmanager
def no_longer_files():
    """Let the log that a commit is written to grow no more: found at COMMIT, by whoever runs the tests."""
    held = database.obj
    with transaction():  # some length, so that all else that is written meanwhile is shorter
        held.execute_sql("CREATE TABLE filler (x)")
        held.execute_sql("INSERT INTO filler VALUES (randomblob(300000))")
        held.execute_sql("DROP TABLE filler")
    soft, hard = limits.getrlimit(limits.RLIMIT_FSIZE)
    limits.setrlimit(limits.RLIMIT_FSIZE, (os.stat(f"{held.database}-wal").st_size, hard))
    try:
        yield
    finally:
        limits.setrlimit(limits.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def no_more_pages():
    """Let the database have no more pages: found while a row is written."""
    held = database.obj
    held.execute_sql(f"PRAGMA max_page_count = {held.execute_sql('PRAGMA page_count').fetchone()[0]}")
    try:
        yield
    finally:
        if held.is_closed():
            held.connect()
        held.execute_sql("PRAGMA max_page_count = 1000000")


ways = pytest.mark.parametrize("full", [no_longer_files, no_more_pages], ids=lambda way: way.__name__)


def fill(rows: int = 400) -> None:
    """Write more rows than there is room for."""
    for number in range(rows):
        Unit.create(name=f"{number} {LARGE}")


@ways
@pytest.mark.parametrize("inner", [False, True], ids=["alone", "in a part of a transaction"])
def test_it_is_told_as_what_it_is_and_leaves_nothing(held, full, inner):
    Unit.create(name="kg")
    with full():
        with pytest.raises(DatabaseError) as failed, transaction():
            if inner:
                with transaction():
                    fill()
            else:
                fill()
        assert is_unavailable(failed.value), failed.value
        assert not held.in_transaction()
        assert [row.name for row in Unit.select()] == ["kg"]
    with transaction():
        Unit.create(name="lb")
    assert Unit.select().count() == 2


def test_an_error_before_the_disk_was_full_is_told_as_it_was(held):
    with pytest.raises(ZeroDivisionError), transaction(), transaction():
        Unit.create(name="kg")
        _ = 1 / 0
    assert Unit.select().count() == 0


@ways
def test_what_can_be_done_without_fails_quietly(held, full, caplog):
    with full():
        write_if_able("the list", fill)
    assert "the list was not written: " in caplog.text
    assert Unit.select().count() == 0
    write_if_able("the list", lambda: Unit.create(name="kg"))
    assert Unit.select().count() == 1


def test_mistakes_of_ours_are_none_of_it(held):
    with pytest.raises(DatabaseError):
        write_if_able("nonsense", lambda: held.execute_sql("nonsense"))


def test_what_can_be_done_without_does_not_wait_for_a_lock_of_another_program(held, caplog):
    with closing(sqlite3.connect(held.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        write_if_able("the unit", lambda: pytest.fail("no transaction has begun"))
        other.execute("ROLLBACK")
    assert "the unit was not written: " in caplog.text


def test_a_disk_that_really_is_full(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "none", str(disk)], capture_output=True)
    if mounted.returncode:
        pytest.skip("no disk can be made here")
    try:
        held = open_database(f"sqlite:///{disk}/wger.sqlite")
        migrate(MODELS)
        Unit.create(name="kg")
        (disk / "others").write_bytes(b"")
        with (disk / "others").open("wb", buffering=0) as others, pytest.raises(OSError):
            while others.write(b"x" * 4096) == 4096:
                pass
            raise OSError
        for _ in range(3):
            with pytest.raises(DatabaseError) as failed, transaction():
                fill()
            assert is_unavailable(failed.value), failed.value
        assert [row.name for row in Unit.select()] == ["kg"]
        (disk / "others").unlink()
        fill(10)
        assert Unit.select().count() == 11
    finally:
        held.close()
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


# -- what a request sees -----------------------------------------------------------------------------
@pytest.fixture
def crowded(people):
    """Let the disk have no room left for anything."""
    with no_longer_files():
        yield people


WRITES = [
    ("POST", "weightentry/", {"date": "2024-01-01", "weight": 70}),
    ("POST", "workoutlog/", {"exercise": 1, "repetitions": 5, "weight": 50, "date": "2024-05-07T10:00:00Z"}),
    ("PATCH", "userprofile/", {"height": 170}),
    ("POST", "register/", {"username": "marie", "password": "a-Long-0ne"}),
    ("POST", "nutritionplan/", {"description": "a plan", "start": "2024-05-07"}),
]


@pytest.mark.parametrize(("method", "path", "body"), WRITES, ids=[write[1] for write in WRITES])
def test_a_write_is_a_503(api, crowded, method, path, body):
    grace = api(None if path == "register/" else "grace")
    answer = grace.open(method, path, body)
    told = TOLD | {"request_id": answer.headers["X-Request-ID"]}
    assert (answer.status_code, answer.json, answer.headers["Retry-After"]) == (503, told, "5")
    assert api("grace").get("weightentry/").json["count"] == 0
    assert not User.select().where(User.username == "marie").exists()


def test_logging_in_needs_no_room(api, app, crowded, caplog):
    good = {"username": "grace", "password": "ecarg-pass"}
    pair = api().post("token", good)
    assert pair.status_code == 200
    assert api().post("token/refresh", {"refresh": pair.json["refresh"]}).status_code == 200
    assert api().post("login/", good).json == {"token": key_of("grace")}
    headless = api().post("/allauth/app/v1/auth/login", good)
    assert headless.status_code in (200, 503) and headless.json


def test_searching_needs_no_room(api, crowded):
    assert api().get("exerciseinfo/?name__search=bench&language__code=en").status_code == 200
