"""Index what lists are ordered and narrowed by, so that the first page of a long one is cheap too."""

from __future__ import annotations

from .. import alter
from ..dialects.base import Database

INDEXES: dict[str, dict[str, tuple[str, ...]]] = {
    "measurements_measurement": {"wger_flask_measurement_values": ("category_id", "value", "date")},
    "manager_workoutlog": {
        "wger_flask_log_dates": ("user_id", "date"),
        "wger_flask_log_exercises": ("user_id", "exercise_id", "date"),
    },
    "manager_workoutsession": {"wger_flask_session_starts": ("user_id", "datetime_start")},
    "manager_routine": {"wger_flask_routine_public": ("is_public",)},
    "nutrition_logitem": {"wger_flask_diary_moments": ("plan_id", "-datetime")},
    "exercises_exerciseimage": {"wger_flask_image_main": ("-is_main", "id")},
    "exercises_exercisevideo": {"wger_flask_video_main": ("-is_main", "id")},
}


def apply(database: Database) -> None:
    """Add the indexes to tables of every age; those of a wger are not in its way, and nothing depends on them."""
    alter.add_indexes(INDEXES)
