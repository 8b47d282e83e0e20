"""Dumps of wger 2.5, 2.6 and the alphas of 2.7 become rows of 2.7.0 while they are read."""

from __future__ import annotations

import gzip
import io
import json
import random
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from tests.reference import BY_LABEL, MODELS, TABLES, empty_database, needs_reference
from tests.storage.comparing import differences, everything, renamed
from wger_flask.storage import alter, body_weights, session_times
from wger_flask.storage.database import database, open_database
from wger_flask.storage.migrations import migrate
from wger_flask.storage.numbered_keys import uuid_of
from wger_flask.storage.server_zone import set_server_zone
from wger_flask.transfer.importer import ImportFailure, import_dump

from .conftest import SHARED
from .documents import numbered, of_2_7_0_alpha
from .rows import language, row, user, weight

Category, Measurement = BY_LABEL["measurements.category"], BY_LABEL["measurements.measurement"]
Session = BY_LABEL["manager.workoutsession"]


@pytest.fixture(autouse=True)
def zone():
    set_server_zone(ZoneInfo("Europe/Berlin"))


@pytest.fixture(scope="module")
def older():
    """The rows of the small dump, as 2.7.0a2 wrote them."""
    return of_2_7_0_alpha()


def imported(rows, folder):
    folder.mkdir()
    with empty_database(folder):
        migrate(MODELS)
        report = import_dump(io.BytesIO(json.dumps(rows).encode()), MODELS)
        assert not report.unknown and "wger_flask_former_session" not in database.obj.get_tables()
        assert "weight_weightentry" not in database.obj.get_tables()
        return everything(TABLES), report


def official(rows):
    return {row["user"]: row["id"] for row in rows["measurements_category"] if row["is_official"]}


def without_moments(rows, *others):
    gone = {"wger_flask_migration", "trophies_trophy", *others}
    return {table: found for table, found in rows.items() if table not in gone}


@needs_reference
def test_a_dump_of_an_alpha_becomes_what_wger_made_of_its_database(older, tmp_path):
    rows, report = imported(older, tmp_path / "ours")
    assert sum(report.loaded.values()) == len(older) and not report.ignored
    file = tmp_path / "theirs.sqlite"
    file.write_bytes(gzip.decompress((SHARED / "dataset" / "reference-2.7.0a2-upgraded.sqlite.gz").read_bytes()))
    open_database(f"sqlite:///{file}")
    migrate(MODELS)
    theirs = everything(TABLES)
    database.obj.close()
    keys = {key: official(theirs)[owner] for owner, key in official(rows).items()}
    loaded = {BY_LABEL[label]._meta.table_name for label in report.loaded if label in BY_LABEL}
    apart = differences(rows, theirs, renamed(keys))
    assert apart.keys() & {*loaded, "measurements_measurement"} == set()


def test_a_dump_of_2_5_becomes_the_same(older, tmp_path):
    rows, _ = imported(older, tmp_path / "alpha")
    dump, numbers = numbered(older)
    found, report = imported(dump, tmp_path / "numbered")
    assert report.ignored.keys() == {
        f"core.userprofile.{name}" for name in ("show_english_ingredients", "ro_access", "show_comments")
    }
    keys = {key: official(rows)[owner] for owner, key in official(found).items()}
    keys |= {uuid_of(label, number): UUID(key) for label, of in numbers.items() for key, number in of.items()}
    weights = {one["pk"]: one["fields"]["uuid"] for one in older if one["model"] == "weight.weightentry"}
    keys |= {uuid_of("weight.weightentry", number): UUID(key) for number, key in weights.items()}
    assert differences(without_moments(found), without_moments(rows), renamed(keys)) == {}


def test_the_order_of_a_dump_does_not_matter(older, tmp_path):
    rows, _ = imported(older, tmp_path / "ordered")
    mixed = list(older)
    random.Random(7).shuffle(mixed)
    shuffled, _ = imported(mixed, tmp_path / "shuffled")
    keys = {key: official(rows)[owner] for owner, key in official(shuffled).items()}
    links = [table for table in rows if table.startswith(("exercises_exercise_", "auth_"))]  # numbered as they came
    assert differences(without_moments(shuffled, *links), without_moments(rows, *links), renamed(keys)) == {}


