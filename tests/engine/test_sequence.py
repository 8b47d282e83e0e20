import datetime
import json
import math
import re
from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wger_flask.engine import sequence
from wger_flask.engine.errors import EngineError, TooManySets
from wger_flask.engine.rounding import PRECISION
from wger_flask.engine.routine import Day, Routine, Slot, assemble
from wger_flask.engine.sets import Prescription

from .builders import PAST, entry, one_day
from .strategies import routines


def entries(*layout):
    """Build the slots of a layout like [("X", 2)], [("X", 1), ("Y", 3)]: exercise and number of sets."""
    slots, number = [], 0
    for slot in layout:
        made = []
        for name, sets in slot:
            number += 1
            made.append(entry(number, ord(name), **({} if sets is None else {"sets": sets})))
        slots.append(tuple(made))
    return one_day(*slots)


def display(routine):
    return sequence.display_sequence(routine, PAST)[0].slots


def gym(routine):
    return sequence.gym_sequence(routine, PAST)[0].slots


def done(view):
    return " ".join(str(item.slot_entry_id) for item in view.sets)


def test_display_folds_neighbours_of_one_exercise():
    views = display(entries([("X", 2)], [("X", 3)], [("Y", 1)], [("X", None)], [("X", 4)]))
    assert [(view.comment, done(view)) for view in views] == [("slot 1", "1 2"), ("slot 3", "3"), ("slot 4", "4 5")]
    assert [view.exercises for view in views] == [(88,), (89,), (88,)]


def test_a_superset_ends_folding_and_an_empty_slot_does_not():
    views = display(entries([("X", 1)], [], [("X", 2)], [("X", 2), ("Y", 1)], [("Y", 3)], [("X", 1)], [], [("X", 0)]))
    assert [(done(view), view.is_superset) for view in views] == [
        ("1 2", False),
        ("3 4", True),
        ("5", False),
        ("6 7", False),
    ]
    assert views[-1].sets[-1].sets == 0


def test_one_exercise_twice_in_a_slot_is_no_superset():
    (view,) = display(entries([("X", 1), ("X", 2)], [("X", 1)]))
    assert done(view) == "1 2 3" and not view.is_superset


def test_gym_goes_round_by_round():
    (view,) = gym(entries([("X", 4), ("Y", 2), ("Z", 3)]))
    assert done(view) == "1 2 3 1 2 3 1 3 1"
    assert view.exercises == (88, 89, 90) and view.is_superset
    assert {item.sets for item in view.sets} == {1}


def test_gym_keeps_every_slot():
    views = gym(entries([("X", 2)], [], [("X", 1)], [("X", 2), ("Y", 0)], [("Y", 0)]))
    assert [done(view) for view in views] == ["1 1", "", "2", "3 3", ""]
    assert [view.is_superset for view in views] == [False] * 5
    assert views[1].exercises == () and views[3].exercises == (88,)


def test_a_fraction_of_a_set_is_done_in_company_only():
    sets = [(1, 3), (2, 50, "+", "percent")]
    alone, company = one_day((entry(1, sets=sets),), days=2), one_day((entry(1, sets=sets), entry(2, sets=1)), days=2)
    assert done(sequence.gym_sequence(alone, PAST)[1].slots[0]) == "1 1 1 1"
    assert done(sequence.gym_sequence(company, PAST)[1].slots[0]) == "1 2 1 1 1 1"


def test_a_rule_that_multiplies_sets_without_end_is_refused():
    greedy = one_day((entry(sets=[(1, 50), (2, 50, "+", "percent", True)]),), days=40)
    with pytest.raises(TooManySets):
        sequence.gym_sequence(greedy, PAST)
    assert len(sequence.display_sequence(greedy, PAST)) == 40


def test_the_document_has_these_keys():
    routine = one_day((entry(sets=2),), start="2024-01-01")
    (item,) = sequence.as_json(sequence.gym_sequence(routine, PAST))
    assert list(item) == ["iteration", "date", "label", "day", "slots"]
    assert list(item["day"]) == [
        "id",
        "routine",
        "order",
        "name",
        "description",
        "is_rest",
        "need_logs_to_advance",
        "type",
        "config",
    ]
    assert (item["iteration"], item["date"], item["label"]) == (1, "2024-01-01", None)
    (slot,) = item["slots"]
    assert list(slot) == ["comment", "is_superset", "exercises", "sets"]
    assert len(slot["sets"]) == 2 and len(slot["sets"][0]) == 20


