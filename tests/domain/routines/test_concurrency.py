"""Many clients that log at once, against two real workers: one session, every log, no mistake."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import threading
from collections import Counter
from contextlib import contextmanager
from datetime import date

import pytest

from tests.conftest import ROOT, key_of
from tests.serving.running import sent_until_taken
from wger_flask.auth.models import User
from wger_flask.domain.exercises.models import Exercise
from wger_flask.domain.routines.models import Routine, WorkoutLog, WorkoutSession
from wger_flask.storage.database import database, open_database, transaction

CLIENTS, LOGS = 20, 5


@contextmanager
def served(url: str, folder):
    """Serve the database with two workers; yields the port, on which clients may wait for the start."""
    env = dict(
        os.environ,
        WGER_DATABASE_URL=url,
        WGER_INSTANCE_PATH=str(folder),
        WGER_RATELIMIT_ENABLED="0",
        WGER_PLUGINS="none",
        TIME_ZONE="Europe/Berlin",
    )
    with socket.create_server(("127.0.0.1", 0), backlog=CLIENTS) as listening:
        command = [sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", f"fd://{listening.fileno()}"]
        command += ["--workers", "2", "--threads", "4", "--worker-class", "gthread", "--log-level", "error"]
        command += ["--keep-alive", "3600"]  # however long a client is kept from going on
        process = subprocess.Popen(command, cwd=ROOT, env=env, pass_fds=[listening.fileno()])
        try:
            yield listening.getsockname()[1]
        finally:
            process.terminate()
            process.wait(600)


def send(port: int, requests: list[tuple], start: threading.Barrier, answers: list[tuple[str, int]]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    headers = {"Authorization": f"Token {key_of('grace')}", "Content-Type": "application/json"}
    start.wait()
    for method, path, body in requests:
        answer, _ = sent_until_taken(connection, method, path, body, headers)
        answers.append((f"{method} {path.split('/')[0]}", answer.status))
    connection.close()


def at_once(url: str, folder, clients: list[list[tuple]]) -> Counter:
    """Let every client send its requests at the same time as the others; returns how often each answer came."""
    database.obj.close()
    answers: list[tuple[str, int]] = []
    with served(url, folder) as port:
        start = threading.Barrier(len(clients))
        threads = [threading.Thread(target=send, args=(port, requests, start, answers)) for requests in clients]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return Counter(answers)


@pytest.fixture
def url(template, tmp_path):
    """The address of a database of the test's own."""
    copy = template.copy(tmp_path)
    open_database(copy.url)
    yield copy.url
    database.obj.close()
    copy.drop()


@pytest.fixture
def log(url):
    """What is posted as a log of grace, of no routine."""
    return {"exercise": Exercise.select().first().id, "repetitions": 8, "weight": 60, "date": "2024-05-01T10:00:00Z"}


@pytest.fixture
def routine(url) -> int:
    """The key of a routine of grace."""
    grace = User.get(User.username == "grace")
    with transaction():
        return Routine.create(user=grace, start=date(2024, 5, 1), end=date(2024, 5, 2)).id


@pytest.mark.parametrize("in_routine", [True, False])
def test_twenty_clients_make_one_session_and_lose_no_log(url, tmp_path, log, routine, in_routine):
    body = {**log, "routine": routine if in_routine else None}
    answers = at_once(url, tmp_path, [[("POST", "workoutlog/", body)] * LOGS] * CLIENTS)
    assert answers == {("POST workoutlog", 201): CLIENTS * LOGS}
    assert WorkoutLog.select().count() == CLIENTS * LOGS
    assert [session.routine_id for session in WorkoutSession.select()] == [body["routine"]]
    assert WorkoutLog.select(WorkoutLog.session).distinct().count() == 1


def test_sessions_posted_meanwhile_lose_no_log_either(url, tmp_path, log, routine):
    days = [f"2024-05-{number:02d}T10:00:00Z" for number in range(1, LOGS + 1)]
    logs = [("POST", "workoutlog/", {**log, "routine": routine, "date": day}) for day in days]
    sessions = [("POST", "workoutsession/", {"routine": routine, "datetime_start": day}) for day in days]
    answers = at_once(url, tmp_path, [logs, sessions] * (CLIENTS // 2))
    assert answers == {("POST workoutlog", 201): LOGS * CLIENTS // 2, ("POST workoutsession", 201): LOGS * CLIENTS // 2}
    begun = {log.session.datetime_start for log in WorkoutLog.select(WorkoutLog, WorkoutSession).join(WorkoutSession)}
    assert len(begun) == LOGS and WorkoutLog.select().count() == LOGS * CLIENTS // 2
    made = WorkoutSession.select().count() - LOGS * CLIENTS // 2
    assert 0 <= made <= LOGS, "at most one a day for logs that came first"


def test_sessions_deleted_meanwhile_hold_nobody_up(url, tmp_path, log, routine):
    session = {
        "id": "11111111-2222-4333-8444-000000000011",
        "routine": routine,
        "datetime_start": "2024-05-01T10:00:00Z",
    }
    logs = [("POST", "workoutlog/", {**log, "routine": routine})] * LOGS
    deletions = [("POST", "workoutsession/", session), ("DELETE", f"workoutsession/{session['id']}/", None)] * LOGS
    answers = at_once(url, tmp_path, [logs, deletions] * (CLIENTS // 2))
    assert answers.pop(("POST workoutlog", 201)) == LOGS * CLIENTS // 2
    assert {status for _, status in answers} <= {201, 204, 400, 404}
    assert WorkoutLog.select().where(WorkoutLog.session.not_in(WorkoutSession.select(WorkoutSession.id))).count() == 0
