import dataclasses
from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wger_flask.engine.errors import TooManyDigits
from wger_flask.engine.rounding import PRECISION
from wger_flask.engine.sets import Prescription, rate_of_perceived_exertion
from wger_flask.engine.wording import ENGLISH

from .builders import entry, log

KEYS = tuple(
    (
        "slot_entry_id exercise sets max_sets weight max_weight weight_unit weight_rounding repetitions "
        "max_repetitions repetitions_unit repetitions_rounding rir max_rir rpe rest max_rest type text_repr comment"
    ).split()
)


def shown(iteration=1, words=ENGLISH, single=False, **columns):
    return Prescription(entry(**columns), words).at(iteration, single=single)


def text(**columns):
    return shown(**columns).text_repr


RANGES = dict(repetitions=8, max_repetitions=10, weight=60)

# The table of the text representation, row by row.
TEXTS = [
    (
        dict(
            sets=3,
            max_sets=4,
            repetitions=8,
            max_repetitions=12,
            weight="62.5",
            max_weight=65,
            rir="1.5",
            max_rir=3,
            rest=90,
            max_rest=120,
        ),
        "3-4 Sets, 8-12 × 62.50-65 kg @ 1.5 RiR 90-120s rest",
    ),
    (dict(sets=4, max_sets=2, weight=10), "4-2 Sets, 10 kg"),
    (dict(sets=1, max_sets=3, repetitions=5), "5 Reps"),
    (dict(sets=5), "5 Sets"),
    (dict(sets=2, rest=60), "2 Sets, 60s rest"),
    (RANGES, "8-10 × 60 kg"),
    (RANGES | dict(repetition_unit=2), "∞ × 60 kg"),
    (RANGES | dict(repetition_unit=3), "8-10 Seconds × 60 kg"),
    (RANGES | dict(repetition_unit=7, weight_unit=2), "8-10 Max Reps × 60 lb"),
    (RANGES | dict(repetition_unit=None), "8-10 × 60 kg"),
    (RANGES | dict(weight_unit=None), "8-10 × 60"),
    (dict(repetitions=8), "8 Reps"),
    (dict(repetitions=8, repetition_unit=2), "8 Reps"),
    (dict(repetitions=8, repetition_unit=3), "8 Seconds"),
    (dict(repetitions=8, repetition_unit=7), "8 Max Reps"),
    (dict(repetitions=8, repetition_unit=None), "8"),
    (dict(repetitions=5, weight=0), "5 Reps"),
    (dict(rir=2), "@ 2 RiR"),
    (dict(rest=30), "30s rest"),
    (dict(), ""),
    (dict(sets=0, repetitions=0, weight=0, rir=0, rest=0), ""),
    (dict(weight=51, max_weight=52, weight_rounding=5), "50-50 kg"),
    (dict(repetitions="8.5", weight="2.25"), "8.50 × 2.25 kg"),
    (dict(repetitions="7.3", repetition_rounding="0.50"), "7.50 Reps"),
    (dict(iteration=2, weight=[(1, 50), (2, "2.5", "+", "percent")]), "51.2500 kg"),
    (dict(iteration=5, weight=[(1, 60), (2, 10, "-", "percent", True)]), "39.3660000000 kg"),
    (dict(iteration=2, weight=[(1, 50), (2, 115, "-", "percent")], max_weight=50), "-7.5000-50 kg"),
    (dict(iteration=8, weight=[(1, 50), (2, "2.5", "+", "percent", True)]), "59.43428768341064453125 kg"),
    (dict(iteration=2, sets=[(1, 3), (2, 50, "+", "percent")]), "4.5 Sets"),
    (dict(repetitions=8, repetition_unit=99, weight=60, weight_unit=99), "8 × 60"),
    (dict(sets=3, max_sets=0, repetitions=8, max_repetitions=0, weight=60, max_weight=0), "3 Sets, 8 × 60 kg"),
    (dict(iteration=2, sets=[(1, 3), (2, 5, "-")], repetitions=5), "5 Reps"),
    (dict(iteration=2, repetitions=[(1, 5), (2, 8, "-")]), "-3 Reps"),
    (dict(iteration=2, sets=[(1, 50), (2, 50, "+", "percent")], weight=5), "75.0 Sets, 5 kg"),
]


