"""Look into the application from the benchmark's own process: statements a request, CPU time."""

from __future__ import annotations

import statistics
import time
from datetime import date, timedelta
from pathlib import Path

from flask.testing import FlaskClient

from tests.bench.dataset import ask, token_of
from tests.bench.load import Request
from tests.bench.servers import settings
from wger_flask.app import create_app
from wger_flask.domain.routines import models
from wger_flask.storage.database import database, transaction

_SQL = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")
_USER = "grace"


class Inside:
    """The application on a database of its own."""

    def __init__(self, path: Path):
        self._path = path
        self._client: FlaskClient = create_app(**settings(path)).test_client()

    def _send(self, request: Request, extra: str = "") -> None:
        path = f"{request.path}{'&' if '?' in request.path else '?'}{extra}" if extra else request.path
        answer = self._client.open(
            path, method=request.method, headers=request.all_headers, data=request.body, buffered=True
        )
        if answer.status_code not in (200, 201):
            raise SystemExit(f"{path}: {answer.status_code} {answer.text[:600]}")

    def statements(self, request: Request, extra: str = "") -> int:
        """Return how many statements a request sends to the database, once counts are remembered."""
        self._send(request, extra)
        seen: list[str] = []
        held = database.obj.connection()
        held.set_trace_callback(seen.append)
        try:
            self._send(request, extra)
        finally:
            held.set_trace_callback(None)
        return sum(statement.startswith(_SQL) for statement in seen)

    def statements_told(self, request: Request) -> str:
        """Return :meth:`statements`, and what they are for a page of 100 rows where that is not the same."""
        usual = self.statements(request)
        if request.body is not None:
            return str(usual)
        large = self.statements(request, "limit=100")
        return str(usual) if usual == large else f"{usual}, {large} of 100 rows"

    def sequence_milliseconds(self, rounds: int = 7) -> float:
        """Return the CPU time of the first ``date-sequence-gym`` of a large routine, in ms."""
        headers = {"Authorization": f"Token {token_of(self._path, _USER)}"}
        [(user,)] = ask(self._path, "SELECT id FROM auth_user WHERE username = ?", _USER)
        exercises = [key for (key,) in ask(self._path, "SELECT id FROM exercises_exercise ORDER BY id LIMIT 48")]
        path = "/api/v2/routine/{}/date-sequence-gym/"
        self._send(Request(path.format(large_routine(user, exercises[:8], days=1)), headers))
        found = []
        for _ in range(rounds):
            request = Request(path.format(large_routine(user, exercises, days=6)), headers)
            started = time.process_time()
            self._send(request)
            found.append((time.process_time() - started) * 1000)
        return statistics.median(found)


def large_routine(user: int, exercises: list[int], days: int) -> int:
    """Store a routine of 120 days, and return its key.

    Each of its ``days`` has eight exercises, which progress: more weight every time, more
    repetitions and more sets later on, with rests and repetitions in reserve.
    """
    start = date(2025, 1, 6)
    with transaction():
        routine = models.Routine.create(user=user, name="Half a year", start=start, end=start + timedelta(days=119))
        for order in range(days):
            day = models.Day.create(routine=routine, order=order + 1, name=f"Day {order + 1}")
            for place, exercise in enumerate(exercises[order * 8 : order * 8 + 8], 1):
                slot = models.Slot.create(day=day, order=place)
                _progressing(models.SlotEntry.create(slot=slot, exercise=exercise, weight_rounding="1.25"))
    return routine.id


def _progressing(entry: models.SlotEntry) -> None:
    for model, iteration, value, operation, step, repeat in (
        (models.WeightConfig, 1, 40, "r", "na", False),
        (models.WeightConfig, 2, "1.25", "+", "abs", True),
        (models.WeightConfig, 8, 10, "-", "percent", False),
        (models.RepetitionsConfig, 1, 8, "r", "na", False),
        (models.RepetitionsConfig, 3, 1, "+", "abs", True),
        (models.RepetitionsConfig, 6, 6, "r", "na", False),
        (models.MaxRepetitionsConfig, 1, 12, "r", "na", False),
        (models.SetsConfig, 1, 3, "r", "na", False),
        (models.SetsConfig, 5, 1, "+", "abs", False),
        (models.RestConfig, 1, 90, "r", "na", False),
        (models.RiRConfig, 1, 2, "r", "na", False),
    ):
        model.create(slot_entry=entry, iteration=iteration, value=value, operation=operation, step=step, repeat=repeat)
