"""A worker stays small whatever is sent to it: a real process, and the most that it ever had in memory.

``make memory`` sends more of everything.
"""

from __future__ import annotations

import http.client
import io
import json
import os
import re
import socket
import subprocess
import sys
import threading
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image

from tests.conftest import ROOT, key_of
from wger_flask.auth.models import User
from wger_flask.domain.exercises.models import Exercise
from wger_flask.domain.routines import models
from wger_flask.storage.database import database, open_database, transaction

MOST = 250  # megabytes
USUAL = 80
MEGABYTE = 2**20
THREADS = 4
TIMES = int(os.environ.get("MEMORY_TIMES", "1"))
TOKEN = {"Authorization": f"Token {key_of('grace')}"}
JSON, FORM, PARTS = "application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"
pytestmark = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is measured as Linux tells it")


@pytest.fixture(scope="module")
def held(template, tmp_path_factory):
    """A database with as many rows in a list as it gives, each as large as it can be; and a routine of them."""
    copy = template.copy(tmp_path_factory.mktemp("large"))
    open_database(copy.url)
    grace, exercise = User.get(User.username == "grace"), Exercise.select().first()
    large = {"a": [[] for _ in range(990)], "b": "\N{PILE OF POO}" * 4200}
    with transaction():
        for number in range(20):
            if number % 10 == 0:
                routine = models.Routine.create(user=grace, name="large", start="2024-01-01", end="2024-01-02")
            day = models.Day.create(routine=routine, name="d", order=number + 1, config=large)
            for place in range(36):
                slot = models.Slot.create(day=day, order=place + 1, config=large)
                models.SlotEntry.create(slot=slot, exercise=exercise, order=1, config=large)
        for number in range(999):
            start = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(number)
            models.WorkoutSession.create(user=grace, datetime_start=start, notes="\N{PILE OF POO}" + "a" * 19_996)
    database.obj.close()
    yield copy, routine.id
    copy.drop()


@pytest.fixture(scope="module")
def worker(held, tmp_path_factory):
    """The port of a server of one worker, and that worker's process id."""
    with one_worker(held, tmp_path_factory.mktemp("instance")) as found:
        yield found


@pytest.fixture
def fresh_worker(held, tmp_path):
    """The same of a server that nobody has sent anything to."""
    with one_worker(held, tmp_path) as found:
        yield found


