"""Disks that are full or may not be written to, that of the database and that of the media apart."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.faults.load import Caller, ask_until, assert_nothing_lost, load
from tests.faults.test_processes import SERVED, assert_whole
from tests.media.samples import picture
from tests.serving.running import running

WEIGHT = {"date": "2000-01-01T00:00:00Z", "weight": 70}
FORM = "multipart/form-data; boundary=b"


def photo(day: int = 1) -> bytes:
    """Return a form with a photo."""
    parts = (
        b'--b\r\nContent-Disposition: form-data; name="date"\r\n\r\n2024-05-%02d\r\n' % day,
        b'--b\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\n\r\n' + picture() + b"\r\n--b--\r\n",
    )
    return b"".join(parts)


def fill(disk: Path) -> Path:
    """Take all room of a disk, and return the file that does."""
    others = disk / "others"
    with others.open("wb", buffering=0) as file:
        try:
            while file.write(b"x" * 4096) == 4096:
                pass
        except OSError:
            pass
    return others


def test_no_room_for_the_database(sqlite_file, disk, tmp_path, rounds):
    place = disk("data", 24)
    path = shutil.copy(sqlite_file, place / "wger.sqlite")
    url = f"sqlite:///{path}"
    media = tmp_path / "media"
    with running(url, tmp_path, WGER_MEDIA_ROOT=str(media), **SERVED) as server:
        ask_until(server.port, 200)
        linus = Caller(server.port, "linus")
        with load(server.port) as told:
            for _ in rounds:
                told.wait_for(40)
                others = fill(place)
                assert _refuses(server.port)
                ask_until(server.port, 200)
                told.wait_for(1, status=503)
                assert linus("POST", "gallery/", photo(), FORM)[0] == 503
                assert not [path for path in media.rglob("*") if path.is_file()]  # where there is room
                linus.close()
                others.unlink()
                told.wait_for(40)
        assert_nothing_lost(server.port, told)
    assert_whole(url)


def _refuses(port: int) -> bool:
    """Write until the last room within the database's own pages is taken; tells whether a write was refused."""
    call = Caller(port, "ada")
    body = {"description": "a" * 70, "start": "2024-05-07"}
    refused = any(call("POST", "nutritionplan/", body)[0] == 503 for _ in range(4000))
    call.close()
    return refused


def test_no_room_for_media(held, disk, tmp_path):
    media = disk("media", 1)
    others = fill(media)
    with running(held.url, tmp_path, WGER_MEDIA_ROOT=str(media), **SERVED) as server:
        ask_until(server.port, 200)
        grace = Caller(server.port, "grace")
        for _ in range(3):
            assert grace("POST", "gallery/", photo(), FORM)[0] == 503
            assert grace("POST", "weightentry/", WEIGHT)[0] in (201, 400)  # once at a moment
        assert b'"count":0' in grace("GET", "gallery/")[1]
        assert [path for path in media.rglob("*") if path.is_file()] == [others]
        others.unlink()
        assert grace("POST", "gallery/", photo(), FORM)[0] == 201
        assert b'"count":1' in grace("GET", "gallery/")[1]
        grace.close()


@pytest.fixture
def read_only(sqlite_file, tmp_path):
    """The folder of the database, where nothing can be written."""
    real, seen = tmp_path / "real", tmp_path / "seen"
    real.mkdir()
    seen.mkdir()
    shutil.copy(sqlite_file, real / "wger.sqlite")
    if subprocess.run(["mount", "--bind", str(real), str(seen)], capture_output=True).returncode:
        pytest.skip("no disk can be made here")
    subprocess.run(["mount", "-o", "remount,bind,ro", str(seen)], check=True)
    yield seen
    subprocess.run(["umount", "--lazy", str(seen)], check=True)


@pytest.fixture
def failing_disk(tmp_path):
    """A disk in a file: its folder, and a function that mounts it anew, as after a start of the machine."""
    image, folder = tmp_path / "image", tmp_path / "disk"
    folder.mkdir()
    with image.open("wb") as file:
        file.truncate(48 * 2**20)

    def mount() -> None:
        subprocess.run(["umount", str(folder)], capture_output=True)
        subprocess.run(["mount", "-o", "loop", str(image), str(folder)], check=True, capture_output=True)

    try:
        subprocess.run(["mkfs.ext4", "-q", str(image)], check=True, capture_output=True)
        mount()
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no disk can be made here")
    yield folder, mount
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_disk_that_turns_read_only(sqlite_file, failing_disk, tmp_path):
    """As a file system does that found a mistake in itself: reading goes on, and what is on the disk stays."""
    folder, mount = failing_disk
    path = shutil.copy(sqlite_file, folder / "wger.sqlite")
    with running(f"sqlite:///{path}", tmp_path, WGER_MIN_FREE_DISK="1", **SERVED) as server:
        assert b'"database":"ok"' in ask_until(server.port, 200, path="/readyz")
        with load(server.port) as before:
            before.wait_for(60)
        os.sync()
        subprocess.run(["mount", "-o", "remount,abort", str(folder)], check=True)
        with load(server.port) as told:
            told.wait_for(10, status=503)
            ask_until(server.port, 200)
            assert b'"database":"cannot be written to"' in ask_until(server.port, 503, path="/readyz")
        assert not told.acknowledged, told.statuses
        assert "Traceback" not in server.log.read_text()
    mount()
    with running(f"sqlite:///{path}", tmp_path, **SERVED) as server:
        ask_until(server.port, 200)
        assert_nothing_lost(server.port, before)
        ask_until(server.port, 201, "POST", "weightentry/", WEIGHT)
    assert_whole(f"sqlite:///{path}")


def test_a_database_that_may_only_be_read_stops_the_start(read_only, tmp_path):
    """In a line that names the file, and without leaving anything beside it."""
    path = read_only / "wger.sqlite"
    with running(f"sqlite:///{path}", tmp_path, ends=3, **SERVED) as server:
        os.waitid(os.P_PID, server.process, os.WEXITED | os.WNOWAIT)
    (line,) = server.log.read_text().splitlines()
    assert line.startswith("Error: WGER_DATABASE_URL") and str(path) in line
    assert os.listdir(read_only) == ["wger.sqlite"]