def test_filled_up_dates_have_no_day():
    routine = Routine(datetime.date(2024, 1, 5), datetime.date(2024, 1, 8), (Day(7),), fit_in_week=True)
    documents = sequence.as_json(sequence.display_sequence(routine, PAST))
    assert [item["day"] and item["day"]["id"] for item in documents] == [7, None, None, 7]
    assert documents[1]["slots"] == []


def test_each_date_uses_the_values_of_its_iteration():
    routine = one_day((entry(weight=[(1, 50), (2, 5, "+", "abs", True)]),), days=3)
    days = sequence.display_sequence(routine, PAST)
    assert [str(day.slots[0].sets[0].weight) for day in days] == ["50", "55", "60"]


@pytest.mark.parametrize("arranged", [sequence.display_sequence, sequence.gym_sequence])
def test_what_stays_as_it_was_is_made_once(arranged):
    routine = one_day([entry(1, 1, weight=[(1, 20), (3, 5, "+")])], [entry(2, 2), entry(3, 3, sets=4)], days=40)
    document = sequence.as_json(arranged(routine, PAST))
    assert len({id(item["slots"]) for item in document}) == 2, "before the third iteration, and from it on"
    assert len({id(item["slots"][1]) for item in document}) == 1
    packed = []
    shown = sequence.as_json(arranged(routine, PAST), lambda part: packed.append(part) or part)
    assert shown == document
    assert len({id(part) for part in packed}) == len(packed) == 2 + 1 + 1, "lists, the slot that stays, the day"


def test_arithmetic_does_not_depend_on_the_callers_context():
    routine = one_day((entry(weight=[(1, "33.33"), (2, "1.07", "+", "percent", True)]),), days=16)
    expected = sequence.as_json(sequence.display_sequence(routine, PAST))
    with localcontext() as context:
        context.prec = 5
        assert sequence.as_json(sequence.display_sequence(routine, PAST)) == expected


def test_assemble_orders_rows_and_drops_orphans():
    routine = assemble(
        datetime.date(2024, 1, 1),
        datetime.date(2024, 1, 2),
        days=[(2, 1, 1, "b", "", False, False, "custom", None), (1, 1, 0, "a", "", True, False, "custom", {"k": 1})],
        slots=[(5, 2, 2, "late"), (6, 2, 1, "early"), (9, 99, 1, "orphan")],
        entries=[(8, 5, 2, 71, "normal", "", 1, None, 1, 2.5), (7, 5, 2, 73, "iso", "c", None, None, None, None)],
        rules=[
            ("weight", 8, 2, 1.5, "+", "abs", 1, {"rules": ["weight"]}),
            ("weight", 8, 1, 61.25, "r", "na", 0, None),
            ("sets", 77, 1, 3, "r", "na", 0, None),
        ],
        logs=[(8, 1, 60.0, None, None, None), (None, 1, 1, 1, 1, 1)],
        sessions=[(2, datetime.date(2024, 1, 1)), (None, datetime.date(2024, 1, 1))],
        labels=[(0, 1, "deload")],
    )
    assert [day.name for day in routine.days] == ["a", "b"]
    assert [slot.comment for slot in routine.days[1].slots] == ["early", "late"]
    assert [item.id for item in routine.days[1].slots[1].entries] == [7, 8]
    assert routine.days[1].session_dates == {datetime.date(2024, 1, 1)}
    first, second = sequence.display_sequence(routine, PAST)
    assert (first.scheduled.label, first.slots) == ("deload", ())
    (view,) = second.slots
    assert [item.text_repr for item in view.sets] == ["", "60 kg"]
    assert str(view.sets[1].weight_rounding) == "2.50"
    assert isinstance(routine.days[1].slots[1].entries[1].weight_rounding, Decimal)


slots = st.lists(st.lists(st.tuples(st.sampled_from("XYZ"), st.none() | st.integers(0, 6)), max_size=3), max_size=6)