@contextmanager
def one_worker(held, folder: Path):
    """Serve while the block runs; yields the port, and the worker's process id."""
    env = dict(
        os.environ,
        WGER_DATABASE_URL=held[0].url,
        WGER_INSTANCE_PATH=str(folder),
        WGER_PROFILE="testing",
        WGER_PLUGINS="none",
        WGER_WORKERS="1",
        WGER_THREADS=str(THREADS),
        TIME_ZONE="Europe/Berlin",
    )
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listening, (folder / "log").open("w") as output:
        command = [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.conf.py", "wsgi:app"]
        command += ["--bind", f"fd://{listening.fileno()}"]
        running = subprocess.Popen(
            command, cwd=ROOT, env=env, pass_fds=[listening.fileno()], stdout=output, stderr=subprocess.STDOUT
        )
        try:
            port = listening.getsockname()[1]
            assert ask(port, "GET", "version/") == 200
            (child,) = Path(f"/proc/{running.pid}/task/{running.pid}/children").read_text().split()
            yield port, int(child)
        finally:
            running.terminate()
            running.wait(600)


def ask(port: int, method: str, path: str, body=None, kind: str = JSON, timeout: float = 600, more: dict | None = None):
    """Return the status of an answer, None where the server hung up on a body that it did not want."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)) as connection:
        sent = {**TOKEN, "Content-Type": kind, **(more or {})}
        url = path if path.startswith("/") else f"/api/v2/{path}"
        with suppress(ConnectionError):  # it may have answered before it had everything
            connection.request(method, url, body, sent)
        try:
            answer = connection.getresponse()
            while answer.read(MEGABYTE):
                pass
            return answer.status
        except (ConnectionError, http.client.HTTPException):
            return None


def chunks(piece: bytes, megabytes: int):
    """Yield a body without a length."""
    for _ in range(megabytes * MEGABYTE // len(piece)):
        yield piece


def largest(process: int, figure: str = "VmHWM") -> float:
    """Return the most that a process ever had in memory, in megabytes; ``VmRSS`` is what it has now."""
    return int(re.search(rf"{figure}:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text())[1]) / 1024


def part(name: str, content: bytes, filename: str = "", more: str = "") -> bytes:
    named = f'; filename="{filename}"' if filename else ""
    return f'--b\r\nContent-Disposition: form-data; name="{name}"{named}\r\n{more}\r\n'.encode() + content + b"\r\n"


END = b"--b--\r\n"
BOMBS = {
    "lists": b"[" + b"[]," * (MEGABYTE // 3 - 3) + b"0]",
    "objects": b"[" + b"{}," * (MEGABYTE // 3 - 3) + b"0]",
    "fewer lists": b"[" + b"[]," * 9_000 + b"0]",
    "fewer objects": b"[" + b'{"a":{}},' * 4_500 + b"0]",
    "depth": b"[" * (MEGABYTE // 2) + b"]" * (MEGABYTE // 2),
    "letters": b'["' + "\N{PILE OF POO}".encode() + b"a" * (MEGABYTE - 16) + b'"]',
    "escapes": b'["' + rb"\ud83d\udca9" * (MEGABYTE // 12 - 1) + b'"]',
    "digits": b"[" + b",".join([b"9" * 4000] * 250) + b"0]",
    "names": json.dumps({f"n{number}": number for number in range(9000)}).encode(),
}
BODIES = [
    *(
        (path, b'{"username":%b,"password":"a"}' % bomb, JSON)
        for bomb in BOMBS.values()
        for path in ("token", "login/", "/allauth/app/v1/auth/login")
    ),
    *(
        (path, b'{"name":"a","config":%b,"notes":%b}' % (bomb, bomb[:500_000]), JSON)
        for bomb in BOMBS.values()
        for path in ("day/", "weight-config/", "workoutsession/", "userprofile/", "exercise-submission/")
    ),
    *(
        (
            "upload-powersync-data",
            b'{"table":"manager_workoutsession","data":{"id":"x","notes":%b}}'
            % (bomb if name not in ("letters", "escapes") else b'["' + bomb[2:-2] * 4 + b'"]'),
            JSON,
        )
        for name, bomb in BOMBS.items()
    ),
    ("check-language/", b'{"language_code":"en","input":"' + "\N{PILE OF POO}".encode() * 200_000 + b'"}', JSON),
    ("token", b"[" + b"[]," * 35 * MEGABYTE, JSON),
    ("token", b"a&" * (MEGABYTE // 2), FORM),
    ("token", b"a=%F0%9F%92%A9&" * 60_000, FORM),
    ("token", b"a&" * 40 * MEGABYTE, FORM),
    ("weightentry/", part("a", b"1") * 900 + END, PARTS),
    ("weightentry/", part("a", b"", more="X: " + "y" * 900 + "\r\n") * 900 + END, PARTS),
    ("gallery/", part("a", b"1" * 250_000) * 49 + END, PARTS),
    ("gallery/", part("image", b"1" * MEGABYTE, "a.png") * 45 + END, PARTS),
    ("gallery/", part("image", b"1" * 500_000, "a.png") * 49 + END, PARTS),
    ("gallery/", b'--b\r\nContent-Disposition: form-data; name="' + b"a" * 50 * MEGABYTE, PARTS),
    ("gallery/", b"\r\n" * 50 * MEGABYTE, PARTS),
]
ENDLESS = [
    ("token", b'[[],[],"a",{}],' * 4096, JSON),
    ("token", b"a=1&" * 16384, FORM),
    ("token", b"--b\r\n" * 13107, PARTS),
    ("gallery/", part("a", b"1" * 60_000), PARTS),
]


def run(port: int, calls: list[tuple]) -> list:
    """Make calls from as many threads as the server has; returns the statuses."""
    left, found = list(calls) * TIMES, []

    def work():
        while left:
            with suppress(IndexError):
                found.append(ask(port, *left.pop()))

    threads = [threading.Thread(target=work) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


READ = tuple(
    (
        "exercise/ exerciseinfo/ exerciseinfo/?name__search=bench ingredient/ ingredient/?name__search=bannana "
        "ingredientinfo/ workoutlog/ weightentry/ nutritionplaninfo/ userprofile/ routine/ measurement/"
    ).split()
)


def test_a_worker_that_is_read_from_is_small(fresh_worker):
    port, process = fresh_worker
    assert run(port, [("GET", path) for path in READ] * 10) == [200] * len(READ) * 10 * TIMES
    assert largest(process, "VmRSS") < USUAL


def test_bodies(worker):
    port, process = worker
    before = largest(process)
    methods = {"upload-powersync-data": "PUT", "userprofile/": "POST"}
    found = run(port, [(methods.get(path, "POST"), path, body, kind) for path, body, kind in BODIES])
    assert {status for status in found if status is not None} <= {200, 201, 400, 401, 403, 413}, found
    assert largest(process) < MOST, (before, largest(process))


def test_bodies_without_a_length(worker):
    port, process = worker
    found = run(port, [("POST", path, chunks(piece, 130), kind) for path, piece, kind in ENDLESS])
    assert {status for status in found if status is not None} <= {413}, found
    assert largest(process) < MOST


def test_heads(worker):
    port, process = worker
    long = ",".join(map(str, range(3000)))
    for path in (f"muscle/?id__in={long}", f"exercise/?ordering={long}", f"ingredient/?name__search={long}"):
        assert ask(port, "GET", path[:8000]) in (200, 400, 414)
    headers = {"Cookie": "a" * 8000, "Accept": "text/html;a=b," * 500}
    assert ask(port, "GET", "muscle/", more=headers) in (200, 400)
    assert ask(port, "GET", "muscle/?" + "a" * 20_000) in (400, 414)
    assert largest(process) < MOST


def picture(kind: str, side: int, **options) -> bytes:
    """Return a picture that is a small file and a large picture."""
    made = io.BytesIO()
    Image.new("RGB", (side, side), "orange").save(made, kind, **options)
    return made.getvalue()


def test_pictures(worker):
    port, process = worker
    pictures = {
        "a.webp": picture("WEBP", 4500, method=0),
        "b.jpg": picture("JPEG", 6000, progressive=True),
        "c.png": picture("PNG", 4500, compress_level=1),
        "d.jpg": picture("JPEG", 6000) + bytes(10 * MEGABYTE),
    }
    calls = [
        ("POST", "gallery/", part("date", b"2024-05-01") + part("image", content, name) + END, PARTS)
        for name, content in pictures.items()
    ]
    assert run(port, calls) == [201] * len(calls) * TIMES
    assert largest(process) < MOST


LISTS = ("slot/", "workoutsession/", "ingredientinfo/", "exerciseinfo/")


def test_lists_of_large_rows(worker):
    port, process = worker
    for name in LISTS:
        assert run(port, [("GET", f"{name}?limit=999")] * THREADS) == [200] * THREADS * TIMES
        assert largest(process) < MOST, name


def test_pages_of_large_rows(worker):
    port, process = worker
    for name in LISTS:
        found = run(port, [("GET", f"{name}?limit=999", None, JSON, 600, {"Accept": "text/html"})] * 2)
        assert found == [200] * 2 * TIMES
        assert largest(process) < MOST, name


def test_a_routine_of_large_rows(worker, held):
    port, process = worker
    for path in ("structure/", "date-sequence-display/", "logs/", "stats/"):
        assert ask(port, "GET", f"routine/{held[1]}/{path}") in (200, 400)
        assert largest(process) < MOST, path
