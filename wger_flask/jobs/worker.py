"""Do the jobs in the background of a process that serves, where it is the one that is elected for them.

A job is done again where its process ended before it did: it must bear that.  Another process takes over once the lock
of the elected one is gone, at its next look.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable
from datetime import datetime, timedelta

from flask import Flask

from wger_flask.api import columns, transaction

from ..rest.jobs import Job
from ..storage.database import is_elected
from ..sync.background import run_periodically
from .models import JobRun

logger = logging.getLogger("wger_flask.jobs")

LOOK_SECONDS = 30.0
"""Between two looks at whether a job is due."""
STOP_SECONDS = 2.0
"""For which a process that is about to end waits for the job that is being done."""
RETRY = timedelta(minutes=10)
"""Until a job that failed is tried again, where it is not due before."""


def run_due(jobs: Iterable[Job], now: datetime | None = None) -> list[str]:
    """Do the jobs whose time has come, where this process is elected; returns their names.

    One that fails keeps no other from being done: the log tells why, and it is tried again.
    """
    done: list[str] = []
    for job in jobs:
        if not is_elected():
            break
        held = JobRun.get_or_none(JobRun.name == job.name)
        if held is not None and _waits(job, held.due, now or columns.now()):
            continue
        try:
            job.run()
            error, pause = "", job.every
            done.append(job.name)
            logger.info("did the job %s", job.name)
        except Exception as wrong:
            error, pause = " ".join(f"{type(wrong).__name__}: {wrong}".split())[:200], min(RETRY, job.every)
            logger.exception("the job %s failed", job.name)
        with transaction():
            moment = now or columns.now()
            ended = moment if not error else held.ended if held is not None else None
            JobRun.delete().where(JobRun.name == job.name).execute()
            JobRun.create(name=job.name, ended=ended, error=error, due=moment + pause)
    return done


def _waits(job: Job, due: datetime, now: datetime) -> bool:
    """Tell whether a job is due later; one that would wait for longer than its pause was noted by a clock ahead."""
    return now < due <= now + job.every + RETRY  # the clocks of hosts differ a little


class Worker:
    """The background work of one process."""

    def __init__(self, app: Flask, jobs: Iterable[Job]):
        self._app, self._jobs = app, tuple(jobs)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)

    def start(self) -> None:
        """Begin, in a thread of its own, which ends with the process."""
        self._thread.start()

    def stop(self) -> None:
        """Begin no further job; one that takes long ends with the process, and is done again."""
        self._stopped.set()
        self._thread.join(STOP_SECONDS)

    def _look(self) -> None:
        with self._app.app_context():
            run_due(self._jobs)

    def _run(self) -> None:
        if not self._stopped.wait(LOOK_SECONDS):  # a start has enough to do
            run_periodically(
                self._look, lambda: not self._stopped.is_set(), lambda: self._stopped.wait(LOOK_SECONDS), logger
            )


_worker: Worker | None = None


def start(app: Flask) -> None:
    """Do jobs in the background of this process, where the application has any."""
    global _worker
    ours = getattr(app, "extensions", {}).get("wger_flask")  # gunicorn may serve another application with our settings
    if ours is not None and ours.registry.jobs and ours.settings.WGER_JOBS:
        _worker = Worker(app, ours.registry.jobs)
        _worker.start()


def stop() -> None:
    """Begin no further job."""
    if _worker is not None:
        _worker.stop()
