"""Runs that are cut off at any moment, and gone on with."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter

import pytest

from tests.conftest import ROOT, SHARED
from tests.media import samples
from tests.pull.made import picture
from tests.pull.sources import TOKEN, older_source, oldest_source, serving
from wger_flask.storage.database import database

pytestmark = pytest.mark.skipif(
    not (SHARED / "conformance" / "suites").is_dir(), reason="without ../shared: what older releases answered"
)
ROUNDS = int(os.environ.get("FAULT_ROUNDS", "1"))


class Killed(BaseException):
    """What ends a run in the middle of whatever it does."""


@pytest.fixture
def killed_at():
    """Return a function that lets the n-th statement from now on be the last; ``killed_at(None)`` lets all be."""
    left: list[int] = []

    def count(event):
        if left:
            left[0] -= 1
            if left[0] == 0:
                left.clear()
                raise Killed

    def killed_at(number):
        left[:] = [number] if number else []

    database.obj.query_hooks.append(count)
    yield killed_at
    database.obj.query_hooks.remove(count)


def numbers(everything):
    return {table: len(rows) for table, rows in everything().items()}


@pytest.mark.parametrize("make", [older_source, oldest_source], ids=["2.7.0a2", "2.5"])
def test_nothing_is_half_written_and_nothing_comes_twice(make, run, everything, killed_at):
    """Cut off after every so many statements, until it is through; what is there is what one run brings."""
    with serving(make()) as source:
        source.lists["exerciseinfo"][0]["images"] = [picture(source, 3, samples.picture())]
        step, runs = 900 // ROUNDS + 37, 0
        while True:
            runs += 1
            killed_at(step * (1 + runs // 8))
            try:
                report = run(source, user="linus")
            except Killed:
                continue
            break
        killed_at(None)
        assert runs > 3 and report.left_out == []
        before = numbers(everything)
        again = run(source, user="linus")
        assert not {"new", "changed"} & set().union(*again.counts.values())
        assert numbers(everything) == before
    exercises = {row["uuid"] for row in source.lists["exerciseinfo"]}
    texts = Counter(text["uuid"] for row in source.lists["exerciseinfo"] for text in row["translations"])
    own = database.obj.execute_sql("SELECT count(*) FROM manager_workoutlog").fetchone()[0]
    assert own == len(source.own["workoutlog"]) and len(exercises) == 60 and max(texts.values()) == 1


def test_a_process_that_is_killed_goes_on_where_it_was(template, tmp_path):
    """By a real ``kill -9``, at some request of the first run."""
    held = template.copy(tmp_path)
    env = dict(
        os.environ,
        WGER_DATABASE_URL=held.url,
        WGER_INSTANCE_PATH=str(tmp_path),
        WGER_PROFILE="testing",
        PULL_TOKEN=TOKEN,
    )
    command = [sys.executable, "-m", "wger_flask", "pull", "--user", "linus", "--pause", "0"]
    with serving(older_source()) as source:
        for at in (*(13 + 7 * number for number in range(ROUNDS)), 0):
            child: list[subprocess.Popen] = []

            def kill(source, path, headers, at=at, child=child):
                if at and len(source.asked) == at:
                    os.kill(child[0].pid, signal.SIGKILL)

            source.hook = kill
            source.asked.clear()
            child.append(
                subprocess.Popen(
                    [*command, source.base],
                    cwd=ROOT,
                    env=env,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    text=True,
                )
            )
            told, wrong = child[0].communicate(timeout=600)
            assert child[0].returncode == (-signal.SIGKILL if at else 0), wrong
    assert "Left out" not in told and "workoutlog: " in told
    held.drop()
