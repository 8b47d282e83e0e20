import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wger_flask.engine.errors import TooManyDigits
from wger_flask.engine.statistics import (
    PerformedSet,
    estimated_maxima,
    estimated_one_rep_max,
    routine_statistics,
    share_of_one_rep_max,
)

MUSCLES = {71: (10,), 51: (2, 11), 9: ()}
EMPTY = {
    "iteration": {},
    "weekly": {},
    "daily": {},
    "mesocycle": {"exercises": {}, "muscle": {}, "upper_body": "0.00", "lower_body": "0.00", "total": "0.00"},
}


def performed(repetitions, weight, exercise=71, iteration=1, date="2024-01-02", weight_unit=1, repetitions_unit=1):
    return PerformedSet(
        datetime.date.fromisoformat(date),
        iteration,
        exercise,
        None if weight is None else Decimal(str(weight)),
        None if repetitions is None else Decimal(str(repetitions)),
        weight_unit,
        repetitions_unit,
    )


def documents(*sets):
    return routine_statistics(sets, MUSCLES).as_json()


def test_plain_tuples_are_sets_too():
    done = [performed(8, 50), performed(None, 50), performed(8, 50, weight_unit=3), performed(8, 50, weight_unit=2)]
    assert documents(*map(tuple, done)) == documents(*done) != documents()


def test_sets_alike_count_each():
    got = documents(*[performed(8, "82.5")] * 3, performed(8, "82.5", weight_unit=2), performed(8, "82.5", 51))
    assert got["sets"]["mesocycle"]["exercises"] == {"71": 4.0, "51": 1.0}
    assert got["volume"]["mesocycle"]["exercises"] == {"71": 2279.3712, "51": 660.0}  # 82.5 lb are 37.4214 kg


def test_nothing_done():
    assert documents() == {"intensity": EMPTY, "sets": EMPTY, "volume": EMPTY}


def test_the_worked_example():
    got = documents(performed(8, "50.5"), performed(5, 100, iteration=2))
    assert got["volume"]["mesocycle"] == {
        "exercises": {"71": 904.0},
        "muscle": {"10": 904.0},
        "upper_body": "0.00",
        "lower_body": "0.00",
        "total": "904.00",
    }
    assert list(got) == ["intensity", "sets", "volume"]
    assert got["sets"]["mesocycle"]["total"] == "2.00"
    assert got["intensity"]["mesocycle"]["total"] == "0.85"
    assert got["intensity"]["iteration"]["1"]["exercises"]["71"] == 0.8054000000000001
    assert list(got["volume"]["iteration"]) == ["1", "2"]


@pytest.mark.parametrize(("repetitions", "share"), [(1, "1.0"), (8, "0.8054"), (40, "-0.0842"), (0, "1.0278")])
def test_share_of_the_one_rep_max(repetitions, share):
    assert float(share_of_one_rep_max(Decimal(repetitions))) == pytest.approx(float(share))


@pytest.mark.parametrize(
    "left_out",
    [
        performed(8, 50, weight_unit=3),
        performed(8, 50, weight_unit=None),
        performed(8, 50, weight_unit=4),
        performed(8, 50, repetitions_unit=2),
        performed(8, 50, repetitions_unit=3),
        performed(8, 50, repetitions_unit=None),
    ],
)
def test_other_units_are_not_counted(left_out):
    assert documents(left_out) == documents()


def test_pounds_are_converted():
    got = documents(performed(12, 100, weight_unit=2), performed(10, 100), performed(None, 100, weight_unit=2))
    assert got["sets"]["mesocycle"]["total"] == "3.00"
    assert got["volume"]["mesocycle"]["exercises"] == {"71": 1544.3104}  # 100 lb are 45.3592 kg
    assert got["volume"]["mesocycle"]["total"] == "1544.31"
    same = documents(performed(12, "45.3592"), performed(10, 100), performed(None, 50))
    assert got["intensity"] == same["intensity"] and got["volume"] == same["volume"]


def test_maxima_of_sets_in_pounds_are_in_kilograms():
    got = estimated_maxima([performed(5, 100, weight_unit=2), performed(5, 45)])
    assert got == {71: {datetime.date(2024, 1, 2): Decimal("51.03")}}


def test_a_log_without_weight_or_repetitions_counts_as_a_set():
    got = documents(performed(8, None), performed(None, 50), performed(10, 0))
    assert got["sets"]["mesocycle"]["total"] == "3.00"
    assert got["volume"]["mesocycle"]["exercises"] == {"71": 0.0}
    assert got["intensity"]["mesocycle"] == {
        "exercises": {"71": 0.0},
        "muscle": {"10": 0.0},
        "upper_body": "0.00",
        "lower_body": "0.00",
        "total": "0.00",
    }
    assert documents(performed(8, None))["intensity"] == EMPTY


def test_weeks_of_different_years_share_a_key():
    got = documents(
        performed(5, 10, date="2024-12-30"),
        performed(5, 20, date="2025-01-02"),
        performed(5, 40, date="2024-01-03"),
        performed(5, 80, date="2021-01-01"),
    )
    assert {key: cell["total"] for key, cell in got["volume"]["weekly"].items()} == {"1": "350.00", "53": "400.00"}
    assert list(got["volume"]["daily"]) == ["2024-12-30", "2025-01-02", "2024-01-03", "2021-01-01"]


def test_iterations_without_a_number_have_a_key():
    assert list(documents(performed(5, 10, iteration=None))["sets"]["iteration"]) == ["None"]


