"""Say which rows of a user's are copied, in which order, and what is special about them.

Columns have the names that they have on the wire, so that a part is the name of its list and its model; what earlier
releases say otherwise is put in today's words by :attr:`Part.adapt`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from ..domain.measurements.models import Category, Measurement
from ..domain.nutrition.models import LogItem, Meal, MealItem, NutritionPlan
from ..domain.routines import models as training
from ..storage.model import Model, columns_of, key_of
from .values import NotTaken

Adapt = Callable[[dict[str, Any], tzinfo], dict[str, Any]]


@dataclass(frozen=True)
class Part:
    """A list of a user's rows.

    ``later`` are references to rows of the same list, which are set once all of them are here; ``skipped`` are columns
    that the server keeps itself, ``only`` those that there are on the wire, where these are few.
    """

    path: str
    model: type[Model]
    later: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    adapt: Adapt | None = None

    @property
    def is_owned(self) -> bool:
        """Whether its rows name their user themselves."""
        return "user" in columns_of(self.model)

    @property
    def names(self) -> tuple[str, ...]:
        """The columns that are copied as they are."""
        others = {key_of(self.model).name, "user", *self.later, *self.skipped}
        return self.only or tuple(name for name in columns_of(self.model) if name not in others)


def session_in_todays_words(given: dict[str, Any], zone: tzinfo) -> dict[str, Any]:
    """Return a session with its moments; before 2.7.0 it had a date and two times of day, on its owner's calendar.

    One without times begins at midnight; an end before the start is on the next day.
    """
    if "datetime_start" in given or "date" not in given:
        return given
    try:
        day = date.fromisoformat(given["date"])
        begun, ended = (_time(given.get(name)) for name in ("time_start", "time_end"))
        start, end = datetime.combine(day, begun or time(), zone), None
        if ended is not None:
            end = datetime.combine(day + timedelta(days=ended < (begun or time())), ended, zone)
        moments = {"datetime_start": _spelled(start), "datetime_end": end and _spelled(end)}
    except (ValueError, TypeError, OverflowError) as wrong:
        raise NotTaken(f"date: {wrong}") from None
    return {**given, **moments}


def has_no_times(given: Mapping[str, Any]) -> bool:
    """Tell whether a session of an earlier release says no more than its day."""
    return "datetime_start" not in given and not given.get("time_start") and not given.get("time_end")


def _time(said: Any) -> time | None:
    return time.fromisoformat(said).replace(tzinfo=None) if said else None


def _spelled(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


CATEGORIES = Part(
    "measurement-category", Category, later=("parent",), skipped=("is_official", "dynamic_type", "dynamic_params")
)
MEASUREMENTS = Part("measurement", Measurement)
WEIGHTS = Part("weightentry", Measurement, only=("date",))
ROUTINES = Part("routine", training.Routine)
SESSIONS = Part("workoutsession", training.WorkoutSession, adapt=session_in_todays_words)
LOGS = Part("workoutlog", training.WorkoutLog, later=("next_log",))
_CONFIGS = {
    "weight": training.WeightConfig, "max-weight": training.MaxWeightConfig,
    "repetitions": training.RepetitionsConfig, "max-repetitions": training.MaxRepetitionsConfig,
    "sets": training.SetsConfig, "max-sets": training.MaxSetsConfig,
    "rest": training.RestConfig, "max-rest": training.MaxRestConfig,
    "rir": training.RiRConfig, "max-rir": training.MaxRiRConfig,
}  # fmt: skip
TRAINING = (
    ROUTINES, Part("day", training.Day), Part("slot", training.Slot), Part("slot-entry", training.SlotEntry),
    *(Part(f"{name}-config", model) for name, model in _CONFIGS.items()), SESSIONS, LOGS,
)  # fmt: skip
NUTRITION = (
    Part("nutritionplan", NutritionPlan),
    Part("meal", Meal),
    Part("mealitem", MealItem),
    Part("nutritiondiary", LogItem),
)
