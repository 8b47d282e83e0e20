"""Measurements added up by hours, days, weeks and months, and how often which value occurs."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from peewee import SQL

from wger_flask.domain.measurements.models import Category, Measurement
from wger_flask.storage.database import database, transaction
from wger_flask.storage.value_series import prepare

NIGHT = (  # of the end of summer time in 2024, and of its start in 2025, as far as Berlin is concerned
    ("2024-10-26T21:30:00Z", 60, {}),
    ("2024-10-26T22:30:00Z", 62, {}),
    ("2024-10-27T00:30:00Z", 64, {}),
    ("2024-10-27T01:30:00Z", 70.5, {"min": 50, "max": 120}),
    ("2024-10-27T23:30:00Z", 66, {}),
    ("2024-10-28T08:00:00Z", 67, {"unit": "bpm"}),
    ("2024-10-28T09:00:00Z", 66, {}),
    ("2024-12-31T23:30:00Z", 71, {"max": 99.99}),
    ("2025-01-01T00:30:00Z", 71, {"unit": "hz", "min": 10.55}),
    ("2025-03-30T00:30:00Z", 55, {}),
    ("2025-03-30T01:30:00Z", 55.25, {}),
    ("2025-03-30T22:30:00Z", 80, {"unit": ""}),
)


@pytest.fixture
def grace(api):
    return api("grace")


@pytest.fixture
def pulse(grace):
    return category(grace, NIGHT)


def category(client, entries, name="Samples"):
    key = client.post("measurement-category/", {"name": name, "unit": "bpm"}).json["id"]
    for moment, value, extra in entries:
        body = {"category": key, "date": moment, "value": value, "extra_data": extra}
        assert client.post("measurement/", body).status_code == 201
    return key


def short(rows):
    return [(row["start"][:16], row["unit"], row["count"], row["sum"]) for row in rows]


def test_the_hour_that_comes_twice_is_one(grace, pulse):
    rows = grace.get(f"measurement/aggregate/?category={pulse}&bucket=hour").json
    assert rows[2] == {
        "category": pulse,
        "start": "2024-10-27T02:00:00+02:00",
        "unit": None,
        "count": 2,
        "sum": "134.50",
        "min": "50.00",
        "max": "120.00",
    }
    assert len(rows) == 11
    assert [row["start"][11:] for row in rows[-3:]] == ["01:00:00+01:00", "03:00:00+02:00", "00:00:00+02:00"]


def test_days_begin_at_midnight_there(grace, pulse):
    path = f"measurement/aggregate/?category={pulse}&bucket=day"
    assert short(grace.get(path).json) == [
        ("2024-10-26T00:00", None, 1, "60.00"),
        ("2024-10-27T00:00", None, 3, "196.50"),
        ("2024-10-28T00:00", None, 2, "132.00"),
        ("2024-10-28T00:00", "bpm", 1, "67.00"),
        ("2025-01-01T00:00", None, 1, "71.00"),
        ("2025-01-01T00:00", "hz", 1, "71.00"),
        ("2025-03-30T00:00", None, 2, "110.25"),
        ("2025-03-31T00:00", "", 1, "80.00"),
    ]
    assert grace.get(f"{path}&tz=Europe/Berlin").json == grace.get(f"{path}&tz=").json == grace.get(path).json
    assert short(grace.get(f"{path}&tz=Asia/Tokyo").json)[:2] == [
        ("2024-10-26T17:00", None, 4, "256.50"),
        ("2024-10-27T16:00", None, 2, "132.00"),
    ]


def test_weeks_begin_on_mondays_and_months_on_the_first(grace, pulse):
    weeks = grace.get(f"measurement/aggregate/?category={pulse}&bucket=week").json
    months = grace.get(f"measurement/aggregate/?category={pulse}&bucket=month").json
    assert [row["start"][:10] for row in weeks] == [
        "2024-10-21",
        "2024-10-28",
        "2024-10-28",
        "2024-12-30",
        "2024-12-30",
        "2025-03-24",
        "2025-03-31",
    ]
    assert short(months) == [
        ("2024-10-01T00:00", None, 6, "388.50"),
        ("2024-10-01T00:00", "bpm", 1, "67.00"),
        ("2025-01-01T00:00", None, 1, "71.00"),
        ("2025-01-01T00:00", "hz", 1, "71.00"),
        ("2025-03-01T00:00", None, 2, "110.25"),
        ("2025-03-01T00:00", "", 1, "80.00"),
    ]
    assert (months[0]["min"], months[0]["max"]) == ("50.00", "120.00")
    assert [(row["min"], row["max"]) for row in months[2:4]] == [("71.00", "99.99"), ("10.55", "71.00")]


@pytest.mark.parametrize(
    ("most", "first"),
    [
        ("1", "2024-10-01T00"),
        ("0", "2024-10-01T00"),
        ("-5", "2024-10-01T00"),
        ("5", "2024-10-21T00"),
        ("6", "2024-10-26T00"),
        (" 7", "2024-10-26T00"),
        ("10", "2024-10-26T00"),
        ("11", "2024-10-26T23"),
        ("9" * 30, "2024-10-26T23"),
    ],
)
def test_auto_takes_the_smallest_that_is_few_enough(grace, pulse, most, first):
    rows = grace.get(f"measurement/aggregate/?category={pulse}&max_points={most}").json
    assert rows[0]["start"].startswith(first)


def test_points_are_counted_over_all_categories(grace):
    one = category(grace, [(f"2024-05-0{day}T10:00:00Z", 1, {}) for day in (1, 2)], "One")
    category(grace, [(f"2024-05-0{day}T10:00:00Z", 1, {}) for day in (2, 3)], "Other")
    assert short(grace.get("measurement/aggregate/?max_points=3").json)[0][0] == "2024-05-01T12:00"
    assert short(grace.get("measurement/aggregate/?max_points=2").json)[0][0] == "2024-04-29T00:00"
    assert short(grace.get(f"measurement/aggregate/?max_points=2&category={one}").json)[0][0] == "2024-05-01T12:00"


def test_bounds_are_numbers_or_the_value(grace, people):
    held = Category.create(user=people["grace"], name="Odd")
    for extra in ({"min": None, "max": "9"}, {"min": True, "max": [1]}, {"min": {}, "max": 3}, []):
        Measurement.create(category=held, value=5, date=datetime(2024, 5, 1, 10, tzinfo=UTC), extra_data=extra)
    [row] = grace.get("measurement/aggregate/?bucket=month").json
    assert (row["count"], row["min"], row["max"]) == (4, "5.00", "5.00")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("bucket=year", "Unknown bucket: year"),
        ("bucket=", "Unknown bucket: "),
        ("bucket=DAY", "Unknown bucket: DAY"),
        ("tz=Mars/Phobos", "Unknown timezone: Mars/Phobos"),
        ("tz=utc", "Unknown timezone: utc"),
        ("tz=%2B02:00", "Unknown timezone: +02:00"),
        ("tz=/etc/passwd", "Unknown timezone: /etc/passwd"),
        ("tz=..", "Unknown timezone: .."),
        ("tz=Europe", "Unknown timezone: Europe"),
        ("max_points=abc", "max_points must be a number"),
        ("max_points=", "max_points must be a number"),
        ("max_points=1.5", "max_points must be a number"),
        ("max_points=" + "9" * 5000, "max_points must be a number"),
        ("bucket=year&max_points=x&tz=utc", "Unknown timezone: utc"),
        ("bucket=year&max_points=x", "max_points must be a number"),
    ],
)
def test_what_is_refused(grace, query, said):
    answer = grace.get(f"measurement/aggregate/?{query}")
    assert (answer.status_code, answer.json) == (400, {"detail": said})


def test_filters_are_those_of_the_list(api, grace, pulse):
    for action in ("aggregate", "value-counts"):
        path = f"measurement/{action}/"
        assert grace.get(f"{path}?category=abc").json == {
            "category": ["Select a valid choice. That choice is not one of the available choices."]
        }
        assert grace.get(f"{path}?date__gte=abc").json == {"date__gte": ["Enter a valid date/time."]}
        assert grace.get(f"{path}?source=google").json == []
        assert grace.get(f"{path}?limit=1&offset=1").json == grace.get(f"{path}?ordering=-value").json != []
        assert api("linus").get(f"{path}?category={pulse}").json == []
        assert api().get(path).status_code == 403
        assert grace.post(path, {}).json == {"detail": 'Method "POST" not allowed.'}
        assert grace.open("OPTIONS", path).status_code == 200
    rows = grace.get(
        f"measurement/aggregate/?category={pulse}&date__gte=2024-10-27&date__lt=2024-10-28&bucket=hour"
    ).json
    assert short(rows) == [("2024-10-27T00:00", None, 1, "62.00"), ("2024-10-27T02:00", None, 2, "134.50")]


def test_how_often_which_value(grace, pulse):
    rows = grace.get(f"measurement/value-counts/?category={pulse}").json
    assert [(row["value"], row["unit"], row["count"]) for row in rows] == [
        ("55.00", None, 1),
        ("55.25", None, 1),
        ("60.00", None, 1),
        ("62.00", None, 1),
        ("64.00", None, 1),
        ("66.00", None, 2),
        ("67.00", "bpm", 1),
        ("70.50", None, 1),
        ("71.00", None, 1),
        ("71.00", "hz", 1),
        ("80.00", "", 1),
    ]
    assert rows[5] == {
        "category": pulse,
        "value": "66.00",
        "unit": None,
        "count": 2,
        "newest": "2024-10-28T10:00:00+01:00",
    }


@pytest.mark.parametrize("yes", ["1", "true", "True", "TRUE"])
def test_how_often_which_total_of_a_day(grace, pulse, yes):
    rows = grace.get(f"measurement/value-counts/?category={pulse}&summed_per_day={yes}").json
    assert [(row["value"], row["unit"], row["count"]) for row in rows] == [
        ("60.00", None, 1),
        ("67.00", "bpm", 1),
        ("71.00", None, 1),
        ("71.00", "hz", 1),
        ("80.00", "", 1),
        ("110.25", None, 1),
        ("132.00", None, 1),
        ("196.50", None, 1),
    ]
    assert rows[-1]["newest"] == "2024-10-27T02:30:00+01:00"


@pytest.mark.parametrize("no", ["0", "yes", "false", "2", ""])
def test_anything_else_counts_single_values(grace, pulse, no):
    usual = grace.get("measurement/value-counts/").json
    assert grace.get(f"measurement/value-counts/?summed_per_day={no}").json == usual


def test_sums_of_a_day_are_exact_to_the_cent(grace):
    days = [
        (f"2024-05-0{day}T1{hour}:00:00Z", value, {}) for day in (1, 2) for hour, value in enumerate((0.1, 0.2, 12.34))
    ]
    category(grace, days)
    [row] = grace.get("measurement/value-counts/?summed_per_day=1").json
    assert (row["value"], row["count"]) == ("12.64", 2)


def test_pages_show_them(grace, pulse):
    for path in (f"aggregate/?category={pulse}&bucket=day", "value-counts/", "aggregate/?bucket=&max_points=&tz="):
        page = grace.get(f"measurement/{path}", headers={"Accept": "text/html"})
        assert page.status_code == 200 and "71.00" in page.text and 'name="tz"' in page.text


def test_the_document_says_that_they_are_lists(api):
    paths = api().get("/api/v2/schema/?format=json").json["paths"]
    for action in ("aggregate", "value-counts"):
        path = paths[f"/api/v2/measurement/{action}/"]
        names = [parameter["name"] for parameter in path["get"]["parameters"]]
        assert {"category", "date__gte", "source", "tz"} < set(names) and not {"limit", "offset", "ordering"} & set(
            names
        )
        assert path["get"]["responses"]["200"]["content"]["application/json"]["schema"]["type"] == "array"
        assert "post" not in path


ZONES = (
    "Europe/Berlin",
    "America/Sao_Paulo",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Africa/Casablanca",
    "Etc/GMT-14",
)
START = {
    "hour": lambda local: local,
    "day": lambda local: local.replace(hour=0),
    "week": lambda local: local.replace(hour=0) - timedelta(days=local.weekday()),
    "month": lambda local: local.replace(hour=0, day=1),
}


@pytest.mark.parametrize("zone", ZONES)
def test_buckets_are_those_of_the_calendar_there(grace, people, zone):
    """Whatever the database does, it comes to what a calendar in Python says, at a change of clocks, too."""
    held = Category.create(user=people["grace"], name="Many")
    place, numbers = ZoneInfo(zone), Random(zone)
    moments = [
        datetime(2016, 10, 1, tzinfo=UTC) + timedelta(minutes=30 * numbers.randrange(48 * 700)) for _ in range(400)
    ]
    Measurement.insert_many([{"category": held, "value": 1, "date": moment} for moment in moments]).execute()
    for size, start in START.items():
        expected = Counter(
            start(moment.astimezone(place).replace(minute=0, tzinfo=None, fold=0)).replace(tzinfo=place).timestamp()
            for moment in moments
        )
        rows = grace.get(f"measurement/aggregate/?bucket={size}&tz={zone}").json
        found = {datetime.fromisoformat(row["start"]).timestamp(): row["count"] for row in rows}
        assert found == expected
        assert list(found) == sorted(found)


def test_clocks_that_are_set_ahead_a_minute_past_midnight(grace, people):
    """Newfoundland until 2011: its hour from one to two began at a minute past, and its days as all others."""
    held = Category.create(user=people["grace"], name="Many")
    for hour, minute in ((3, 0), (3, 45), (5, 45)):
        Measurement.create(category=held, value=1, date=datetime(2010, 3, 14, hour, minute, tzinfo=UTC))
    counts = [
        [row["count"] for row in grace.get(f"measurement/aggregate/?bucket={size}&tz=America/St_Johns").json]
        for size in START
    ]
    assert counts == [[1, 1, 1], [1, 2], [3], [3]]


def test_few_days_of_many_years(grace, people):
    """Where there are not too many hours, nor days, is told of those that have values."""
    held = Category.create(user=people["grace"], name="Rare")
    for year in (1990, 2000, 2010, 2020):
        for hour in (8, 9):
            Measurement.create(category=held, value=1, date=datetime(year, 5, 1, hour, tzinfo=UTC))
    for most, number in ((8, 8), (7, 4), (4, 4), (3, 4)):
        assert len(grace.get(f"measurement/aggregate/?max_points={most}").json) == number


def test_the_ends_of_time(grace, people):
    held = Category.create(user=people["grace"], name="Old")
    for year, month, day in ((1, 1, 1), (9999, 12, 31)):
        Measurement.create(category=held, value=1, date=datetime(year, month, day, 12, tzinfo=UTC))
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        for size in START:
            assert grace.get(f"measurement/aggregate/?bucket={size}&tz={zone}").status_code == 200


def test_a_unit_of_all_and_of_some(grace, people):
    """Days whose values have the same unit, one of several, or one beside none."""
    held = Category.create(user=people["grace"], name="Units")
    for day, units in enumerate((["hz", "hz"], ["bpm", "hz"], ["bpm", None, "bpm"], [None, None], ["", ""]), 1):
        for hour, unit in enumerate(units):
            extra = {} if unit is None else {"unit": unit}
            moment = datetime(2024, 5, day, 8 + hour, tzinfo=UTC)
            Measurement.create(category=held, value=day, date=moment, extra_data=extra)
    rows = short(grace.get("measurement/aggregate/?bucket=day").json)
    assert [(start[8:10], *others) for start, *others in rows] == [
        ("01", "hz", 2, "2.00"),
        ("02", "bpm", 1, "2.00"),
        ("02", "hz", 1, "2.00"),
        ("03", None, 1, "3.00"),
        ("03", "bpm", 2, "6.00"),
        ("04", None, 2, "8.00"),
        ("05", "", 2, "10.00"),
    ]


def test_long_units_that_begin_alike_are_not_one(grace, people):
    held = Category.create(user=people["grace"], name="Units")
    units = ["steps of the left foot, " + side for side in ("inside", "outside")]
    for hour, unit in enumerate([*units, *units, "steps"]):
        Measurement.create(
            category=held, value=1, date=datetime(2024, 5, 1, 8 + hour, tzinfo=UTC), extra_data={"unit": unit}
        )
    expected = [("steps", 1), *((unit, 2) for unit in units)]
    for path in ("aggregate/?bucket=day", "value-counts/"):
        assert [(row["unit"], row["count"]) for row in grace.get(f"measurement/{path}").json] == expected


def test_odd_spellings_of_json_are_read_too(grace, people):
    held = Category.create(user=people["grace"], name="Spelled")
    made = [Measurement.create(category=held, value=5, date=datetime(2024, 5, 1, hour, tzinfo=UTC)) for hour in (8, 9)]
    for one, text in zip(made, ('{ "min" : 15e-1,"unit"\n:"h\\u007a" }', " { } "), strict=True):
        Measurement.update(extra_data=SQL(f"'{text}'")).where(Measurement.id == one.id).execute()
    rows = grace.get("measurement/aggregate/?bucket=month").json
    assert [(row["unit"], row["min"], row["max"]) for row in rows] == [(None, "5.00", "5.00"), ("hz", "1.50", "5.00")]


def test_bounds_beyond_what_a_database_counts_to(grace, people):
    held = Category.create(user=people["grace"], name="Huge")
    for bounds in ({"max": 10**400}, {"min": -(10**400)}):
        body = {"category": str(held.id), "value": 5, "date": "2024-05-01T10:00:00Z", "extra_data": bounds}
        assert grace.post("measurement/", body).status_code == 201
    [row] = grace.get("measurement/aggregate/?bucket=month").json
    assert (row["count"], row["sum"]) == (2, "10.00")


def test_what_json_holds_is_read_from_an_index(grace, pulse, queries):
    """To read it of every row takes longer than all the rest."""
    held = database.obj
    if not held.dialect.covers_expressions:
        pytest.skip("rows are read")
    for path in (*(f"aggregate/?category={pulse}&bucket={size}" for size in START), "value-counts/"):
        assert grace.get(f"measurement/{path}").status_code == 200
        sql = queries[-1]
        values = ["0"] * sql.count("?")
        plan = [row[3] for row in held.execute_sql(f"EXPLAIN QUERY PLAN {sql}", values)]
        assert [step for step in plan if "INDEX wger_flask_measurement_sums (category_id=? AND date" in step], plan


def test_a_lost_index_is_made_again(people):
    """Another program that rebuilds the table drops what it does not know."""
    held = database.obj
    if not held.dialect.covers_expressions:
        pytest.skip("there is none")
    held.execute_sql("DROP INDEX wger_flask_measurement_sums")
    with transaction():
        assert prepare([Measurement]) == ["added the index wger_flask_measurement_sums"]
        assert prepare([Measurement]) == []
