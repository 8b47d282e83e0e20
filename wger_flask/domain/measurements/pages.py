"""What the explorer shows of measurements besides tables: how each category went, as a line."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from uuid import UUID

from wger_flask.api import Selection, View, active_zone, any_of, line_chart

from .models import Category, Measurement

MOST_VALUES = 5000
LATEST = 30


def _measurements(shown):
    """Draw every category of which values are listed."""
    found: dict[UUID, list] = defaultdict(list)
    for row in shown.everything("-date"):
        found[UUID(str(row["category"]))].append((datetime.fromisoformat(row["date"]), float(row["value"])))
    return _cards(shown, {key: points[::-1] for key, points in found.items()}, list(found))


def _categories(shown):
    """Draw the categories that are listed."""
    keys = [UUID(str(row["id"])) for row in shown.rows]
    return _cards(shown, _values(keys), keys)


def _category(shown):
    """Draw a category, and list its latest values."""
    (row,) = shown.rows
    key = UUID(str(row["id"]))
    points = _values([key]).get(key, [])
    chart = line_chart(shown, points, f"{row['name']} ({row['unit']})")
    rows = Selection(Measurement, (any_of(Measurement.category, [key]),), ("-date",)).rows(
        ("id", "date", "value", "notes"), LATEST
    )
    latest = [(key, moment.astimezone(active_zone()), value, notes) for key, moment, value, notes in rows]
    return shown.render("views/category.html", category=row, chart=chart, latest=latest, count=len(points))


def _values(keys: list[UUID]) -> dict[UUID, list[tuple[datetime, float]]]:
    """Return the values of categories in order of time."""
    found: dict[UUID, list] = defaultdict(list)
    selection = Selection(Measurement, (any_of(Measurement.category, keys),), ("-date",))
    for category, moment, value in reversed(selection.rows(("category", "date", "value"), MOST_VALUES)):
        found[category].append((moment.astimezone(active_zone()), float(value)))
    return found


def _cards(shown, series: dict[UUID, list], keys: list[UUID]):
    rows = Selection(Category, (any_of(Category.id, keys),), ("name",)).rows(("id", "name", "unit"))
    cards = []
    for key, name, unit in rows:
        points = series.get(key, [])
        cards.append({
            "id": key, "name": name, "unit": unit, "latest": points[-1] if points else None,
            "change": points[-1][1] - points[0][1] if len(points) > 1 else None, "since": points[0][0] if points else 0,
            "chart": line_chart(shown, points, f"{name} ({unit})", 540, 230),
        })  # fmt: skip
    return shown.render("views/measurements.html", cards=cards) if cards else None


def register(registry) -> None:
    """Register the views."""
    registry.add_view("measurements", View(rows=_measurements))
    registry.add_view("measured", View(rows=_categories, row=_category, instead=True))
