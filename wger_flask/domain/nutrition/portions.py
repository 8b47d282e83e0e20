"""Portions of food as people read them: what, how much, what is in it, and whether that is enough.

A portion is an item of a meal or an entry of the diary.  Rows become portions without a query
for each; the sums are :mod:`wger_flask.engine.nutrition`'s.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from wger_flask.api import Selection, active_zone
from wger_flask.engine.nutrition import Nutrients, energy_shares

from . import models
from .intake import EATEN, contents_of

LABELS = (
    ("energy", "Energy", "kcal"), ("protein", "Protein", "g"), ("carbohydrates", "Carbohydrates", "g"),
    ("carbohydrates_sugar", "Sugar", "g"), ("fat", "Fat", "g"), ("fat_saturated", "Saturated fat", "g"),
    ("fiber", "Fibre", "g"), ("sodium", "Sodium", "g"),
)  # fmt: skip
"""Each nutrient, what it is called, and its unit."""

MOST_PORTIONS = 3000
_GOALS = ("energy", "protein", "carbohydrates", "fat", "fiber")
_COLUMNS = ("id", "meal", "ingredient", "ingredient.name", "weight_unit", "weight_unit.name", *EATEN)


@dataclass(frozen=True, slots=True)
class Portion:
    """An amount of a food: in grams, or in ``unit`` where it has one; ``comment`` is what its owner notes of it."""

    key: UUID
    meal: UUID | None
    food: int
    name: str
    unit: int | None
    unit_name: str | None
    gram: int | None
    amount: Decimal
    nutrients: Nutrients
    moment: datetime.datetime | None = None
    plan: UUID | None = None
    comment: str | None = None

    @property
    def text(self) -> str:
        """How much it is: ``150 g`` or ``2 × slice (90 g)``."""
        number = f"{self.amount.normalize():f}"
        if self.unit is None:
            return f"{number} g"
        return f"{number} × {self.unit_name} ({(self.amount * (self.gram or 0)).normalize():f} g)"

    @property
    def given(self) -> dict[str, object]:
        """What a form begins with that notes the same portion again."""
        unit = {} if self.unit is None else {"weight_unit": self.unit}
        return {"ingredient": self.food, "amount": self.amount, **unit}


@dataclass(frozen=True, slots=True)
class Goal:
    """How much of a nutrient there is, and how much there should be (None without a recommendation)."""

    name: str
    label: str
    unit: str
    value: float
    aim: int | None

    @property
    def percent(self) -> int | None:
        """The share of the goal that is reached."""
        return round(100 * self.value / self.aim) if self.aim else None


@dataclass(frozen=True, slots=True)
class Share:
    """The part of the energy that a macronutrient gives; ``start`` is where its arc begins (percent)."""

    name: str
    grams: float
    percent: float
    start: float


def portions(selection: Selection, limit: int | None = None) -> list[Portion]:
    """Return the portions of a selection of meal items or of entries of the diary."""
    model = selection.model
    extra = ("datetime", "plan", "comment") if model is models.LogItem else ()
    parts = []
    for row in selection.rows((*_COLUMNS, *extra), limit):
        key, meal, food, name, unit, unit_name = row[:6]
        eaten = row[6 : 6 + len(EATEN)]
        amount, gram = eaten[:2]
        moment, plan, comment = row[-3:] if extra else (None, None, None)
        moment = moment and moment.astimezone(active_zone())
        contents = contents_of(eaten)
        parts.append(Portion(key, meal, food, name, unit, unit_name, gram, amount, contents, moment, plan, comment))
    return parts


def total(parts: Iterable[Portion]) -> Nutrients:
    """Return what portions contain together."""
    return Nutrients.total(part.nutrients for part in parts)


def by_day(parts: Iterable[Portion]) -> dict[datetime.date, list[Portion]]:
    """Return the portions of each day, on the server's calendar, in the order in which the days came."""
    days: dict[datetime.date, list[Portion]] = {}
    for part in parts:
        if part.moment is not None:
            days.setdefault(part.moment.date(), []).append(part)
    return days


def goals(nutrients: Nutrients, plan: models.NutritionPlan | None) -> list[Goal]:
    """Return what ``nutrients`` come to beside the goals of a plan."""
    units = {name: (label, unit) for name, label, unit in LABELS}
    return [
        Goal(name, *units[name], float(getattr(nutrients, name) or 0), getattr(plan, f"goal_{name}", None))
        for name in _GOALS
    ]


def shares(nutrients: Nutrients) -> list[Share]:
    """Return the share of the energy of each macronutrient; none where there is no energy."""
    slices, start = [], 0.0
    for name, percent in energy_shares(nutrients).items():
        if percent:
            slices.append(Share(name, float(getattr(nutrients, name)), float(percent), start))
            start += float(percent)
    return slices


def chosen_day(days: Sequence[datetime.date], text: str | None) -> datetime.date | None:
    """Return the day that ``text`` names, else the latest of ``days``, None where there are none."""
    try:
        return datetime.date.fromisoformat(text or "")
    except ValueError:
        return max(days, default=None)
