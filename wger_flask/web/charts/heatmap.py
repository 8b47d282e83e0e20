"""A calendar of the last weeks, drawn by the server as SVG: the stronger the colour of a day, the higher its value.

Like :mod:`.line` it is arithmetic on plain numbers, made twice, for wide and for narrow screens.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup

from ..views import Shown
from .bars import number
from .line import Mark

LEVELS = 5
_WIDE, _SLIM = (1100, 53), (330, 18)  # pixels, weeks
_LEFT, _TOP = 40, 36


@dataclass(frozen=True, slots=True)
class Square:
    """A day: its place in pixels, how strong its colour is (0 for no value, up to :data:`LEVELS`), and what it says."""

    x: float
    y: float
    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Calendar:
    """Everything that a template needs to draw; lengths in pixels."""

    width: int
    height: int
    size: float
    squares: tuple[Square, ...]
    across: tuple[Mark, ...]
    up: tuple[Mark, ...]


def calendar(values: Mapping[date, float], last: date, width: int, weeks: int, unit: str = "") -> Calendar:
    """Lay out the ``weeks`` that end with that of ``last``, a column each, from Monday down to Sunday."""
    room = (width - _LEFT) / weeks
    monday = last - timedelta(days=last.weekday() + 7 * (weeks - 1))
    days = [day for i in range(7 * weeks) if (day := monday + timedelta(days=i)) <= last]
    shown = [values[day] for day in days if day in values]
    low, high = (min(shown), max(shown)) if shown else (0, 0)

    def level(value: float) -> int:
        return 1 + round((LEVELS - 1) * (value - low) / (high - low)) if high > low else LEVELS

    squares = tuple(
        Square(
            round(_LEFT + room * ((day - monday).days // 7), 1),
            round(_TOP + room * day.weekday(), 1),
            level(values[day]) if day in values else 0,
            f"{day}: {number(values[day])} {unit}".rstrip() if day in values else str(day),
        )
        for day in days
    )
    across = tuple(
        Mark(round(_LEFT + room * ((day - monday).days // 7), 1), f"{day:%b}")
        for day in days
        if day.day <= 7 and day.weekday() == 0
    )
    up = tuple(Mark(round(_TOP + room * (row + 0.75), 1), name) for row, name in ((0, "Mon"), (3, "Thu"), (6, "Sun")))
    return Calendar(width, round(_TOP + 7 * room), round(room - 2, 1), squares, across, up)


def heatmap(shown: Shown, values: Mapping[date, float], label: str, last: date, unit: str = "") -> Markup | None:
    """Return the days of a year up to ``last`` as SVG, for a view to return; None where none of them has a value.

    ``values`` are numbers by date, ``label`` says what is drawn, ``unit`` in which unit.  Narrow screens show the
    last 18 weeks.
    """
    recent = {day: value for day, value in values.items() if last - timedelta(weeks=_WIDE[1]) < day <= last}
    if not recent:
        return None
    summary = (
        f"{label} on {len(recent)} days up to {max(recent)}: between {number(min(recent.values()))} and "
        f"{number(max(recent.values()))} {unit}".rstrip()
        + "."
    )
    plots = [(kind, calendar(recent, last, *size, unit)) for kind, size in (("wide", _WIDE), ("slim", _SLIM))]
    return shown.render("charts/heatmap.html", plots=plots, label=label, summary=summary, unit=unit)
