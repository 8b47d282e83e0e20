"""Many clients that log at once, against two real workers: one session, every log, no mistake."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from datetime import date

import pytest

from tests.conftest import ROOT, key_of
from wger_flask.auth.models import User
from wger_flask.domain.exercises.models import Exercise
from wger_flask.domain.routines.models import Routine, WorkoutLog, WorkoutSession
from wger_flask.storage.database import database, open_database, transaction

CLIENTS, LOGS = 20, 5


@contextmanager
def served(url: str, folder):
    """Serve the database with two workers; yields the port, on which clients may wait for the start."""
    env = dict(
        os.environ, WGER_DATABASE_URL=url, WGER_INSTANCE_PATH=str(folder), WGER_RATELIMIT_ENABLED="0",
        WGER_PLUGINS="none", TIME_ZONE="Europe/Berlin",
    )  # fmt: skip
    with socket.create_server(("127.0.0.1", 0), backlog=CLIENTS) as listening:
        command = [sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", f"fd://{listening.fileno()}"]
        command += ["--workers", "2", "--threads", "4", "--worker-class", "gthread", "--log-level", "error"]
        process = subprocess.Popen(command, cwd=ROOT, env=env, pass_fds=[listening.fileno()])
        try:
            yield listening.getsockname()[1]
        finally:
            process.terminate()
            process.wait(20)


def send_logs(port: int, body: dict, start: threading.Barrier, statuses: list[int]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Authorization": f"Token {key_of('grace')}", "Content-Type": "application/json"}
    start.wait()
    for _ in range(LOGS):
        connection.request("POST", "/api/v2/workoutlog/", json.dumps(body), headers)
        answer = connection.getresponse()
        answer.read()
        statuses.append(answer.status)
    connection.close()


@pytest.fixture
def url(template, tmp_path):
    """The address of a database of the test's own."""
    copy = template.copy(tmp_path)
    open_database(copy.url)
    yield copy.url
    database.obj.close()
    copy.drop()


@pytest.mark.parametrize("in_routine", [True, False])
def test_twenty_clients_make_one_session_and_lose_no_log(url, tmp_path, in_routine):
    body = {"exercise": Exercise.select().first().id, "repetitions": 8, "weight": 60, "date": "2024-05-01T10:00:00Z"}
    if in_routine:
        grace = User.get(User.username == "grace")
        with transaction():
            body["routine"] = Routine.create(user=grace, start=date(2024, 5, 1), end=date(2024, 5, 2)).id
    database.obj.close()
    statuses: list[int] = []
    with served(url, tmp_path) as port:
        start = threading.Barrier(CLIENTS)
        threads = [threading.Thread(target=send_logs, args=(port, body, start, statuses)) for _ in range(CLIENTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert statuses == [201] * CLIENTS * LOGS
    assert WorkoutLog.select().count() == CLIENTS * LOGS
    assert WorkoutSession.select().count() == 1
