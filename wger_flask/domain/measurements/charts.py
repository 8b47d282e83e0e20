"""Draw the values of a category as its ``chart_type`` says, as lines if it says nothing."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta

from markupsafe import Markup

from wger_flask.api import Amount, Shown, bar_chart, heatmap, lines_chart, today

from .metric_types import GROUPS

Points = Sequence[tuple[datetime, float]]
"""Values at moments in the reader's time zone, in order of time."""

_SUMMED = ("steps", "distance", "energy", *GROUPS["sleep"])
_MOST_BARS = 31
_MOST_VALUES = 20  # that are counted one by one; more are counted by ranges


def chart(shown: Shown, category: Mapping, series: Mapping[str, Points], width: int = 1100, height: int = 320):
    """Return the chart of a category as SVG, None where there is too little to draw.

    ``category`` has ``name``, ``unit``, ``metric_type`` and ``chart_type``; ``series`` are its points by name: one
    without a name, or one for each component of a group, which are always drawn as lines.
    """
    label = f"{category['name']} ({category['unit']})" if category["unit"] else category["name"]
    draw = _CHARTS.get(category["chart_type"]) if list(series) == [""] else None
    if draw is None or not series[""]:
        return lines_chart(shown, series, label, width, height)
    return draw(shown, category, series[""], label, width, height)


def _bars(shown: Shown, category: Mapping, points: Points, label: str, width: int, height: int) -> Markup | None:
    days = (points[-1][0].date() - points[0][0].date()).days
    start = _day if days < _MOST_BARS else _monday if days < 7 * _MOST_BARS else _first
    amounts = [
        Amount(f"{day:%b %Y}" if start is _first else f"{day.day} {day:%b}", value)
        for day, value in _by(start, category, points).items()
    ]
    span = {_day: "day", _monday: "week", _first: "month"}[start]
    how = f"sum of each {span}" if category["metric_type"] in _SUMMED else f"average of each {span}"
    return bar_chart(
        shown, amounts[-_MOST_BARS:], f"{category['name']}, {how}", category["unit"], width=width, height=height
    )


def _deltas(shown: Shown, category: Mapping, points: Points, label: str, width: int, height: int) -> Markup | None:
    amounts = [
        Amount(f"{moment.day} {moment:%b}", value - before)
        for (_, before), (moment, value) in zip(points, points[1:], strict=False)
    ]
    title = f"{category['name']}, change from one value to the next"
    return bar_chart(shown, amounts[-_MOST_BARS:], title, category["unit"], width=width, height=height)


def _calendar(shown: Shown, category: Mapping, points: Points, label: str, width: int, height: int) -> Markup | None:
    by_day = _by(_day, category, points)
    return heatmap(shown, by_day, category["name"], max(today(), max(by_day)), category["unit"])


def _distribution(
    shown: Shown, category: Mapping, points: Points, label: str, width: int, height: int
) -> Markup | None:
    values = [value for _, value in points]
    counts = Counter(values)
    amounts = [Amount(f"{value:g}", number) for value, number in sorted(counts.items())]
    if len(amounts) > _MOST_VALUES:
        low, high = min(values), max(values)
        step = (high - low) / _MOST_VALUES
        ranges = Counter(min(math.floor((value - low) / step), _MOST_VALUES - 1) for value in values)
        amounts = [Amount(f"{low + step * i:.4g}", ranges[i]) for i in range(_MOST_VALUES)]
    return bar_chart(shown, amounts, f"How often which value: {label}", "times", width=width, height=height)


def _by(start: Callable[[date], date], category: Mapping, points: Points) -> dict[date, float]:
    """Return the sums or the averages, as the type of the category asks for, of the days with the same ``start``."""
    values: dict[date, list[float]] = defaultdict(list)
    for moment, value in points:
        values[start(moment.date())].append(value)
    if category["metric_type"] in _SUMMED:
        return {day: sum(some) for day, some in values.items()}
    return {day: sum(some) / len(some) for day, some in values.items()}


def _day(day: date) -> date:
    return day


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _first(day: date) -> date:
    return day.replace(day=1)


_CHARTS = {"bar": _bars, "delta": _deltas, "heatmap": _calendar, "distribution": _distribution}
