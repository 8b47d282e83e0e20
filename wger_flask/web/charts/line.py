"""A chart of one or several lines, values over time, drawn by the server as SVG.

The drawing is arithmetic on plain numbers (:func:`plot`), so that it is tested without a page.
It is made twice, for wide and for narrow screens: one picture scaled down to a phone would
have letters of five pixels.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from markupsafe import Markup

from ...rest.timezone import active_zone, midnight
from ...storage import columns
from ...storage.model import column_at
from ..views import Shown, View

MOST_POINTS = 400
_DAY = 86400.0
_MONTHLY = 75  # days from which on an axis is marked by months
_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120)


@dataclass(frozen=True, slots=True)
class Mark:
    """A place on an axis, in pixels, and what is written there."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Dot:
    """A point of the line; ``left`` and ``width`` are the strip in which a pointer means it."""

    x: float
    y: float
    text: str
    left: float
    width: float


@dataclass(frozen=True, slots=True)
class Line:
    """A line: its ``path``, the ``area`` below it as a path, its dots, and what it is called."""

    name: str
    path: str
    area: str
    dots: tuple[Dot, ...]


@dataclass(frozen=True, slots=True)
class Plot:
    """Everything that a template needs to draw; lengths in pixels."""

    width: int
    height: int
    left: int
    bottom: float
    lines: tuple[Line, ...]
    across: tuple[Mark, ...]
    up: tuple[Mark, ...]


