"""A backup that is made while clients write: what they were told was written before it began is in it, none by half."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.conftest import ROOT
from tests.faults.load import BREATH, EPOCH, Caller, ask_until, at_work
from tests.faults.test_disks import FORM, photo
from tests.faults.test_processes import SERVED
from tests.reference import SERVER
from tests.serving.running import running
from wger_flask.storage.database import database, disconnect, open_database
from wger_flask.testing.databases import prepare

pytestmark = pytest.mark.skipif(bool(SERVER) and not shutil.which("pg_dump"), reason="without pg_dump")

AT_ONCE = 20  # rows of one write
WRITERS = ("ada", "grace")
PHOTOGRAPHER = "linus"
WEIGHTS = """SELECT u.username, m.value, count(*) FROM measurements_measurement m
             JOIN measurements_category c ON c.id = m.category_id JOIN auth_user u ON u.id = c.user_id
             WHERE m.date < '2010-01-01' GROUP BY u.username, m.value"""


@dataclass
class Told:
    """What writers were told: the writes of many rows, by user and weight, and the photos, by key."""

    many: set[tuple[str, str]] = field(default_factory=set)
    photos: set[int] = field(default_factory=set)
    deleted: set[int] = field(default_factory=set)
    wrong: list[object] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def note(self, what: set, one: object) -> None:
        with self.changed:
            what.add(one)
            self.changed.notify_all()

    def wait_for_more(self, number: int = 4) -> None:
        """Wait for so many more writes of many rows, and a photo that came and one that went."""
        with self.changed:
            many, photos, deleted = len(self.many) + number, len(self.photos), len(self.deleted)

            def is_enough() -> bool:
                return len(self.many) >= many and len(self.photos) > photos and len(self.deleted) > deleted

            assert self.changed.wait_for(lambda: self.wrong or is_enough(), 600)
        assert not self.wrong, self.wrong


def send(call: Caller, end: threading.Event, *sent: Any) -> tuple[Any, bytes]:
    """Send it until it is answered, or the end: writers are refused for a moment where others take long."""
    while True:
        status, data = call(*sent)
        if status != 503 or end.wait(BREATH):
            return status, data


def write_many(port: int, name: str, told: Told, end: threading.Event) -> None:
    """Write rows by the array, all of one weight that no other array has, until the end."""
    call, number = Caller(port, name), 0
    while not end.is_set():
        number += 1
        weight = f"{30 + number // 100}.{number % 100:02d}"
        moments = (EPOCH + timedelta(hours=number, minutes=minute) for minute in range(AT_ONCE))
        body = [{"date": at.isoformat(), "weight": weight} for at in moments]
        status, data = send(call, end, "POST", "weightentry/", body)
        if status == 503:
            break
        if status != 201:
            told.wrong.append((status, data[:300]))
            break
        told.note(told.many, (name, weight))
    call.close()


def take_photos(port: int, told: Told, end: threading.Event) -> None:
    """Send photos, and delete each when there are three more."""
    call, there = Caller(port, PHOTOGRAPHER), []
    while not end.is_set():
        status, data = send(call, end, "POST", "gallery/", photo(), FORM)
        if status == 503:
            break
        if status != 201:
            told.wrong.append((status, data[:300]))
            break
        there.append(json.loads(data)["id"])
        told.note(told.photos, there[-1])
        if len(there) > 3:
            gone = there.pop(0)
            status, data = send(call, end, "DELETE", f"gallery/{gone}/")
            if status == 503:
                break
            if status != 204:
                told.wrong.append((status, data[:300]))
                break
            told.note(told.deleted, gone)
    call.close()


@contextmanager
def written(port: int) -> Iterator[Told]:
    """Let writers write while the block runs."""
    told, end = Told(), threading.Event()
    with at_work(end, [(take_photos, port, told, end), *((write_many, port, name, told, end) for name in WRITERS)]):
        yield told
    assert not told.wrong, told.wrong


def run(url: str, folder: Path, *arguments: object) -> None:
    """Run a command on a database and the files in ``folder``, as a person does."""
    env = dict(
        os.environ, WGER_DATABASE_URL=url, WGER_INSTANCE_PATH=str(folder), WGER_PROFILE="testing", WGER_PLUGINS="none"
    )
    command = [sys.executable, "-m", "wger_flask", *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 0, (done.stdout, done.stderr)


def rows_of(url: str, query: str) -> list[tuple]:
    """Return the rows of a query on a database."""
    open_database(url)
    try:
        return list(database.obj.execute_sql(query).fetchall())
    finally:
        disconnect()


def test_what_was_acknowledged_before_a_backup_began_is_in_it(held, tmp_path, rounds):
    served = tmp_path / "served"
    served.mkdir()
    with running(held.url, served, **SERVED) as server:
        ask_until(server.port, 200)
        with written(server.port) as told:
            for number in rounds:
                told.wait_for_more()
                many, photos = set(told.many), set(told.photos)
                run(held.url, served, "backup", archive := tmp_path / f"{number}.tar")
                told.wait_for_more()
                kept = photos - told.deleted
                assert len(told.many) > len(many), "nothing was written meanwhile"

                other = tmp_path / f"restored-{number}"
                other.mkdir()
                restored = prepare(SERVER, other)
                try:
                    run(restored.url, other, "restore", archive, "--yes")
                    _assert_whole(restored.url, other / "media", many, kept)
                finally:
                    restored.drop()


def _assert_whole(url: str, media: Path, many: set[tuple[str, str]], photos: set[int]) -> None:
    """Hold what was restored against what was written before, and against itself."""
    counted = {(name, f"{weight:.2f}"): number for name, weight, number in rows_of(url, WEIGHTS)}
    assert many <= counted.keys(), many - counted.keys()
    assert set(counted.values()) == {AT_ONCE}, counted
    there = dict(rows_of(url, "SELECT id, image FROM gallery_image"))
    assert photos <= there.keys(), photos - there.keys()
    for name in there.values():
        with Image.open(media / name) as image:
            image.load()