@pytest.mark.parametrize(("columns", "expected"), TEXTS)
def test_text(columns, expected):
    assert text(**columns) == expected


def test_words_and_units_are_an_argument():
    german = dataclasses.replace(
        ENGLISH, sets="Sätze", reps="Wdh", rir="RiR", rest="Pause", repetition_units={3: "Sekunden"}
    )
    assert text(words=german, sets=3, repetitions=8, repetition_unit=3, weight=5, rest=60) == (
        "3 Sätze, 8 Sekunden × 5 kg 60s Pause"
    )
    assert text(words=german, repetitions=8) == "8 Wdh"


def test_a_set_is_shown_with_these_keys_and_strings():
    document = shown(
        sets=3,
        max_sets=4,
        weight="62.5",
        max_weight=65,
        repetitions=8,
        max_repetitions=10,
        rir="1.5",
        max_rir=3,
        rest=90,
        max_rest=120,
        weight_rounding="0.5",
        comment="slow",
    ).as_json()
    assert tuple(document) == KEYS
    assert document == {
        "slot_entry_id": 1,
        "exercise": 1,
        "sets": 3,
        "max_sets": 4,
        "weight": "62.50",
        "max_weight": "65",
        "weight_unit": 1,
        "weight_rounding": "0.50",
        "repetitions": "8",
        "max_repetitions": "10",
        "repetitions_unit": 1,
        "repetitions_rounding": None,
        "rir": "1.5",
        "max_rir": "3",
        "rpe": "8.5",
        "rest": "90",
        "max_rest": "120",
        "type": "normal",
        "comment": "slow",
        "text_repr": "3-4 Sets, 8-10 × 62.50-65 kg @ 1.5 RiR 90-120s rest",
    }


def test_units_and_roundings_are_silent_without_a_value():
    got = shown(rest=60, weight_rounding="2.50", repetition_rounding="1.00")
    assert (got.weight_unit, got.weight_rounding, got.repetitions_unit, got.repetitions_rounding) == (None,) * 4
    assert (got.sets, got.max_sets, got.rpe) == (1, None, None)


@pytest.mark.parametrize(
    ("base", "most", "expected"),
    [(10, 10, None), (6, 5, None), (0, 9, None), (None, 9, None), (10, 0, None), (10, "10.01", "10.01")],
)
def test_a_maximum_has_to_lie_above_a_base(base, most, expected):
    columns = {} if base is None else {"weight": base}
    got = shown(max_weight=most, **columns).max_weight
    assert got == (None if expected is None else Decimal(expected))


def test_max_sets_is_always_shown_and_rounded_half_to_even():
    assert shown(max_sets=3).max_sets == 3
    assert shown(2, sets=4, max_sets=[(1, 3), (2, 50, "+", "percent")]).max_sets == 4  # 4.5
    assert shown(2, max_sets=[(1, 5), (2, 50, "+", "percent")]).max_sets == 8  # 7.5


def test_sets_are_cut_towards_zero():
    assert shown(2, sets=[(1, 3), (2, 50, "+", "percent")]).sets == 4
    assert shown(2, sets=[(1, 3), (2, 150, "-", "percent")]).sets == -1  # -1.5
    assert shown(single=True, sets=4, repetitions=5).sets == 1
    assert shown(single=True, sets=4, repetitions=5).text_repr == "5 Reps"