def plot(series: Mapping[str, Sequence[tuple[datetime, float]]], width: int, height: int) -> Plot:
    """Lay out lines by name on ``width`` by ``height`` pixels; each has at least one point, in order of time."""
    left, right, top, bottom = 48, width - 16, 28, height - 28
    first, last = _ends(series)
    began = first.timestamp()  # clocks may show an hour twice, or skip one; moments know neither
    span = last.timestamp() - began
    values = [value for points in series.values() for _, value in points]
    steps = nice_steps(min(values), max(values), max(2, height // 55))
    low, high = steps[0], steps[-1]

    def x_of(moment: datetime) -> float:
        return left + (right - left) * ((moment.timestamp() - began) / span if span else 0.5)

    def y_of(value: float) -> float:
        return bottom - (bottom - top) * (value - low) / (high - low)

    def line_of(name: str, points: Sequence[tuple[datetime, float]]) -> Line:
        places = [(x_of(moment), y_of(value)) for moment, value in points]
        path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
        area = f"{path}L{places[-1][0]:.1f} {bottom}L{places[0][0]:.1f} {bottom}Z"
        borders = [left, *((one[0] + two[0]) / 2 for one, two in zip(places, places[1:], strict=False)), right]
        dots = tuple(
            Dot(round(x, 1), round(y, 1), f"{name} {moment:%Y-%m-%d}: {value:g}".lstrip(), round(borders[i], 1),
                round(borders[i + 1] - borders[i], 1))
            for i, ((x, y), (moment, value)) in enumerate(zip(places, points, strict=True))
        )  # fmt: skip
        return Line(name, path, area, dots)

    lines = tuple(line_of(name, points) for name, points in series.items())
    across = tuple(Mark(round(x_of(moment), 1), text) for moment, text in calendar_marks(first, last, width // 90))
    up = tuple(Mark(round(y_of(step), 1), f"{step:g}") for step in steps)
    return Plot(width, height, left, bottom, lines, across, up)


def _ends(series: Mapping[str, Sequence[tuple[datetime, float]]]) -> tuple[datetime, datetime]:
    """Return the first and the last moment of all lines."""
    ends = [points[place][0] for points in series.values() for place in (0, -1)]
    return min(ends, key=datetime.timestamp), max(ends, key=datetime.timestamp)


def nice_steps(low: float, high: float, count: int) -> list[float]:
    """Return round numbers, some ``count`` of them, of which the first and last enclose the range."""
    if low == high:
        low, high = low - 1, high + 1
    rough = (high - low) / count
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(size * power for size in (1, 2, 2.5, 5, 10) if size * power >= rough * 0.999)
    start, end = math.floor(low / step), math.ceil(high / step)
    return [round(index * step, 10) for index in range(start, end + 1)]


def calendar_marks(first: datetime, last: datetime, count: int) -> Iterator[tuple[datetime, str]]:
    """Yield days between two moments, at most some ``count``: firsts of months, or single days."""
    days = (last - first).total_seconds() / _DAY
    if days < 1:
        yield first, f"{first:%Y-%m-%d}"
        return
    if days <= _MONTHLY:
        step = max(1, math.ceil(days / count))
        day = datetime.combine(first.date(), datetime.min.time(), first.tzinfo)
        while day <= last:
            if day >= first:
                yield day, f"{day.day} {day:%b}"
            day += timedelta(days=step)
        return
    months = next((size for size in _MONTHS if days / 30.4 / size <= count), _MONTHS[-1])
    index = (first.year * 12 + first.month - 1) // months * months
    while (month := date(index // 12, index % 12 + 1, 1)) <= last.date():
        moment = datetime.combine(month, datetime.min.time(), first.tzinfo)
        if moment >= first:
            yield moment, f"{month.year}" if month.month == 1 else f"{month:%b}" if months < 12 else f"{month.year}"
        index += months


def thinned(points: Sequence, most: int = MOST_POINTS) -> list:
    """Return at most ``most`` of ``points``, evenly spread, the last among them."""
    if len(points) <= most:
        return list(points)
    return [points[round(index * (len(points) - 1) / (most - 1))] for index in range(most)]


def line_chart(
    shown: Shown, points: Sequence[tuple[datetime, float]], label: str, width: int = 1100, height: int = 320
) -> Markup | None:
    """Return the line through ``points`` as SVG, for a view to return; None for fewer than two points.

    ``points`` are pairs of an aware ``datetime`` and a number, in order of time.  ``label`` says what is drawn and in
    which unit.  ``width`` and ``height`` are pixels on a wide screen.
    """
    return lines_chart(shown, {"": points}, label, width, height)


def lines_chart(
    shown: Shown,
    series: Mapping[str, Sequence[tuple[datetime, float]]],
    label: str,
    width: int = 1100,
    height: int = 320,
) -> Markup | None:
    """Return several lines, by their names, as one SVG; None where none of them has two points.

    The points are those of :func:`line_chart`, and so are ``label``, ``width`` and ``height``.
    """
    series = {name: thinned(points) for name, points in series.items() if len(points) > 1}
    if not series:
        return None
    first, last = _ends(series)
    values = "; ".join(_words(name, [value for _, value in points]) for name, points in series.items())
    summary = f"{label} from {first:%Y-%m-%d} to {last:%Y-%m-%d}: {values}."
    plots = (("wide", plot(series, width, height)), ("slim", plot(series, 330, min(height, 250))))
    return shown.render("charts/chart.html", plots=plots, label=label, summary=summary)


def _words(name: str, values: list[float]) -> str:
    return f"{name} between {min(values):g} and {max(values):g}, latest {values[-1]:g}".lstrip()


def _chart(shown: Shown) -> Markup | None:
    across, up = shown.args
    fields = shown.resource.schema().fields
    rows = reversed(shown.latest(fields[across].attribute or across))
    points = [(_moment(at), float(row[up])) for at, row in rows if at is not None and row[up] is not None]
    return line_chart(shown, points, getattr(fields[up], "label", None) or up.replace("_", " ").capitalize())


def _moment(value: date) -> datetime:
    """Return a moment, or a day as its first moment, in the zone in force."""
    return value.astimezone(active_zone()) if isinstance(value, datetime) else midnight(value, active_zone())


def _check(resource, across: str, up: str) -> None:
    fields = resource.schema().fields
    for name in (across, up):
        if name not in fields:
            raise ValueError(f"there is no field {name!r}")
    column = column_at(resource.model, fields[across].attribute or across)
    if not isinstance(column, columns.DateTime | columns.Date):
        raise ValueError(f"field {across!r} shows no column of moments or days")


CHART = View(rows=_chart, check=_check)
