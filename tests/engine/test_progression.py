from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wger_flask.engine.progression import Progression
from wger_flask.engine.rounding import PRECISION, plain
from wger_flask.engine.routine import FIELDS, Rule

from .builders import entry, log
from .strategies import entries

W = ("weight",)
WR = ("weight", "repetitions")


def walked(field, count, subject):
    progression = Progression(subject)
    return [getattr(progression.at(n), field) for n in range(1, count + 1)]


def near(text):
    return [None if value == "-" else Decimal(value) for value in text.split()]


# (field, rules, value per iteration): the table of rules without requirements, row by row
RULES = [
    ("weight", [(1, 80), (4, 5, "+", "percent"), (6, 4, "+"), (7, 1, "-"), (8, 70)], "80 80 80 84 84 88 87 70 70"),
    (
        "weight",
        [(1, 50), (2, "2.5", "+", "abs", True), (5, 60), (6, 10, "-", "percent", True)],
        "50 52.50 55 57.50 60 54 48.60 43.74 39.366",
    ),
    ("weight", [(1, 50), (2, 5, "+")], "50 55 55 55"),
    ("weight", [(3, 5, "+")], "- - 5 5"),
    ("weight", [(2, 3, "-", "abs", True)], "- -3 -6 -9"),
    ("rest", [(2, 50, "+", "percent")], "- 0 0"),
    ("weight", [(1, 50), (2, 10, "+", "na"), (3, 20, "-", "na", True)], "50 55 44 35.20 28.16"),
    ("weight", [(0, 50)], "- - -"),
    ("weight", [(1, 3000), (2, 100, "+", "percent", True)], "3000 6000 9999.99 9999.99"),
    ("sets", [(1, 3), (2, 50, "+", "percent", True)], "3 4.5 6.75"),
    ("rir", [(1, 0), (2, "1.5", "+", "abs", True)], "0 1.5 3 4.5 6 7.5 9 9.5"),
    ("repetitions", [(1, 5), (2, 3, "+"), (3, 2, "+")], "5 8 10 10"),
    ("max_weight", [(1, 9), (2, 1, "+", "abs", True)], "9 10 11"),
]


@pytest.mark.parametrize(("field", "rules", "expected"), RULES)
def test_rules(field, rules, expected):
    got = walked(field, len(expected.split()), entry(**{field: rules}))
    assert [None if value is None else Decimal(str(value)) for value in got] == near(expected)


def test_seconds_carry_binary_fractions_and_sets_print_as_floats():
    got = walked("rest", 5, entry(rest=[(1, 91), (2, 10, "+", "percent", True)]))
    assert got == pytest.approx([91, 100.1, 110.11, 121.121, 133.2331])
    sets = walked("sets", 2, entry(sets=[(1, 50), (2, 50, "+", "percent")]))
    assert [plain(value) for value in sets] == ["50", "75.0"]


def test_percentages_multiply_scales_and_keep_28_digits():
    got = walked("weight", 16, entry(weight=[(1, "50"), (2, "2.5", "+", "percent", True)]))
    assert [plain(value) for value in got[:3]] == ["50.00", "51.2500", "52.531250"]
    assert plain(got[7]) == "59.43428768341064453125"
    assert all(len(value.as_tuple().digits) <= 28 for value in got)


