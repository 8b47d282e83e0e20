"""How records become rows: a module a kind of record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..records import BodyMeasurement, FoodDiaryEntry, WorkoutSet
from . import body, diary, training
from .plan import Person, Plan

MakePlan = Callable[..., Plan]
Resolve = Callable[[Person, str], str | None]

STORES: dict[type[Any], MakePlan] = {WorkoutSet: training.plan, BodyMeasurement: body.plan, FoodDiaryEntry: diary.plan}
"""What plans an import of records, by their class: ``plan(person, records, choices, searches)``."""

_RESOLVES: dict[str, Resolve] = {training.KIND: training.resolve, diary.KIND: diary.resolve}


def resolve(person: Person, kind: str, text: str) -> str | None:
    """Return the key, as text, of the row that ``text`` names or is the key of; None where there is none."""
    return _RESOLVES[kind](person, text)
