"""What the step to wger 2.7.0's measurements makes of a database: of an earlier one of ours, and of one of wger's."""

from __future__ import annotations

import gzip

import pytest

from tests.reference import SERVER, SHARED, empty_database, needs_reference
from wger_flask.models import Category, Measurement
from wger_flask.storage.database import database, open_database
from wger_flask.storage.migrations import m0005_measurements as step

BEFORE = (
    "CREATE TABLE auth_user (id integer PRIMARY KEY, username varchar(150) NOT NULL)",
    "CREATE TABLE core_userprofile (id integer PRIMARY KEY, user_id integer NOT NULL, weight_unit varchar(2) NOT NULL)",
    "CREATE TABLE measurements_category (id {uuid} PRIMARY KEY, user_id integer NOT NULL,"
    " name varchar(100) NOT NULL, unit varchar(30) NOT NULL)",
    "CREATE TABLE measurements_measurement (id {uuid} PRIMARY KEY, category_id {uuid} NOT NULL REFERENCES"
    " measurements_category (id), date {moment} NOT NULL, value {decimal} NOT NULL, notes varchar(100) NOT NULL)",
    "CREATE TABLE weight_weightentry (id integer PRIMARY KEY, uuid {uuid} NOT NULL UNIQUE, date {moment} NOT NULL,"
    " weight {decimal} NOT NULL, user_id integer NOT NULL)",
    "CREATE UNIQUE INDEX once ON weight_weightentry (date, user_id)",
)
TYPES = (
    {"uuid": "uuid", "moment": "timestamp with time zone", "decimal": "numeric(6, 2)"}
    if SERVER
    else {"uuid": "char(32)", "moment": "datetime", "decimal": "decimal"}
)
KEYS = [f"{number:032x}" for number in range(1, 9)]


@pytest.fixture
def empty(tmp_path):
    with empty_database(tmp_path) as opened:
        yield opened


@pytest.fixture
def before(empty):
    """A database of an earlier version, with users in kilograms, in pounds, without a profile and without a weight."""
    for statement in BEFORE:
        empty.execute_sql(statement.format(**TYPES))
    for statement in (
        "INSERT INTO auth_user VALUES (1, 'ada'), (2, 'grace'), (3, 'linus'), (4, 'alan')",
        "INSERT INTO core_userprofile VALUES (1, 1, 'kg'), (2, 2, 'lb'), (3, 4, 'kg')",
        f"INSERT INTO measurements_category VALUES ('{KEYS[0]}', 1, 'Waist', 'cm')",
        f"INSERT INTO measurements_measurement VALUES ('{KEYS[1]}', '{KEYS[0]}', '2024-01-01 12:00:00', 90, 'x')",
        "INSERT INTO weight_weightentry VALUES"
        f" (1, '{KEYS[2]}', '2024-01-01 12:00:00', 80.5, 1), (2, '{KEYS[3]}', '2024-01-02 12:00:00', 0, 1),"
        f" (3, '{KEYS[4]}', '2024-01-01 12:00:00', 180, 2), (4, '{KEYS[5]}', '2024-01-01 12:00:00', 70, 3)",
    ):
        empty.execute_sql(statement)
    return empty


def test_weights_become_measurements(before):
    step.apply(before)
    step.apply(before)  # on what it made itself it changes nothing
    assert "weight_weightentry" not in before.get_tables()
    categories = {row.user_id: row for row in Category.select().where(Category.is_official)}
    assert {user: (row.name, row.unit, row.metric_type) for user, row in categories.items()} == {
        user: ("Body weight", unit, "body_weight") for user, unit in ((1, "kg"), (2, "lb"), (3, "kg"), (4, "kg"))
    }
    assert {row.id.version for row in categories.values()} == {7}
    moved = Measurement.select().where(Measurement.category.in_(list(categories.values())))
    assert {row.id.hex: (row.category.user_id, row.value, row.extra_data["unit"]) for row in moved} == {
        KEYS[2]: (1, 80.5, "kg"),
        KEYS[4]: (2, 180, "lb"),
        KEYS[5]: (3, 70, "kg"),
    }
    assert all((row.source, row.external_id, row.notes) == ("user", None, "") for row in moved)


def test_what_was_there_stays(before):
    step.apply(before)
    waist, entry = Category.get_by_id(KEYS[0]), Measurement.get_by_id(KEYS[1])
    assert (waist.name, waist.unit, waist.metric_type, waist.is_official, waist.order) == (
        "Waist",
        "cm",
        "custom",
        0,
        0,
    )
    assert (waist.chart_type, waist.chart_config, waist.parent_id, waist.dynamic_type) == (None, {}, None, "NONE")
    assert (entry.value, entry.notes, entry.extra_data) == (90, "x", {})
    Measurement.update(value="999999.99").execute()
    assert {
        index.name
        for table in ("measurements_category", "measurements_measurement")
        for index in before.get_indexes(table)
    } >= {
        "unique_typed_category_per_user",
        "unique_external_measurement",
        "measurement_category_date",
    }


def test_without_tables_nothing_happens(empty):
    step.apply(empty)
    assert empty.get_tables() == []


@needs_reference
@pytest.mark.skipif(bool(SERVER), reason="files, as wger left them")
def test_it_makes_what_wgers_own_migration_makes(tmp_path):
    def rows(name, upgrade):
        file = tmp_path / name
        file.write_bytes(gzip.decompress((SHARED / "dataset" / f"{name}.sqlite.gz").read_bytes()))
        held = open_database(f"sqlite:///{file}")
        if upgrade:
            step.apply(held)
        key = "CASE WHEN c.is_official THEN 'official' ELSE c.id END"
        categories = f"""SELECT {key}, c.user_id, c.name, c.unit, c.metric_type, c.chart_type, c.chart_config,
            c.parent_id, c."order", c.is_official, c.dynamic_type, c.dynamic_params
            FROM measurements_category c ORDER BY c.user_id, 1"""
        entries = f"""SELECT m.id, c.user_id, {key}, m.date, m.value, m.notes, m.source, m.external_id, m.extra_data
            FROM measurements_measurement m JOIN measurements_category c ON c.id = m.category_id ORDER BY m.id"""
        found = [held.execute_sql(query).fetchall() for query in (categories, entries)]
        assert "weight_weightentry" not in held.get_tables()
        database.obj.close()
        return found

    assert rows("reference-2.7", True) == rows("reference-2.7.0a2-upgraded", False)
