"""Chains of logs, each of which names the next."""

from __future__ import annotations

from itertools import pairwise

from wger_flask.domain.routines.models import WorkoutLog
from wger_flask.storage import columns
from wger_flask.storage.database import transaction


def test_a_long_chain_of_logs_goes_with_its_first(grace):
    first = grace.log()
    row = WorkoutLog.get(WorkoutLog.id == first["id"])
    keys = [row.id, *(columns.uuid7() for _ in range(1500))]
    with transaction():
        WorkoutLog.insert_many(
            [
                {
                    "id": key,
                    "user": row.user_id,
                    "session": row.session_id,
                    "exercise": row.exercise_id,
                    "next_log": before,
                }
                for before, key in pairwise(keys)
            ]
        ).execute()
    assert grace.client.delete(f"workoutlog/{first['id']}/").status_code == 204
    assert WorkoutLog.select().count() == 0
