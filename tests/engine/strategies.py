"""Whatever a client may store: entries with rules and logs within the limits of the API."""

import datetime
from decimal import Decimal
from itertools import count

from hypothesis import strategies as st

from wger_flask.engine.routine import FIELDS, REQUIRABLE, Day, LoggedSet, Routine, Rule, Slot, SlotEntry

AMOUNTS = st.sampled_from([Decimal(text) for text in ("3000", "100", "61.25", "50")]) | st.decimals(0, 3000, places=2)
RESERVES = st.integers(0, 9).map(lambda half: Decimal(half) / 2)
VALUES = {
    **dict.fromkeys(("weight", "max_weight", "repetitions", "max_repetitions"), AMOUNTS),
    **dict.fromkeys(("sets", "max_sets"), st.integers(0, 50)),
    "rest": st.integers(0, 1800),
    "max_rest": st.integers(0, 600),
    "rir": RESERVES,
    "max_rir": RESERVES,
}
REQUIREMENTS = st.lists(st.sampled_from(REQUIRABLE), max_size=2).map(tuple)
ROUNDINGS = st.none() | st.sampled_from([Decimal("2.50"), Decimal("5.00")]) | st.decimals("-99.99", "99.99", places=2)


@st.composite
def stored_rules(draw, value, last=5):
    """Draw a rule as it is stored: the first iteration replaces, and to replace knows no step."""
    iteration = draw(st.integers(0, last))
    operation = "r" if iteration == 1 else draw(st.sampled_from("r+-"))
    step = "na" if operation == "r" else draw(st.sampled_from(["abs", "percent", "na"]))
    return Rule(iteration, draw(value), operation, step, draw(st.booleans()), draw(REQUIREMENTS))


def rules_of_a_field(name):
    return st.lists(stored_rules(VALUES[name]), max_size=4, unique_by=lambda rule: rule.iteration).map(tuple)


DONE = st.sampled_from([Decimal(text) for text in ("9999.99", "60", "50")]) | st.none() | AMOUNTS
logged_sets = st.builds(
    LoggedSet, st.integers(0, 5) | st.none(), DONE, DONE, RESERVES | st.none(), st.sampled_from([1800, 90, 0, None])
)


def entries(id=1):
    """Draw an entry of one of three exercises."""
    return st.builds(
        SlotEntry,
        st.just(id),
        st.sampled_from([71, 51, 9]),
        repetition_unit=st.sampled_from([None, 1, 2, 3, 99]),
        repetition_rounding=ROUNDINGS,
        weight_unit=st.sampled_from([None, 1, 2, 99]),
        weight_rounding=ROUNDINGS,
        rules=st.fixed_dictionaries({}, optional={name: rules_of_a_field(name) for name in FIELDS}),
        logs=st.lists(logged_sets, max_size=5).map(tuple),
    )


@st.composite
def routines(draw):
    """Draw a routine of up to twelve dates, its few days with up to two slots of up to two entries."""
    layout = draw(st.lists(st.lists(st.integers(0, 2), max_size=2), min_size=1, max_size=2))
    number = count(1)
    days = tuple(
        Day(
            order,
            slots=tuple(
                Slot(tuple(draw(entries(next(number))) for _ in range(size)), comment=f"{order}.{place}")
                for place, size in enumerate(sizes)
            ),
        )
        for order, sizes in enumerate(layout)
    )
    start = datetime.date(2024, 1, 1)
    end = start + datetime.timedelta(days=draw(st.integers(0, 11)))
    return Routine(start, end, days, fit_in_week=draw(st.booleans()))
