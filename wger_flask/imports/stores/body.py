"""Make measurements of what apps say of the body; categories that are missing are made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any
from uuid import UUID

from wger_flask.api import Selection, any_of, columns, equals
from wger_flask.domain.measurements.metric_types import (
    BODY_WEIGHT,
    CUSTOM,
    GROUP_OF,
    METRIC_TYPES,
    USER,
    WEIGHT_UNITS,
    derived_key,
    limits_of,
)
from wger_flask.domain.measurements.models import NOT_DYNAMIC, Category, Measurement, official_category
from wger_flask.storage.upgrades import Progress, no_progress

from ..keys import owners_of, row_key
from ..models import ImportRun
from ..records import BodyMeasurement
from ..runs import note_rows, write_rows
from .plan import NO_SEARCHES, Choices, Person, Plan, Remark, Searches

_PLACES = Decimal("0.01")
_NAMES = ("id", "category", "date", "value", "notes", "source", "extra_data")
_LONGEST_NAME, _LONGEST_UNIT, _LONGEST_NOTES = 100, 30, 100

Held = tuple[UUID, str]  # a category and its unit
What = tuple[str, str]  # a type, and the name of a category of one's own in lower case


@dataclass
class BodyPlan(Plan):
    """Measurements, by category."""

    rows: dict[What, list[tuple[UUID, BodyMeasurement]]] = field(default_factory=dict)
    categories: dict[What, Held] = field(default_factory=dict)

    def write(self, run: ImportRun, progress: Progress = no_progress) -> None:
        rows = []
        for what, records in self.rows.items():
            held = self.categories.get(what) or _make_category(run, records[0][1])
            rows += [_row(key, held, record) for key, record in records]
        write_rows(run, Measurement, _NAMES, rows, progress)


def _row(key: UUID, held: Held, record: BodyMeasurement) -> tuple[Any, ...]:
    category, unit = held
    extra = {"unit": record.unit} if record.metric == BODY_WEIGHT or record.unit not in ("", unit) else {}
    value = record.value.quantize(_PLACES, ROUND_HALF_EVEN)
    return key, category, record.moment, value, record.notes[:_LONGEST_NOTES], USER, extra


def plan(
    person: Person, records: Sequence[BodyMeasurement], choices: Choices, searches: Searches = NO_SEARCHES
) -> BodyPlan:
    """Return what measurements would become; those of a moment of which there is one already are known."""
    made = BodyPlan("measurements")
    made.categories, refused = _categories(person.id)
    keys, moments = [_key(person.id, record) for record in records], _moments(made.categories)
    taken = owners_of(Measurement, keys, "category.user")
    planned: set[object] = set()
    for record, key in zip(records, keys, strict=True):
        what = _what(record)
        when = what, record.moment.astimezone(UTC)
        low, high = limits_of(record.metric, record.unit)
        if what in refused:
            made.remarks.append(
                Remark(record.line, f"the category {record.name or record.metric} is a calculated one", record.file)
            )
        elif record.metric == BODY_WEIGHT and record.unit not in WEIGHT_UNITS:
            made.remarks.append(Remark(record.line, "body weight is in kg or lb", record.file))
        elif not low <= record.value <= high:
            told = METRIC_TYPES.get(record.metric, record.name).lower()
            made.remarks.append(Remark(record.line, f"{told} is not between {low} and {high}", record.file))
        elif key in planned or when in planned or when in moments or taken.get(key) == person.id:
            made.known += 1
        else:
            planned |= {key, when}
            made.new += 1
            made.rows.setdefault(what, []).append((key if key not in taken else columns.uuid7(), record))
    return made


def _what(record: BodyMeasurement) -> What:
    return record.metric, record.name.strip().lower() if record.metric == CUSTOM else ""


def _key(user: int, record: BodyMeasurement) -> UUID:
    return row_key(user, "measurement", *_what(record), record.moment.replace(tzinfo=None).isoformat())


def _categories(user: int) -> tuple[dict[What, Held], set[What]]:
    """Return the user's categories, and which of them are calculated."""
    found: dict[What, Held] = {}
    calculated: set[What] = set()
    asked = ("id", "metric_type", "name", "dynamic_type", "unit")
    for key, metric, name, dynamic, unit in Selection(Category, (equals(Category.user, user),), ("id",)).rows(asked):
        what = metric, name.strip().lower() if metric == CUSTOM else ""
        if dynamic != NOT_DYNAMIC:
            calculated.add(what)
        else:
            found.setdefault(what, (key, unit))
    return found, calculated - found.keys()


def _moments(categories: dict[What, Held]) -> set[tuple[What, datetime]]:
    of_category = {key: what for what, (key, _) in categories.items()}
    rows = Selection(Measurement, (any_of(Measurement.category, list(of_category)),)).rows(("category", "date"))
    return {(of_category[category], date.astimezone(UTC)) for category, date in rows}


# -- categories that are missing ---------------------------------------------------------------------
def _make_category(run: ImportRun, record: BodyMeasurement) -> Held:
    if record.metric == BODY_WEIGHT:
        official = official_category(run.user_id, record.unit)  # stays, whatever becomes of the import
        return official.id, official.unit
    parent = None
    if group := GROUP_OF.get(record.metric):
        parent, _ = _category_of(run, group, METRIC_TYPES[group], record.unit, None)
    name = record.name.strip()[:_LONGEST_NAME] if record.metric == CUSTOM else METRIC_TYPES[record.metric]
    return _category_of(run, record.metric, name, record.unit, parent)


def _category_of(run: ImportRun, metric: str, name: str, unit: str, parent: UUID | None) -> Held:
    user = run.user_id
    if metric != CUSTOM:
        of_type = equals(Category.user, user), equals(Category.metric_type, metric)
        for held in Selection(Category, of_type).rows((Category.id, Category.unit)):
            return held
    key = derived_key(user, metric)
    if key is None or Selection(Category, (equals(Category.id, key),)).exists():
        key = columns.uuid7()
    name, unit = name or "Measurement", unit[:_LONGEST_UNIT]
    Category.create(id=key, user=user, name=name, unit=unit, metric_type=metric, parent=parent)
    note_rows(run, Category, [key])
    return key, unit
