"""Add up measurements by the hours, days, weeks and months of a calendar, and count how often which value occurs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from functools import lru_cache
from zoneinfo import ZoneInfo

from wger_flask.api import (
    BUCKETS,
    Action,
    Call,
    Clause,
    ParseError,
    Schema,
    Selection,
    Total,
    ValueCount,
    ValueSeries,
    active_zone,
    decode,
    equals,
    fields,
    fn,
    zone_named,
)

from .models import Category, Measurement, bound, own_unit

AUTO, MOST_POINTS = "auto", 200
_ALL = 2**31  # more than any number of points


class BucketSchema(Schema):
    """What the measurements of a category with one unit come to in an hour, a day, a week or a month."""

    category = fields.UUID()
    start = fields.DateTime(help="when the hour, day, week or month begins")
    unit = fields.String(allow_none=True, help="that of the measurements themselves, null for the category's")
    count = fields.Integer()
    sum = fields.Decimal(12, 2)
    min = fields.Decimal(8, 2)
    max = fields.Decimal(8, 2)


class ValueCountSchema(Schema):
    """How often a value occurs in a category with one unit."""

    category = fields.UUID()
    value = fields.Decimal(12, 2)
    unit = fields.String(allow_none=True, help="that of the measurements themselves, null for the category's")
    count = fields.Integer()
    newest = fields.DateTime(help="the latest moment with this value")


def aggregate(call: Call) -> list[dict]:
    """Answer ``measurement/aggregate/``: sorted by start, category and unit, null first."""
    series, zone = _series(call), _zone(call)
    most, size = _max_points(call), _given(call, "bucket")
    if size in (None, AUTO):
        size = series.smallest_bucket(zone, most)
    if size not in BUCKETS:
        raise ParseError(f"Unknown bucket: {size}")
    key, written = _keys(), _MOMENT.writer()
    totals = series.totals(size, zone)
    totals.sort(key=lambda total: (total.start, key(total.series), *_by_unit(total.unit)))
    return [
        {
            "category": key(total.series), "start": written(total.start), "unit": total.unit, "count": total.count,
            "sum": f"{total.sum:.2f}", "min": f"{total.lowest:.2f}", "max": f"{total.highest:.2f}",
        }
        for total in totals
    ]  # fmt: skip


def value_counts(call: Call) -> list[dict]:
    """Answer ``measurement/value-counts/``: sorted by value, category and unit, null first.

    Where the totals of days are counted, they are sorted by category, value, the first such day and unit.
    """
    series, zone, key, written = _series(call), _zone(call), _keys(), _MOMENT.writer()
    if fields.Flag.is_on(_given(call, "summed_per_day")):
        counts = _daily(series.totals("day", zone))
        counts.sort(key=lambda count: key(count.series))  # in the order of value and day before
    else:
        counts = series.counts()
        counts.sort(key=lambda count: (count.value, key(count.series), *_by_unit(count.unit)))
    return [
        {
            "category": key(count.series),
            "value": f"{count.value:.2f}",
            "unit": count.unit,
            "count": count.count,
            "newest": written(decode(Measurement.date, count.newest)),
        }
        for count in counts
    ]


def _daily(totals: list[Total]) -> list[ValueCount]:
    """Return how often the totals of days occur, in the order of value and the first such day."""
    days: dict[tuple, list[Total]] = defaultdict(list)
    for total in sorted(totals, key=lambda total: (total.start, *_by_unit(total.unit))):
        days[total.series, round(total.sum, 2), total.unit].append(total)
    found = [
        ValueCount(series, value, unit, len(same), max(total.newest for total in same))
        for (series, value, unit), same in days.items()
    ]
    return sorted(found, key=lambda count: count.value)


# -- what was asked for ----------------------------------------------------------------------------
def _series(call: Call) -> ValueSeries:
    """Return what the filters leave of the user's measurements."""
    # Whose they are, the series say.
    narrowed = call.required_resource.filter_set.apply(Selection(Measurement), call.args)
    own = Selection(Category, (equals(Category.user, call.required_user.id),))
    return ValueSeries(
        narrowed.relation(
            series="category", moment="date", unit=_UNIT, value="value", lowest=_LOWEST, highest=_HIGHEST
        ),
        own.relation(series="id"),
    )


def _zone(call: Call) -> ZoneInfo:
    name = _given(call, "tz")
    zone = zone_named(name) if name else active_zone()
    if not isinstance(zone, ZoneInfo):
        raise ParseError(f"Unknown timezone: {name}")
    return zone


def _max_points(call: Call) -> int:
    text = _given(call, "max_points")
    try:
        return MOST_POINTS if text is None else min(max(int(text), 1), _ALL)
    except ValueError:
        raise ParseError("max_points must be a number") from None


def _given(call: Call, name: str) -> str | None:
    """Return the value of a parameter, None for none; a form sends all it has, so nothing in it is none."""
    value = call.args.getlist(name)[-1] if name in call.args else None
    return None if value == "" and call.format.is_html else value


# -- rows --------------------------------------------------------------------------------------------
def _bound(name: str):
    return fn.COALESCE(bound(name), Measurement.value)


_UNIT, _LOWEST, _HIGHEST = Clause(own_unit), Clause(_bound, (), ("min",)), Clause(_bound, (), ("max",))
_MOMENT = fields.DateTime()


def _by_unit(unit: str | None) -> tuple[bool, str]:
    return unit is not None, unit or ""


def _keys() -> Callable[[object], str]:
    """Return a function from the raw key of a category to its text."""
    return lru_cache(None)(lambda raw: str(decode(Category.id, raw)))


class AggregateQuery(Schema):
    """How measurements are added up."""

    bucket = fields.Choice(
        {AUTO: "the smallest that is not too many", **{size: f"by {size}" for size in BUCKETS}},
        load_default=AUTO,
        label="Summed up",
    )
    max_points = fields.Integer(load_default=MOST_POINTS, label="Not more than", help="hours, days or weeks")
    tz = fields.String(label="Time zone", help="whose days are meant, such as Europe/Berlin; yours unless given")


class ValueCountQuery(Schema):
    """What is counted."""

    summed_per_day = fields.Flag(label="Count the totals of days")
    tz = fields.String(label="Time zone", help="whose days are meant, such as Europe/Berlin; yours unless given")


ACTIONS = (
    Action(
        "aggregate", aggregate, detail=False, query=AggregateQuery, schema=BucketSchema, many=True, filtered=True,
        label="Sums by hour, day, week or month", cache="private",
        about="What your measurements come to: their number and sum, the least and the most.",
    ),
    Action(
        "value-counts", value_counts, detail=False, query=ValueCountQuery, schema=ValueCountSchema, many=True,
        filtered=True, label="How often which value", cache="private",
        about="How often you measured which value, and when last.",
    ),
)  # fmt: skip