# (rules and roundings of an entry, logs, weight per iteration): the table of requirements, row by row
GATED = {
    "each log in turn": (
        dict(repetitions=8, weight=[(1, 50), (2, 5, "+", "abs", True, WR)]),
        [log(1, 8, 50), log(2, 9, 55), log(3, 8, 60)], "50 55 60 65 65 65"),
    "one log has to meet all": (
        dict(repetitions=8, weight=[(1, 50), (2, 5, "+", "abs", True, WR)]),
        [log(1, 7, 60), log(1, 8, 40)], "50 50 50"),
    "a repeating rule asks again": (
        dict(weight=[(1, 50), (2, 5, "+", "abs", True, W)]),
        [log(1, 1, 50), log(4, 1, 55), log(5, 1, 59)], "50 55 55 55 60 60 60"),
    "a single step waits until it fires": (
        dict(weight=[(1, 50), (2, 5, "+", "abs", False, W)]),
        [log(4, 1, 50), log(5, 1, 90)], "50 50 50 50 55 55 55"),
    "a newer rule drops the waiting one": (
        dict(weight=[(1, 50), (2, 5, "+", "abs", False, W), (4, 1, "+")]),
        [log(4, 1, 60)], "50 50 50 51 51 51 51"),
    "replacing and percentages wait too": (
        dict(weight=[(1, 50), (2, 70, "r", "na", False, W), (5, 10, "-", "percent", True, W)]),
        [log(2, 1, 50), log(5, 1, 70), log(7, 1, 70)], "50 50 70 70 70 63 63 56.70"),
    "the threshold is what was displayed": (
        dict(weight=[(1, "61.25"), (2, 1, "+", "abs", True, W)], weight_rounding="2.50"),
        [log(1, 1, 60), log(2, 1, 62), log(3, 1, "62.5")], "61.25 62.25 62.25 63.25"),
    "rir and rest": (
        dict(weight=[(1, 50), (2, 5, "+", "abs", True, ("rir", "rest"))], rir=2, rest=90),
        [log(1, rir=1, rest=90), log(2, rir=2, rest=90), log(3, rir=3, rest=89)], "50 50 55 55 55"),
    "what is not prescribed is never reached": (
        dict(weight=[(1, 50), (2, 5, "+", "abs", True, WR)]), [log(1, 99, 999)], "50 50 50"),
    "no rules, no gate": (dict(weight=[(1, 50), (2, 5, "+", "abs", True, ())]), [], "50 55 60"),
    "what no log can hold is never reached": (
        dict(sets=3, weight=[
            (1, 50), (2, 5, "+", "abs", True, ("weight", "sets")), (5, 60, "r", "na", False, ("count",)),
        ]),
        [log(number, 99, 999) for number in range(9)], "50 50 50 50 50 50"),
    "targets, units and dates are none of its business, iterations are": (
        dict(repetitions=8, weight=[(1, 50), (2, 5, "+", "abs", True, ("repetitions",))]),
        [log(2, 8), log(3, "7.99"), log(4, "8.00")], "50 50 55 55 60"),
    "logs without iteration do not count": (
        dict(weight=[(1, 50, "r", "na", False, W), (2, 5, "+", "abs", True, W)]),
        [log(None, 8, 99), log(0, 8, 99)], "50 50 50"),
}  # fmt: skip


@pytest.mark.parametrize("name", GATED)
def test_requirements(name):
    columns, logs, expected = GATED[name]
    assert walked("weight", len(expected.split()), entry(logs=logs, **columns)) == near(expected)


def test_a_maximum_follows_the_gate_of_its_base():
    subject = entry(
        weight=[(1, 50), (2, 5, "+", "abs", True, W)],
        max_weight=[(1, 60), (2, 10, "+", "abs", True)],
        logs=[log(1, 1, 50), log(3, 1, 55)],
    )
    assert walked("weight", 5, subject) == near("50 55 55 60 60")
    assert walked("max_weight", 5, subject) == near("60 70 70 80 80")
    open_base = entry(weight=[(1, 50), (2, 5, "+", "abs", True)], max_weight=[(1, 60), (2, 10, "+", "abs", True, W)])
    assert walked("max_weight", 3, open_base) == near("60 70 80")


def test_a_maximum_has_its_own_gate_while_its_base_has_no_rule():
    subject = entry(
        max_sets=[(1, 3), (2, 1, "+", "abs", True, ("repetitions",))],
        sets=[(4, 2, "+", "abs", True, ("rest",))],
        repetitions=5,
        rest=30,
        logs=[log(1, 5), log(3, 9), log(4, 5, rest=30), log(6, 1, rest=99)],
    )
    assert walked("max_sets", 7, subject) == [3, 4, 4, 4, 5, 5, 6]
    ungated = entry(weight=50, max_weight=[(1, 60), (2, 10, "+", "abs", True, W)])
    assert walked("max_weight", 3, ungated) == near("60 70 80")


def test_unchanged_iterations_share_their_values():
    progression = Progression(entry(weight=[(1, 50), (4, 60)]))
    assert progression.at(1) is progression.at(3)
    assert progression.at(0).weight is None and progression.at(4).weight == 60


@pytest.mark.parametrize(
    ("columns", "settles"),
    [
        (dict(), 1),
        (dict(weight=[(1, 50), (4, 60)]), 4),
        (dict(weight=[(1, 50), (2, 5, "+", "abs", True)]), None),
        (dict(weight=[(1, 50), (2, 5, "+", "abs", True, W)], logs=[log(3, 8, 50)]), 4),
        (dict(weight=[(1, 50), (2, 5, "+", "abs", False, W)]), 2),
    ],
)
def test_it_is_settled_once_nothing_can_change_any_more(columns, settles):
    progression = Progression(entry(**columns))
    found = [iteration for iteration in range(1, 9) if progression.at(iteration) and progression.is_settled]
    assert found == ([] if settles is None else list(range(settles, 9)))


