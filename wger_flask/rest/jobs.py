"""What is done again and again beside requests, as subjects and plugins declare it; :mod:`wger_flask.jobs` does it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Job:
    """``run()`` is called once every so often by one process of all hosts, without a request and a transaction."""

    name: str
    every: timedelta
    run: Callable[[], object]
