"""Give an imported database its trophies, which every wger has and not every dump.

A wger makes its trophies itself, together with their table; one from before there were any, or
a dump of chosen applications, comes without them.  They are those that ship, under the same
numbers and UUIDs.  Only their descriptions are put in the words that the people of an imported
server, and what their apps remember, know them by: recorded answers of such servers are compared.
"""

from __future__ import annotations

from collections.abc import Callable

from ..storage.model import Model
from .shipped import shipped_rows

LABEL = "trophies.trophy"


def add_missing_trophies(models: dict[str, type[Model]]) -> int:
    """Add the trophies to a database without any, and return their number; ``models`` are those there are, by label."""
    model = models.get(LABEL)
    if model is None or model.select().exists():
        return 0
    rows = [{"id": row["pk"], **row["fields"]} for row in shipped_rows(LABEL)]
    for row in rows:
        row["description"] = _KNOWN[row["checker_class"]](row["checker_params"])
    model.insert_many(rows).execute()
    return len(rows)


def _clock(params: dict) -> str:
    when, hours = next((word, int(params[word][:2])) for word in ("before", "after") if word in params)
    return f"Complete a workout {when} {hours % 12 or 12}:00 {'AM' if hours < 12 else 'PM'}"


_KNOWN: dict[str, Callable[[dict], str]] = {
    "workout_count_based": lambda params: (
        "Complete your first workout" if params["count"] == 1 else f"Complete {params['count']} workouts"
    ),
    "streak": lambda params: f"Maintain a {params['days']}-day workout streak",
    "weekend_warrior": lambda params: f"Work out on Saturday and Sunday for {params['weekends']} consecutive weekends",
    "volume": lambda params: f"Lift a cumulative total of {params['kg']:,} kg".replace(",", "."),
    "time_based": _clock,
    "date_based": lambda params: "Work out on January 1st",
    "inactivity_return": (lambda params: f"Return to training after being inactive for {params['inactive_days']} days"),
    "personal_record": lambda params: "Achieve a new Personal Record on any exercise",
}
