"""Training to be counted, and what was counted."""

from __future__ import annotations

import itertools
from decimal import Decimal

import pytest

from wger_flask.auth.models import User
from wger_flask.domain.exercises.models import Exercise
from wger_flask.domain.routines.models import WorkoutLog, WorkoutSession
from wger_flask.domain.trophies.models import Trophy, UserStatistics, UserTrophy
from wger_flask.domain.trophies.statistics import figures

_numbers = itertools.count(1)


class Athlete:
    """Somebody new who trains."""

    def __init__(self):
        self.row = User.create(username=f"athlete{next(_numbers)}", password="!")

    def session(self, date, time_start=None, **values) -> WorkoutSession:
        return WorkoutSession.create(user=self.row, date=date, time_start=time_start, **values)

    def log(self, weight=100, repetitions=5, exercise=None, **values) -> WorkoutLog:
        exercise = exercise or Exercise.select().order_by(Exercise.id).first()
        weight, repetitions = (None if x is None else Decimal(x) for x in (weight, repetitions))
        return WorkoutLog.create(user=self.row, exercise=exercise, weight=weight, repetitions=repetitions, **values)

    @property
    def figures(self):
        return figures(UserStatistics.get(UserStatistics.user == self.row))

    @property
    def trophies(self) -> list[str]:
        """Names of what was earned, in order."""
        awards = UserTrophy.select(Trophy.name).join(Trophy).where(UserTrophy.user == self.row)
        return [name for (name,) in awards.order_by(UserTrophy.id).tuples()]

    @property
    def records(self) -> list[dict]:
        """What the personal records were earned with, in order."""
        records = UserTrophy.select().where(UserTrophy.user == self.row, UserTrophy.context_data.is_null(False))
        return [row.context_data for row in records.order_by(UserTrophy.id)]


@pytest.fixture
def athlete(app):
    return Athlete()
