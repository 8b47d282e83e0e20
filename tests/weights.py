"""Weights of people, for tests that need some."""

from __future__ import annotations

from datetime import datetime

from wger_flask.auth.models import User
from wger_flask.domain.measurements.models import Measurement, official_category


def weigh(user: User, weight, date: datetime | str | None = None) -> Measurement:
    """Store a weight of ``user``, in kilograms; now, where no moment is given."""
    when = {} if date is None else {"date": date}
    category = official_category(user.id)
    return Measurement.create(category=category, value=weight, extra_data={"unit": "kg"}, **when)