def test_tables_of_former_rows_are_emptied_some_rows_at_a_time(older, tmp_path, monkeypatch):
    """SQLite keeps in memory what one statement changes: to move, or drop, a whole table takes what it holds."""
    monkeypatch.setattr(body_weights, "_MOVED_AT_ONCE", 7)
    monkeypatch.setattr(session_times, "_BATCH", 3)
    held, dropped = {}, alter.drop_table

    def drop_table(table):
        held[table] = database.obj.execute_sql(f"SELECT count(*) FROM {table}").fetchone()[0]
        dropped(table)

    rows, _ = imported(older, tmp_path / "whole")
    monkeypatch.setattr(alter, "drop_table", drop_table)
    bit_by_bit, _ = imported(older, tmp_path / "bit by bit")
    assert held == {"weight_weightentry": 0, "wger_flask_former_session": 0}
    keys = {key: official(rows)[owner] for owner, key in official(bit_by_bit).items()}
    assert differences(without_moments(bit_by_bit), without_moments(rows), renamed(keys)) == {}


def test_a_dump_that_is_loaded_again_changes_nothing(older, tmp_path):
    with empty_database(tmp_path):
        migrate(MODELS)
        counts = []
        for _ in range(2):
            import_dump(io.BytesIO(json.dumps(numbered(older)[0]).encode()), MODELS)
            counts.append({table: len(found) for table, found in everything(TABLES).items()})
        assert counts[0] == counts[1]


def session(pk="00000000-0000-4000-8000-000000000001", **fields):
    return row("manager.workoutsession", pk, **{"user": 1, "routine": None, "impression": "2", **fields})


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"date": "2024-02-31"}, "date: "),
        ({"date": "2024-02-01", "time_start": "25:00"}, "time_start: "),
        ({"date": "2024-02-01", "user": 77}, "there is no auth.user 77"),
        ({"date": "2024-02-01", "routine": 5}, "there is no manager.routine 5"),
    ],
)
def test_what_is_wrong_with_an_older_session_is_told(load, fields, complaint):
    with pytest.raises(ImportFailure, match=complaint):
        load([language(), user(), session(**fields)])
    assert Session.select().count() == 0 and "wger_flask_former_session" not in database.obj.get_tables()


def test_sessions_of_both_shapes_may_come_together(load):
    later = "00000000-0000-4000-8000-000000000002"
    load(
        [
            language(),
            user(),
            session(date="2024-07-01", time_start="23:30:00", time_end="00:15:00"),
            session(later, datetime_start="2024-07-02T08:00:00Z", datetime_end=None),
        ]
    )
    spans = {
        (str(one.datetime_start), str(one.datetime_end)) for one in Session.select().order_by(Session.datetime_start)
    }
    assert spans == {
        ("2024-07-01 21:30:00+00:00", "2024-07-01 22:15:00+00:00"),
        ("2024-07-02 08:00:00+00:00", "None"),
    }


def test_the_official_category_of_a_dump_takes_the_place_of_that_of_an_account(load):
    """Whoever makes an account, and then imports what it was elsewhere, has one already."""
    load([language(), user(), weight()])
    (made,) = Category.select()
    entries = [one.id for one in Measurement.select()]
    theirs = "00000000-0000-4000-8000-00000000000c"
    load(
        [
            row(
                "measurements.category",
                theirs,
                user=1,
                name="Body weight",
                unit="kg",
                metric_type="body_weight",
                is_official=True,
            ),
            row(
                "measurements.measurement",
                "00000000-0000-4000-8000-00000000000d",
                category=theirs,
                date="2024-05-01T10:00:00Z",
                value="80.00",
                notes="",
            ),
        ]
    )
    assert made.is_official and [str(one.id) for one in Category.select()] == [theirs]
    found = list(Measurement.select())
    assert len(found) == 2 and {str(one.category_id) for one in found} == {theirs}
    assert entries[0] in {one.id for one in found}