@given(slots)
def test_both_arrangements_contain_the_same_sets(layout):
    routine = entries(*layout)
    prescribed = {item.slot_entry_id: max(0, item.sets) for view in display(routine) for item in view.sets}
    assert list(prescribed) == [item.id for slot in routine.days[0].slots for item in slot.entries]
    counted = dict.fromkeys(prescribed, 0)
    for view in gym(routine):
        for item in view.sets:
            counted[item.slot_entry_id] += 1
    assert counted == prescribed


@given(slots, st.integers(1, 20), st.integers(0, 19))
def test_a_longer_routine_begins_with_the_shorter_ones_sequence(layout, length, cut):
    days = tuple(
        Day(number, slots=tuple(Slot(slot.entries) for slot in entries(*layout).days[0].slots[number::2]))
        for number in (0, 1)
    )
    start = datetime.date(2024, 1, 1)

    def documents(count):
        end = start + datetime.timedelta(days=count - 1)
        return sequence.as_json(sequence.gym_sequence(Routine(start, end, days), PAST))

    shorter = max(1, length - cut)
    assert documents(length)[:shorter] == documents(shorter)


# -- whatever a client may store ---------------------------------------------------------------------
TWO_PLACES, ONE_PLACE = re.compile(r"-?\d{1,4}(\.\d\d)?"), re.compile(r"-?\d{1,2}(\.\d)?")
PRINTED = {
    **dict.fromkeys(("weight", "max_weight", "repetitions", "max_repetitions", "rest", "max_rest"), TWO_PLACES),
    **dict.fromkeys(("rir", "max_rir", "rpe"), ONE_PLACE),
}


def answer(arrange, routine):
    """Return the sequence and None, or None and the error."""
    try:
        return arrange(routine, PAST), None
    except EngineError as wrong:
        return None, wrong


@given(routines())
def test_every_routine_has_an_answer_or_a_named_error(routine):
    refused = []
    for arrange in (sequence.display_sequence, sequence.gym_sequence):
        days, wrong = answer(arrange, routine)
        refused.append(wrong)
        if wrong is not None:
            assert wrong.field in PRINTED or wrong.field in ("sets", "max_sets")
            continue
        documents = sequence.as_json(days)
        length = (routine.end - routine.start).days + 1
        dates = [str(routine.start + datetime.timedelta(days=number)) for number in range(length)]
        assert [item["date"] for item in documents] == dates
        json.dumps(documents, allow_nan=False)
        for shown in (set_ for item in documents for slot in item["slots"] for set_ in slot["sets"]):
            for name, form in PRINTED.items():
                assert shown[name] is None or form.fullmatch(shown[name]), (name, shown[name])
                if name.startswith("max_") and shown[name] is not None:
                    assert Decimal(shown[name]) >= Decimal(shown[name.removeprefix("max_")])
            assert type(shown["sets"]) is int and type(shown["max_sets"]) in (int, type(None))
            assert (shown["rir"] is None) == (shown["rpe"] is None)
            assert shown["weight"] is not None or (shown["weight_unit"], shown["weight_rounding"]) == (None, None)
            assert not shown["text_repr"].startswith(",") and not shown["text_repr"].endswith((",", " "))
    assert refused[0] is not None or refused[1] is None, "the gym shows no value that the display does not"


@given(routines())
def test_the_gym_does_what_the_display_says(routine):
    displayed, wrong = answer(sequence.display_sequence, routine)
    if wrong is not None:
        return
    with localcontext(PRECISION):
        for read, done in zip(displayed, answer(sequence.gym_sequence, routine)[0], strict=True):
            assert read.scheduled == done.scheduled
            if read.scheduled.day is None:
                assert read.slots == done.slots == ()
                continue
            slots = read.scheduled.day.slots
            assert [item.slot_entry_id for view in read.slots for item in view.sets] == [
                item.id for slot in slots for item in slot.entries
            ]
            assert [view.comment for view in done.slots] == [slot.comment for slot in slots]
            for view, slot in zip(done.slots, slots, strict=True):
                whole = math.ceil if len(slot.entries) > 1 else math.trunc  # in company a fraction takes part
                for item in slot.entries:
                    sets = Prescription(item).sets(read.scheduled.iteration)
                    got = [set_ for set_ in view.sets if set_.slot_entry_id == item.id]
                    assert len(got) == max(0, whole(sets))
                    assert all(set_ is got[0] and set_.sets == 1 for set_ in got)
