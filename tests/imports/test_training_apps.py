"""What the files of apps for training say."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from wger_flask.imports.errors import ImportRefused

from .reading import ZONE, read, sample


def said(name: str, **options: object) -> tuple[str, list[dict[str, object]]]:
    """Return the format of a sample and what its records hold besides what is usual."""
    format, records = read(sample(name), **options)
    usual = {"weight_unit": "kg", "distance_unit": "km", "workout": "", "notes": "", "comment": "", "file": ""}
    told = []
    for record in records:
        values = {field: getattr(record, field) for field in record.__dataclass_fields__}
        told.append({key: value for key, value in values.items() if value is not None and usual.get(key) != value})
    return format, told


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZONE)  # type: ignore[misc, arg-type]


def test_hevy():
    format, sets = said("hevy.csv")
    assert format == "hevy"
    legs = {
        "start": at(2024, 3, 30, 9, 5),
        "end": at(2024, 3, 30, 10),
        "workout": "Legs",
        "notes": "felt strong",
    }
    squat = legs | {"exercise": "Barbell Squat", "comment": "knees ok", "repetitions": 5}
    assert sets[:3] == [
        squat | {"line": 2, "order": 0, "weight": 60},
        squat | {"line": 3, "order": 1, "weight": Decimal("102.5"), "rir": Decimal("1.5")},
        legs | {"line": 4, "order": 2, "exercise": "Treadmill", "distance": 5, "seconds": 1500},
    ]
    assert [one["order"] for one in sets[3:]] == [0, 1] and sets[4]["seconds"] == 90


def test_hevy_in_pounds_and_miles():
    _, sets = said("hevy-pounds.csv")
    assert {one["weight_unit"] for one in sets} == {"lb"} and {one["distance_unit"] for one in sets} == {"mi"}


def test_strong():
    format, sets = said("strong.csv")
    assert format == "strong"
    evening = {
        "start": at(2023, 1, 15, 18, 3, 22),
        "end": at(2023, 1, 15, 19, 8, 22),
        "workout": "Evening Workout",
        "notes": "a good day",
    }
    assert sets == [
        evening | {"line": 2, "order": 0, "exercise": "Bench Press", "weight": 40, "repetitions": 10},
        evening
        | {
            "line": 3,
            "order": 1,
            "exercise": "Bench Press",
            "weight": 80,
            "repetitions": 8,
            "rir": 2,
            "comment": "wide grip",
        },
        evening | {"line": 4, "order": 2, "exercise": "Running", "distance": Decimal("5.2"), "seconds": 1800},
    ]


def test_strong_between_semicolons_has_notes_and_rests_in_rows_of_their_own():
    _, sets = said("strong-semicolons.csv")
    bench, run = sets
    assert bench["line"] == 4 and bench["comment"] == "two\nlines" and bench["rest"] == 90
    assert (bench["weight"], bench["rir"]) == (Decimal("82.5"), Decimal("1.5"))
    assert run["distance"] == Decimal("5.2") and "comment" not in run and "weight" not in run


def test_strong_of_earlier_releases_names_units_in_each_row():
    _, sets = said("strong-old.csv")
    assert [one["weight_unit"] for one in sets] == ["lb", "lb"]
    assert (sets[1]["distance"], sets[1]["distance_unit"]) == (2, "mi")
    assert sets[0]["end"] == sets[0]["start"] + timedelta(minutes=45)  # type: ignore[operator]


def test_units_that_a_file_does_not_tell_are_those_of_the_profile():
    _, sets = said("strong.csv", weight_unit="lb")
    assert sets[0]["weight_unit"] == "lb" and sets[2]["distance_unit"] == "mi"
    _, sets = said("strong.csv", weight_unit="lb", distance_unit="km")
    assert "distance_unit" not in sets[2]


def test_fitnotes():
    format, sets = said("fitnotes.csv")
    assert format == "fitnotes"
    day = {"start": at(2024, 3, 4)}
    assert sets[:3] == [
        day
        | {
            "line": 2,
            "order": 0,
            "exercise": "Bench Press",
            "weight": 60,
            "repetitions": 8,
            "comment": "easy",
        },
        day | {"line": 3, "order": 1, "exercise": "Bench Press", "weight": 60, "repetitions": 7},
        day | {"line": 4, "order": 2, "exercise": "Rowing Machine", "distance": 2, "seconds": 510},
    ]


def test_fitnotes_of_iphones_has_two_columns_of_weights():
    _, sets = said("fitnotes-iphone.csv")
    assert (sets[0]["weight"], sets[0]["weight_unit"]) == (135, "lb")
    assert sets[1]["seconds"] == 90 and "weight" not in sets[1]


def test_liftosaur_leaves_out_what_was_not_done():
    format, sets = said("liftosaur.csv")
    assert format == "liftosaur"
    assert [(one["weight"], one["weight_unit"], one["repetitions"]) for one in sets] == [(95, "lb", 5), (230, "lb", 6)]
    assert sets[1]["rir"] == 1 and sets[1]["comment"] == "slow"
    assert str(sets[1]["moment"]) == "2026-03-01 10:05:00+00:00"


def test_liftosaur_of_earlier_releases():
    _, [one] = said("liftosaur-old.csv")
    assert (one["weight"], one["repetitions"]) == (100, 5)


def test_liftlog_begins_a_workout_with_its_first_set():
    format, sets = said("liftlog.csv")
    assert format == "liftlog"
    first = at(2024, 10, 16, 10, 42, 38)
    assert [(one["start"], one["moment"], one["order"], one["line"]) for one in sets[:2]] == [
        (first, first, 0, 3),
        (first, at(2024, 10, 16, 10, 44, 39), 1, 2),
    ]
    assert (sets[2]["weight_unit"], sets[2]["comment"]) == ("lb", "grip")


HEVY = sample("hevy.csv").decode().splitlines()


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ('"Legs","yesterday","",,"Squat",,"",0,"normal",1,1,,,', 'line 3, column start_time: "yesterday" is no date'),
        ('"Legs","","",,"Squat",,"",0,"normal",1,1,,,', "line 3, column start_time: a set needs the start of its"),
        ('"Legs","30 Mar 2024, 09:05","",,"",,"",0,"normal",1,1,,,', "line 3, column exercise_title: a"),
        ('"Legs","30 Mar 2024, 09:05","",,"x",,"",0,"normal",x,1,,,', 'line 3, column weight_kg: "x" is no number'),
        ('"Legs","30 Mar 2024, 25:05","",,"x",,"",0,"normal",1,1,,,', 'line 3, column start_time: "30 Mar 2024, 25'),
        ('"Legs","30 Mar 2024, 09:05","",,"x",,"",0,"normal",1,-1,,,', "line 3, column reps: -1 is not between 0"),
        ('"Legs","30 Mar 2024, 09:05","",,"x",,"",0,"normal",1,1,,,,,9', "line 3: there are 16 cells for 14 columns"),
        ('"Legs","30 Mar', "line 3: this is no row of a table"),
        ("a\0b", "line 3: there is a null character"),
        ("a" * (1 << 20), "line 3: the line is longer than"),
    ],
)
def test_what_cannot_be_read_is_told_by_its_line(row, told):
    with pytest.raises(ImportRefused) as refused:
        read("\n".join([*HEVY[:2], row]))
    assert str(refused.value).startswith(told)


def test_a_file_with_nothing_in_it_is_told():
    with pytest.raises(ImportRefused, match="line 1: there is nothing to import"):
        read(HEVY[0])
    with pytest.raises(ImportRefused, match="line 1: this file is of no app"):
        read("")


def test_a_file_holds_no_more_than_it_may():
    with pytest.raises(ImportRefused, match="line 4: the file holds more than 2 records"):
        read(sample("hevy.csv"), most=2)