values = st.decimals(0, 3000, places=2)
rule_rows = st.lists(
    st.builds(
        Rule,
        st.integers(1, 12),
        values,
        st.sampled_from("r+-"),
        st.sampled_from(["abs", "percent", "na"]),
        st.booleans(),
        st.sampled_from([(), W, ("repetitions",)]),
    ),
    max_size=8,
    unique_by=lambda rule: rule.iteration,
)
logs = st.lists(st.builds(log, st.integers(0, 12), st.integers(0, 20), st.integers(0, 4000)), max_size=6)


def subject_of(rules, logged=()):
    return type(entry())(1, 1, rules={"weight": tuple(rules), "repetitions": (Rule(1, 5),)}, logs=tuple(logged))


@given(rule_rows, logs, st.integers(1, 12), values)
def test_a_replace_rule_forgets_history(rules, logged, iteration, value):
    later = [rule for rule in rules if rule.iteration > iteration]
    replacing = Rule(iteration, value, "r", "na")
    with_history = [rule for rule in rules if rule.iteration < iteration] + [replacing] + later
    assert (
        walked("weight", 14, subject_of(with_history, logged))[iteration - 1 :]
        == (walked("weight", 14, subject_of([replacing, *later], logged))[iteration - 1 :])
    )


@given(rule_rows, logs, st.integers(1, 12))
def test_later_rules_do_not_change_earlier_values(rules, logged, iteration):
    earlier = [rule for rule in rules if rule.iteration <= iteration]
    assert walked("weight", iteration, subject_of(earlier, logged)) == (
        walked("weight", iteration, subject_of(rules, logged))
    )


@given(rule_rows, logs, st.integers(1, 14))
def test_asking_in_any_order_gives_the_same(rules, logged, iteration):
    one, other = Progression(subject_of(rules, logged)), Progression(subject_of(rules, logged))
    other.at(14)
    assert one.at(iteration) == other.at(iteration)


@given(rule_rows)
def test_values_never_exceed_the_cap(rules):
    assert all(value is None or value <= Decimal("9999.99") for value in walked("weight", 20, subject_of(rules)))


# -- once more, the long way: everything from the first iteration on, for each iteration anew ------------
def naive(subject, field, iteration):
    own = {rule.iteration: rule for rule in subject.rules.get(field, ())}
    base = subject.rules.get(field.removeprefix("max_"), ()) if field.startswith("max_") else ()
    value = active = pending = None
    for now in range(1, iteration + 1):
        if now in own:
            active = candidate = own[now]
            pending = None
        else:
            candidate = active if active is not None and active.repeat else pending
        if candidate is None:
            continue
        begun = [rule for rule in base if 1 <= rule.iteration <= now]
        judge = max(begun, key=lambda rule: rule.iteration) if begun else candidate
        if (
            now == 1
            or not judge.requirements
            or any(
                done.iteration == now - 1 and all(reached(subject, done, name) for name in judge.requirements)
                for done in subject.logs
            )
        ):
            value, pending = applied(field, candidate, value), None
        elif not candidate.repeat:
            pending = candidate
    return value


def reached(subject, done, name):
    aim, got = naive(subject, name, done.iteration), getattr(done, name)
    if aim is None or got is None:
        return False
    base = {"weight": subject.weight_rounding, "repetitions": subject.repetition_rounding, "rir": Decimal("0.5")}
    to = base.get(name, 1)
    return got >= (to * round(aim / to) if to else aim)


def applied(field, rule, before):
    change = rule.value
    if field.removeprefix("max_") not in ("sets", "rest"):
        change = change.quantize(Decimal("0.1") if field.endswith("rir") else Decimal("0.01"))
    after = change
    if rule.operation != "r":
        before = Decimal(0) if before is None else before
        change = change if rule.step == "abs" else before * change / 100
        after = before + change if rule.operation == "+" else before - change
    return min(after, Decimal("9.5") if field.endswith("rir") else Decimal("9999.99"))


@given(entries())
def test_walking_once_is_walking_anew_for_each_iteration(subject):
    with localcontext(PRECISION):
        progression = Progression(subject)
        for iteration in range(1, 9):
            prescribed = progression.at(iteration)
            for field in FIELDS:
                got, expected = getattr(prescribed, field), naive(subject, field, iteration)
                assert (got, type(got)) == (expected, type(expected)), (field, iteration)
