"""Training to be counted, and what was counted."""

from __future__ import annotations

import datetime
import itertools
from decimal import Decimal

import pytest

from wger_flask.auth.models import User
from wger_flask.domain.exercises.models import Exercise
from wger_flask.domain.routines.models import WorkoutLog, WorkoutSession
from wger_flask.domain.trophies.models import Trophy, UserStatistics, UserTrophy
from wger_flask.domain.trophies.statistics import figures
from wger_flask.rest.timezone import server_zone

_numbers = itertools.count(1)


def span(date, time=None) -> dict:
    """Return start and end of a session on a date: open, or an hour long from a time of day on."""
    if isinstance(date, str):
        date = datetime.date.fromisoformat(date)
    start = datetime.datetime.combine(date, time or datetime.time(12), server_zone())
    return {"datetime_start": start, "datetime_end": start + datetime.timedelta(hours=1) if time else None}


class Athlete:
    """Somebody new who trains."""

    def __init__(self):
        self.row = User.create(username=f"athlete{next(_numbers)}", password="!")

    def session(self, date, time=None, **values) -> WorkoutSession:
        return WorkoutSession.create(user=self.row, **span(date, time), **values)

    def move(self, session, date=None, time=None) -> None:
        """Let a session have been on another date, or at another time."""
        began = session.datetime_start.astimezone(server_zone())
        known = None if session.datetime_end is None else began.time()
        for name, moment in span(date or began.date(), time or known).items():
            setattr(session, name, moment)
        session.save()

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
