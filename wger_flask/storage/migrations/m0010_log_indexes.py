"""Index what the logs of a user are narrowed by: to count those of a routine, all that the user has were read."""

from __future__ import annotations

from .. import alter
from ..dialects.base import Database

INDEXES: dict[str, dict[str, tuple[str, ...]]] = {
    "manager_workoutlog": {
        "wger_flask_log_routines": ("user_id", "routine_id", "date"),
        "wger_flask_log_sessions": ("user_id", "session_id", "date"),
    },
}


def apply(database: Database) -> None:
    """Add the indexes to tables of every age; those of a wger are not in its way, and nothing depends on them."""
    alter.add_indexes(INDEXES)
