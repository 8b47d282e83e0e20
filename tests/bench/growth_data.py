"""Databases of a chosen size, made of the benchmark's: so many foods, so many logs of a user."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import uuid
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from tests.bench.servers import ROOT, environment

USER = "grace"
A_ROUTINE = 1000
"""How many logs a routine has."""

_A_SESSION = 25  # logs
_LONGEST = timedelta(days=119)  # of a routine


def with_foods(database: Path, number: int) -> Path:
    """Leave the first ``number`` foods, or add more under their names; returns the database."""
    with closing(sqlite3.connect(database)) as held, held:
        names = [row[1] for row in held.execute("PRAGMA table_info(nutrition_ingredient)")]
        held.execute("DELETE FROM nutrition_ingredient WHERE id > ?", (number,))
        [(there,)] = held.execute("SELECT max(id) FROM nutrition_ingredient")
        changed = {"id": "id + ?1", "uuid": "lower(hex(randomblob(16)))", "name": "name || ' ' || (?1 / 1000)"}
        columns = ", ".join(names)
        values = ", ".join(changed.get(name, name) for name in names)
        for added in range(there, number, there):
            held.execute(
                f"INSERT INTO nutrition_ingredient ({columns}) "
                f"SELECT {values} FROM nutrition_ingredient WHERE id <= ?2",
                (added, min(there, number - added)),
            )
    _refresh(database)
    return database


def with_logs(database: Path, number: int, together: int) -> tuple[Path, int]:
    """Give the user ``number`` logs in all, 25 a session and ``together`` a routine, and as many measurements.

    Sessions are two days apart, less where a routine would have no room for them.  Returns the database and the last of
    the routines.
    """
    chance = random.Random(number)
    apart = min(timedelta(days=2), _LONGEST * _A_SESSION / together)
    with closing(sqlite3.connect(database)) as held, held:
        [(user,)] = held.execute("SELECT id FROM auth_user WHERE username = ?", (USER,))
        exercises = [key for (key,) in held.execute("SELECT id FROM exercises_exercise ORDER BY id LIMIT 60")]
        held.execute("DELETE FROM manager_workoutlog WHERE user_id = ?", (user,))
        start, routine = datetime(2000, 1, 3, 17), 0
        for log in range(number):
            if log % together == 0:
                routine = _add(
                    held,
                    "manager_routine",
                    {
                        "user_id": user,
                        "name": "Grown",
                        "description": "",
                        "created": str(start),
                        "start": str(start.date()),
                        "end": str(start.date() + _LONGEST),
                        "is_template": 0,
                        "is_public": 0,
                        "fit_in_week": 0,
                    },
                )
            if log % _A_SESSION == 0:
                session, start = uuid.uuid4().hex, start + apart
                _add(
                    held,
                    "manager_workoutsession",
                    {
                        "id": session,
                        "user_id": user,
                        "routine_id": routine,
                        "notes": "",
                        "impression": "2",
                        "datetime_start": str(start),
                        "datetime_end": str(start + timedelta(hours=1)),
                    },
                )
            _add(
                held,
                "manager_workoutlog",
                {
                    "id": uuid.uuid4().hex,
                    "date": str(start + timedelta(minutes=2 * (log % _A_SESSION))),
                    "user_id": user,
                    "session_id": session,
                    "exercise_id": chance.choice(exercises),
                    "routine_id": routine,
                    "iteration": 1 + log % together * 10 // together,
                    "repetitions_unit_id": 1,
                    "weight_unit_id": 1,
                    "repetitions": chance.randint(4, 12),
                    "weight": chance.randint(20, 120),
                },
            )
        _add_measurements(held, user, number, chance)
    _refresh(database)
    return database, routine


def _add_measurements(held: sqlite3.Connection, user: int, number: int, chance: random.Random) -> None:
    """Give the user as many measurements of eleven years in a category, half of them with bounds."""
    category, start = uuid.uuid4().hex, datetime(2015, 1, 1)
    _add(
        held,
        "measurements_category",
        {
            "id": category,
            "user_id": user,
            "name": "Grown",
            "unit": "bpm",
            "metric_type": "custom",
            "chart_config": "{}",
            "order": 0,
            "is_official": 0,
            "dynamic_type": "NONE",
            "dynamic_params": "{}",
        },
    )
    for entry in range(number):
        bounds = f'{{"min": {chance.randint(40, 60)}, "max": {chance.randint(100, 140)}}}' if entry % 2 else "{}"
        _add(
            held,
            "measurements_measurement",
            {
                "id": uuid.uuid4().hex,
                "category_id": category,
                "value": chance.randint(50, 180),
                "notes": "",
                "date": str(start + timedelta(minutes=int(entry * 11 * 365 * 24 * 60 / number))),
                "source": "user",
                "extra_data": bounds,
            },
        )


def _add(held: sqlite3.Connection, table: str, row: dict[str, object]) -> int:
    names = ", ".join(f'"{name}"' for name in row)
    query = f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(row))})"
    return held.execute(query, tuple(row.values())).lastrowid or 0


def _refresh(database: Path) -> None:
    """Bring the copies of names up to date, as after any import."""
    command = [sys.executable, "-m", "wger_flask", "migrate"]
    subprocess.run(command, env=environment(database), cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
