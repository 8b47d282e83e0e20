"""What is measured: most of it is answered by the yardstick too, with the same bytes."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.bench.dataset import ask, token_of
from tests.bench.load import Request


@dataclass(frozen=True, slots=True)
class Case:
    """A request to ``path``; ``as_user`` sends the permanent token of that user.

    ``body`` makes it a POST of what it returns for a database.  ``alone`` marks what has no
    yardstick: nobody writes a second one of it by hand.
    """

    name: str
    path: str
    as_user: str = ""
    body: Callable[[Path], dict] | None = None
    alone: bool = False

    def request(self, database: Path) -> Request:
        """Return what is sent."""
        headers = {"Authorization": f"Token {token_of(database, self.as_user)}"} if self.as_user else {}
        return Request(self.path, headers, json.dumps(self.body(database)).encode() if self.body else None)


def another_set(database: Path) -> dict:
    """Return a log as an app sends it: the session is the server's to find, and there is one."""
    [(routine, entry, exercise, start)] = ask(
        database,
        """SELECT l.routine_id, l.slot_entry_id, l.exercise_id, s.datetime_start FROM manager_workoutlog l
           JOIN manager_workoutsession s ON s.id = l.session_id JOIN auth_user u ON u.id = l.user_id
           WHERE u.username = 'grace' AND s.routine_id = l.routine_id AND s.day_id IS NOT NULL
           ORDER BY s.datetime_start, l.id LIMIT 1""",
    )
    return {
        "routine": routine,
        "slot_entry": entry,
        "exercise": exercise,
        "iteration": 1,
        "date": f"{start}+00:00",
        "repetitions": 8,
        "repetitions_target": 8,
        "weight": "42.50",
        "weight_target": "42.50",
        "rir": "2.0",
        "rest": 90,
    }


def another_weight(database: Path) -> dict:
    """Return a weight as a client sends it, in the unit of the profile."""
    return {"date": "2026-11-20T07:30:00+00:00", "weight": "81.40"}


CASES = (
    Case("exercise list", "/api/v2/exercise/"),
    Case("exercise detail", "/api/v2/exercise/17/"),
    Case("exercise list of a category", "/api/v2/exercise/?category=10"),
    Case("exerciseinfo list", "/api/v2/exerciseinfo/"),
    Case("a user's weights", "/api/v2/weightentry/", as_user="grace"),
    Case("a user's logs", "/api/v2/workoutlog/", as_user="user0013"),
    Case("a new log", "/api/v2/workoutlog/", as_user="grace", body=another_set),
    Case("a new weight", "/api/v2/weightentry/", as_user="user0013", body=another_weight),
    Case("ingredient list", "/api/v2/ingredient/"),
    Case("ingredient list at offset 90000", "/api/v2/ingredient/?offset=90000"),
    Case("ingredientinfo list", "/api/v2/ingredientinfo/"),
    Case("a user's nutritionplaninfo", "/api/v2/nutritionplaninfo/", as_user="user0028"),
    Case("ingredient search: a word", "/api/v2/ingredient/?name__search=banana", alone=True),
    Case("ingredient search: two words", "/api/v2/ingredient/?name__search=oat+milk", alone=True),
    Case("ingredient search: mistyped", "/api/v2/ingredient/?name__search=bannana", alone=True),
    Case("exerciseinfo search: a word", "/api/v2/exerciseinfo/?name__search=bench&language__code=en", alone=True),
    Case("exerciseinfo search: mistyped", "/api/v2/exerciseinfo/?name__search=deadlfit", alone=True),
)