# What is shown of values that were walked: the last column of the tables of rules and of requirements.
WALKED = [
    ("sets", dict(sets=[(1, 3), (2, 50, "+", "percent", True)]), "3 4 6"),
    ("rest", dict(rest=[(1, 91), (2, 10, "+", "percent", True)]), "91 100 110 121 133"),
    ("rest", dict(rest=[(1, 5), (2, 50, "+", "percent")]), "5 8"),  # 7.5: half to even
    ("rir", dict(rir=[(1, 0), (2, "1.5", "+", "abs", True)]), "0 1.5 3 4.5 6 7.5 9 9.5"),
    ("rir", dict(rir=[(1, "4.5"), (2, "1.5", "-", "percent"), (3, 50, "-", "percent")]), "4.5 4.5 2"),  # 2.216
    ("rir", dict(rir=[(1, "2.5"), (2, 50, "-", "percent")]), "2.5 1"),  # 1.25: half to even
    ("max_rir", dict(rir=1, max_rir=[(1, 2), (2, "1.5", "+", "abs", True)]), "2 3.5 5 6.5 8 9.5 9.5"),
    (
        "weight",
        dict(weight=[(1, 50), (2, "2.5", "+", "abs", True), (5, 60), (6, 10, "-", "percent", True)]),
        "50 52.50 55 57.50 60 54 48.60 43.74 39.37",
    ),
    ("weight", dict(weight=[(2, 3, "-", "abs", True)]), "- -3 -6 -9"),
    ("weight", dict(weight=[(1, 3000), (2, 100, "+", "percent", True)]), "3000 6000 9999.99 9999.99"),
    (
        "weight",
        dict(
            weight=[(1, "61.25"), (2, 1, "+", "abs", True, ("weight",))],
            weight_rounding="2.50",
            logs=[log(1, weight=60), log(2, weight=62), log(3, weight="62.5")],
        ),
        "60 62.50 62.50 62.50",
    ),
    ("weight", dict(weight=[(1, "61.25")], weight_rounding=-1), "61"),
    ("weight", dict(weight=[(1, "61.25")], weight_rounding=0), "61.25"),
    ("repetitions", dict(repetitions=[(1, 5), (2, 2, "+", "abs", True)], repetition_rounding=2), "4 8 8"),
]


@pytest.mark.parametrize(("field", "columns", "expected"), WALKED)
def test_walked_values_are_shown_rounded(field, columns, expected):
    prescription = Prescription(entry(**columns))
    with localcontext(PRECISION):
        documents = [prescription.at(iteration).as_json() for iteration in range(1, len(expected.split()) + 1)]
    assert ["-" if document[field] is None else str(document[field]) for document in documents] == expected.split()


@pytest.mark.parametrize("unit", [None, 1, 2, 3])
def test_units_and_roundings_are_shown_with_a_value(unit):
    got = shown(weight=0, repetitions=5, weight_unit=unit, repetition_unit=unit, weight_rounding="2.5").as_json()
    assert (got["weight"], got["weight_unit"], got["weight_rounding"]) == ("0", unit, "2.50")
    assert (got["repetitions"], got["repetitions_unit"], got["repetitions_rounding"]) == ("5", unit, None)


@pytest.mark.parametrize(("rir", "rpe"), [(0, 10), ("1.5", "8.5"), (5, 5), ("5.5", 4), (9, 4), (-2, 12)])
def test_rpe(rir, rpe):
    assert rate_of_perceived_exertion(Decimal(rir)) == Decimal(rpe)


@pytest.mark.parametrize(
    ("columns", "field"),
    [
        (dict(weight=[(1, 3000), (2, 300, "+", "percent")], weight_rounding="2.5"), "weight"),
        (dict(rest=[(1, 1800), (2, 1800, "+", "percent")]), "rest"),
        (dict(weight=[(1, 0), (2, 3000, "-", "abs", True), (3, 3000, "-"), (4, 3000, "-"), (5, 3000, "-")]), "weight"),
        (dict(rir=[(1, 0), (2, "4.5", "-", "abs", True)]), "rir"),
    ],
)
def test_numbers_that_outgrow_their_field_are_named(columns, field):
    with pytest.raises(TooManyDigits) as caught:
        for iteration in range(1, 6):
            shown(iteration, **columns)
    assert caught.value.field == field


def test_nothing_is_computed_anew_while_nothing_changes():
    prescription = Prescription(entry(sets=3, weight=[(1, 50), (4, 60)]))
    assert prescription.at(1) is prescription.at(3)
    assert prescription.at(4).weight == 60 and prescription.at(2).weight == 50


@given(
    st.decimals(0, 3000, places=2),
    st.decimals(0, 3000, places=2),
    st.none() | st.sampled_from(["0.50", "1.25", "2.50", "5.00"]),
)
def test_the_text_says_what_the_fields_say(weight, most, rounding):
    got = shown(weight=weight, max_weight=most, weight_rounding=rounding)
    if got.weight:
        upper = f"-{got.max_weight}" if got.max_weight else ""
        assert got.text_repr == f"{got.weight}{upper} kg"
    else:
        assert got.text_repr == ""
    if got.max_weight is not None:
        assert got.max_weight >= got.weight and most > weight