def test_every_primary_muscle_gets_the_full_value():
    got = documents(performed(5, 10, 51), performed(5, 10, 9), performed(5, 10, 12345))
    assert got["volume"]["mesocycle"]["muscle"] == {"2": 50.0, "11": 50.0}
    assert got["volume"]["mesocycle"]["total"] == "150.00"


def test_totals_are_rounded_half_to_even():
    assert documents(performed("0.5", "0.25"))["volume"]["mesocycle"]["total"] == "0.12"
    assert documents(performed("1.5", "0.25"))["volume"]["mesocycle"]["total"] == "0.38"


def test_a_total_beyond_ten_digits_is_refused():
    heavy = [performed(9999, 9999)] * 2
    with pytest.raises(TooManyDigits) as caught:
        routine_statistics(heavy, MUSCLES).as_json()
    assert caught.value.field == "volume"


@pytest.mark.parametrize(
    ("weight", "repetitions", "rir", "estimate"),
    [
        (100, 5, None, "112.50"),
        (100, 10, None, "133.33"),
        ("250.5", 20, None, "530.47"),
        (100, 3, 2, "112.50"),
        (100, 1, None, "100.00"),
        (100, 37, None, None),
        (100, 50, None, None),
        (None, 5, None, None),
        (100, None, 1, None),
        (0, 5, None, "0.00"),
    ],
)
def test_estimated_one_rep_max(weight, repetitions, rir, estimate):
    values = (None if value is None else Decimal(value) for value in (weight, repetitions, rir))
    assert estimated_one_rep_max(*values) == (None if estimate is None else Decimal(estimate))


def test_estimated_maxima_keep_the_best_of_a_date():
    done = [performed(5, 100), performed(8, 80), performed(1, 120, 51), performed(1, 500, weight_unit=4)]
    got = estimated_maxima(done)
    day = datetime.date(2024, 1, 2)
    assert got == {71: {day: Decimal("112.50")}, 51: {day: Decimal("120.00")}}


sets = st.lists(
    st.builds(
        performed,
        st.none() | st.integers(0, 50),
        st.none() | st.decimals(0, 500, places=2),
        st.sampled_from([71, 51, 9]),
        st.none() | st.integers(1, 5),
        st.dates(datetime.date(2023, 12, 1), datetime.date(2024, 3, 1)).map(str),
        st.sampled_from([1, 1, 2, None]),
        st.sampled_from([1, 1, 3]),
    ),
    max_size=20,
)


@given(sets)
def test_totals_equal_the_sum_of_their_parts(done):
    got = routine_statistics(done, MUSCLES)
    for measure in (got.sets, got.volume):
        for group in (measure.iteration, measure.weekly, measure.daily):
            assert sum(cell.total for cell in group.values()) == measure.mesocycle.total
        for cell in measure.cells():
            assert sum(cell.exercises.values()) == cell.total
    assert set(got.sets.daily) == set(got.volume.daily) >= set(got.intensity.daily)


@given(sets)
def test_each_span_holds_what_its_own_sets_add_up_to(done):
    counted = [item for item in done if item.weight_unit in (1, 2) and item.repetitions_unit == 1]
    got = routine_statistics(done, MUSCLES)
    spans = (
        ("iteration", lambda item: item.iteration),
        ("daily", lambda item: item.date),
        ("weekly", lambda item: item.date.isocalendar().week),
    )
    for name, key_of in spans:
        parts = {}
        for item in counted:
            parts.setdefault(key_of(item), []).append(item)
        for measure in ("intensity", "sets", "volume"):
            alone = {key: getattr(routine_statistics(part, MUSCLES), measure).mesocycle for key, part in parts.items()}
            for key, cell in getattr(getattr(got, measure), name).items():
                for mine, others in ((cell.exercises, alone[key].exercises), (cell.muscles, alone[key].muscles)):
                    assert mine.keys() == others.keys()
                    assert all(abs(mine[place] - others[place]) < Decimal("1e-20") for place in mine)
        assert list(getattr(got.sets, name)) == list(parts)


@given(sets, st.randoms())
def test_the_order_of_sets_does_not_matter(done, random):
    shuffled = list(done)
    random.shuffle(shuffled)
    one, other = routine_statistics(done, MUSCLES).as_json(), routine_statistics(shuffled, MUSCLES).as_json()
    assert one["volume"] == other["volume"] and one["sets"] == other["sets"]


@given(sets)
def test_a_mean_lies_between_its_parts(done):
    for cell in routine_statistics(done, MUSCLES).intensity.cells():
        if cell.exercises:
            assert min(cell.exercises.values()) - Decimal("1e-20") <= cell.total
            assert cell.total <= max(cell.exercises.values()) + Decimal("1e-20")


@given(sets)
def test_intensity_is_the_mean_share_of_the_one_rep_max(done):
    intensity = routine_statistics(done, MUSCLES).intensity
    shares = {}
    for item in done:
        if item.weight_unit in (1, 2) and item.repetitions_unit == 1 and None not in (item.weight, item.repetitions):
            share = share_of_one_rep_max(item.repetitions) if item.weight else Decimal(0)
            for place in ("all", item.exercise, item.date):
                shares.setdefault(place, []).append(share)
    got = dict(intensity.mesocycle.exercises) | {date: cell.total for date, cell in intensity.daily.items()}
    if shares:
        got["all"] = intensity.mesocycle.total
    assert got.keys() == shares.keys()
    for place, found in shares.items():
        assert abs(got[place] - sum(found) / len(found)) < Decimal("1e-20")
