"""What the explorer shows of measurements besides tables: a chart of each category, groups with their components."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from wger_flask.api import Selection, Shown, View, active_zone, any_of
from wger_flask.engine.body_weight import converted

from .charts import chart
from .metric_types import BODY_WEIGHT
from .models import NOT_DYNAMIC, Category, Measurement

MOST_VALUES = 5000
LATEST = 30

_CATEGORY = ("id", "name", "unit", "metric_type", "chart_type", "parent", "dynamic_type", "is_official")


def _measurements(shown: Shown):
    """Draw every category of which values are listed."""
    selection = shown.selection().order_by("-date")
    series = _series(selection)
    return _cards(shown, list(series), series)


def _categories(shown: Shown):
    """Draw the categories that are listed."""
    return _cards(shown, [key for (key,) in shown.values("id")])


def _category(shown: Shown):
    """Draw a category, and list its latest values, those of its components where it is a group."""
    [(key,)] = shown.values("id")
    (category,), components = _loaded([key])
    keys = [key, *(one["id"] for one in components)]
    series = _series(Selection(Measurement, (any_of(Measurement.category, keys),), ("-date",)))
    names = {one["id"]: one["name"] for one in components}
    rows = Selection(Measurement, (any_of(Measurement.category, keys),), ("-date", "-id"))
    latest = [
        {"id": id, "of": names.get(of), "moment": moment.astimezone(active_zone()), "value": value, "notes": notes,
         "unit": (extra or {}).get("unit") or category["unit"], "is_fixed": source == "calculated"}
        for id, of, moment, value, notes, extra, source in rows.rows(
            ("id", "category", "date", "value", "notes", "extra_data", "source"), LATEST
        )
    ]  # fmt: skip
    drawn = {one["name"]: series.get(one["id"], []) for one in components} or {"": series.get(key, [])}
    return shown.render(
        "measurements/category.html", category=category, components=components, chart=chart(shown, category, drawn),
        latest=latest, count=sum(map(len, series.values())), is_calculated=category["dynamic_type"] != NOT_DYNAMIC,
    )  # fmt: skip


def _series(selection: Selection) -> dict[UUID, list[tuple[datetime, float]]]:
    """Return the latest values by category, in order of time; those of body weight in the category's unit."""
    zone = active_zone()
    series: dict[UUID, list] = defaultdict(list)
    columns = ("category", "date", "value", "extra_data", "category.metric_type", "category.unit")
    for category, moment, value, extra, metric_type, unit in reversed(selection.rows(columns, MOST_VALUES)):
        if metric_type == BODY_WEIGHT:
            value = converted(Decimal(value), (extra or {}).get("unit") or unit, unit)
        series[category].append((moment.astimezone(zone), float(value)))
    return series


def _loaded(keys: list[UUID]) -> tuple[list[dict], list[dict]]:
    """Return categories by key in their order, and the components of those that are groups."""
    rows = Selection(Category, (any_of(Category.id, keys),), ("order", "name")).rows(_CATEGORY)
    below = Selection(Category, (any_of(Category.parent, keys),), ("order", "name")).rows(_CATEGORY)
    return [dict(zip(_CATEGORY, row, strict=True)) for row in rows], [
        dict(zip(_CATEGORY, row, strict=True)) for row in below
    ]


def _cards(shown: Shown, keys: list[UUID], series: dict | None = None):
    """Return a card for each category; the components of a group are on its card."""
    categories, components = _loaded(keys)
    if series is None:
        wanted = [one["id"] for one in (*categories, *components)]
        series = _series(Selection(Measurement, (any_of(Measurement.category, wanted),), ("-date",)))
    parts: dict[UUID, list[dict]] = defaultdict(list)
    for one in components:
        parts[one["parent"]].append(one)
    cards = []
    for category in categories:
        if category["parent"] in keys:
            continue
        group = parts[category["id"]]
        drawn = {one["name"]: series.get(one["id"], []) for one in group} or {"": series.get(category["id"], [])}
        cards.append(category | {
            "figures": [_figures(name, points) for name, points in drawn.items() if points],
            "takes_values": not group and category["dynamic_type"] == NOT_DYNAMIC,
            "components": group, "chart": chart(shown, category, drawn, 540, 230),
        })  # fmt: skip
    return shown.render("measurements/measurements.html", cards=cards) if cards else None


def _figures(name: str, points: list[tuple[datetime, float]]) -> dict:
    """Return the latest value of a series and how it changed since the first."""
    (first, before), (last, value) = points[0], points[-1]
    since = first.date() if len(points) > 1 else None
    return {"name": name, "value": value, "date": last.date(), "since": since, "change": value - before}


def register(registry) -> None:
    """Register the views."""
    registry.add_view("measurements", View(rows=_measurements))
    registry.add_view("measured", View(rows=_categories, row=_category, instead=True))
