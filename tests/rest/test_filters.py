"""Filters against plain Python: what a list holds is what the conditions say, however they are combined."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from tests.weights import weigh
from wger_flask.auth.models import User
from wger_flask.domain.exercises.models import Exercise
from wger_flask.domain.measurements.models import Measurement
from wger_flask.rest.errors import Invalid
from wger_flask.rest.filtering.filter_set import FilterSet, build_filters
from wger_flask.rest.filtering.filters import Filter
from wger_flask.rest.filtering.lookups import Lookup, Parameter, compared, exact, gte, on_date, one_of
from wger_flask.rest.filtering.values import Rejected
from wger_flask.storage.database import transaction
from wger_flask.storage.predicates import Clause
from wger_flask.storage.query import Selection

START = datetime(2024, 3, 28, 12, tzinfo=UTC)
WEIGHTS = [Decimal(text) for text in ("70.00", "70.50", "71.00", "71.00", "72.25", "80.00", "99.99", "600.00")]
COMPARE = {
    "": lambda found, wanted: found == wanted,
    "gt": lambda found, wanted: found > wanted,
    "gte": lambda found, wanted: found >= wanted,
    "lt": lambda found, wanted: found < wanted,
    "lte": lambda found, wanted: found <= wanted,
}


@pytest.fixture
def entries(people):
    """Weights of grace's: one every 17 hours, over a change of the clocks."""
    with transaction():
        return [
            weigh(people["grace"], weight, START + timedelta(hours=17 * number))
            for number, weight in enumerate(WEIGHTS)
        ]


def found(model, filters: FilterSet, query) -> list:
    return sorted(filters.apply(Selection(model), MultiDict(query)).keys())


WEIGHT_FILTERS = {
    "value": (*compared, one_of),
    "date": (*compared, on_date),
    "category__order": (exact, one_of),
    "category__user__username": exact,
}


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    st.lists(st.tuples(st.sampled_from(list(COMPARE)), st.sampled_from(WEIGHTS + [Decimal("0"), Decimal("1000")]))),
    st.lists(st.tuples(st.sampled_from(list(COMPARE)), st.integers(-1, 9))),
)
def test_comparisons_mean_what_they_say(entries, weights, moments):
    filters = build_filters(Measurement, WEIGHT_FILTERS)
    query, expected = {}, entries
    for lookup, wanted in dict(weights).items():
        query[f"value__{lookup}".removesuffix("__")] = str(wanted)
        expected = [row for row in expected if COMPARE[lookup](row.value, wanted)]
    for lookup, number in dict(moments).items():
        moment = START + timedelta(hours=17 * number)
        query[f"date__{lookup}".removesuffix("__")] = moment.isoformat()
        expected = [row for row in expected if COMPARE[lookup](row.date, moment)]
    assert found(Measurement, filters, query) == [row.id for row in expected]


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.lists(st.sampled_from(WEIGHTS), min_size=1, max_size=40))
def test_one_of_several(entries, wanted):
    filters = build_filters(Measurement, WEIGHT_FILTERS)
    query = {"value__in": ",".join(map(str, wanted))}
    assert found(Measurement, filters, query) == [row.id for row in entries if row.value in wanted]


def test_a_day_has_the_moments_of_the_servers_zone(entries):
    from zoneinfo import ZoneInfo

    filters = build_filters(Measurement, WEIGHT_FILTERS)
    days = {row.date.astimezone(ZoneInfo("Europe/Berlin")).date() for row in entries}
    seen = [key for day in sorted(days) for key in found(Measurement, filters, {"date__date": day.isoformat()})]
    assert seen == [row.id for row in entries]


def test_a_path_along_references(entries):
    filters = build_filters(Measurement, WEIGHT_FILTERS)
    assert len(found(Measurement, filters, {"category__user__username": "grace"})) == len(entries)
    assert found(Measurement, filters, {"category__user__username": "Grace"}) == []


def test_any_of_several_linked_rows(app):
    from wger_flask.domain.exercises.models import Equipment

    filters = build_filters(Exercise, {"equipment": exact})
    by_key = {}
    for item in Equipment.select():
        by_key[item.id] = set(found(Exercise, filters, {"equipment": str(item.id)}))
    used = [key for key, rows in by_key.items() if rows]
    assert len(used) > 2
    both = found(Exercise, filters, {"equipment": [str(key) for key in used[:2]]})
    assert both == sorted(by_key[used[0]] | by_key[used[1]])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("999", "Select a valid choice. 999 is not one of the available choices."),
        ("a", "“a” is not a valid value."),
        ("9" * 30, f"Select a valid choice. {'9' * 30} is not one of the available choices."),
        ("", "“” is not a valid value."),
    ],
)
def test_linked_rows_that_do_not_exist(app, text, message):
    filters = build_filters(Exercise, {"equipment": exact})
    with pytest.raises(Invalid) as wrong:
        filters.apply(Selection(Exercise), MultiDict({"equipment": ["1", text]}))
    assert wrong.value.body == {"equipment": [message]}


@pytest.mark.parametrize("text", ["999999", "x", "1.0", "null", "9" * 30, "\x00"])
def test_a_reference_must_exist(app, text):
    filters = build_filters(Exercise, {"category": exact})
    with pytest.raises(Invalid) as wrong:
        filters.apply(Selection(Exercise), MultiDict({"category": text}))
    told = "Select a valid choice. That choice is not one of the available choices."
    assert wrong.value.body == {"category": [told]}


def test_all_wrong_values_are_told_at_once(app):
    filters = build_filters(Measurement, WEIGHT_FILTERS)
    with pytest.raises(Invalid) as wrong:
        filters.apply(
            Selection(Measurement),
            MultiDict({"value": "x", "date__date": "y", "category__order__in": "1,z", "category__order": "1"}),
        )
    assert wrong.value.body == {
        "value": ["Enter a number."],
        "date__date": ["Enter a valid date."],
        "category__order__in": ["Enter a number."],
    }


def test_a_list_of_nothing_has_no_rows(entries):
    filters = build_filters(Measurement, WEIGHT_FILTERS)
    assert filters.apply(Selection(Measurement), MultiDict({"category__order__in": ",,"})).count() == 0


@pytest.mark.parametrize(
    ("param", "told"),
    [
        ("value", "Enter a number."),
        ("date", "Enter a valid date/time."),
        ("date__date", "Enter a valid date."),
        ("category__order__in", "Enter a number."),
    ],
)
def test_blanks_are_a_value_too(app, param, told):
    with pytest.raises(Invalid) as wrong:
        build_filters(Measurement, WEIGHT_FILTERS).apply(Selection(Measurement), MultiDict({param: " "}))
    assert wrong.value.body == {param: [told]}


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"value": ""},
        {"value__in": ""},
        {"nonsense": "1"},
        {"Value": "70"},
        {"value__contains": "7"},
        {"value": ["70", ""]},
    ],
)
def test_what_narrows_nothing(entries, query):
    assert len(found(Measurement, build_filters(Measurement, WEIGHT_FILTERS), query)) == len(entries)


def test_the_last_of_several_values_counts(entries):
    filters = build_filters(Measurement, WEIGHT_FILTERS)
    assert found(Measurement, filters, {"value": ["x", "80"]}) == [entries[5].id]


def test_shapes_are_shared_by_values(app):
    filters = build_filters(Measurement, WEIGHT_FILTERS)
    shapes = {
        filters.apply(Selection(Measurement), MultiDict({"value__gte": text, "category__order__in": keys}))
        for text, keys in (("1", "1,2,3"), ("99.5", "4,5,6,7"), ("-3", "8,9,1"))
    }
    assert len(shapes) == 1


# -- declarations ------------------------------------------------------------------------------------
def test_what_is_declared_is_described():
    described = {item.name: item for item in build_filters(Measurement, WEIGHT_FILTERS).describe()}
    names = (
        "value value__gt value__gte value__lt value__lte value__in date date__gt date__gte date__lt date__lte "
        "date__date category__order category__order__in category__user__username"
    ).split()
    assert list(described) == names
    assert described["value__gte"] == Parameter("value__gte", "value is at least", "number")
    assert described["date"].kind == "date-time"
    links = build_filters(Exercise, {"equipment": exact, "category": exact}).describe()
    assert [(item.kind, item.several, item.model.__name__) for item in links] == [
        ("reference", True, "Equipment"),
        ("reference", False, "ExerciseCategory"),
    ]


@pytest.mark.parametrize("name", ["nonsense", "value__nonsense", "category__nonsense", "category__user__x"])
def test_columns_that_do_not_exist_are_refused_at_once(name):
    with pytest.raises(ValueError, match="to filter by"):
        build_filters(Measurement, {name: exact})


def test_a_parameter_has_one_meaning():
    class Mine(Filter):
        params = ("value__gte",)

    with pytest.raises(ValueError, match="'value__gte' is declared twice"):
        build_filters(Measurement, {"value": gte, "mine": Mine()})


class Between(Filter):
    """A filter of two parameters, as subjects and plugins write them."""

    params = ("low", "high")

    def clauses(self, args):
        try:
            low, high = (Decimal(args.get(name) or "0") for name in self.params)
        except ArithmeticError:
            raise ExceptionGroup("", [Rejected(name, "Enter a number.") for name in self.params]) from None
        column = Measurement.value
        return (Clause(_between, (column.db_value(low), column.db_value(high))),)


def _between(first, last):
    return Measurement.value.between(first, last)


def test_filters_of_ones_own(entries):
    filters = build_filters(Measurement, {"between": Between()})
    assert found(Measurement, filters, {"low": "71", "high": "80"}) == [row.id for row in entries[2:6]]
    with pytest.raises(Invalid) as wrong:
        filters.apply(Selection(Measurement), MultiDict({"low": "x"}))
    assert wrong.value.body == {"low": ["Enter a number."], "high": ["Enter a number."]}


def test_lookups_of_ones_own(entries):
    not_equal = Lookup("ne", "is not", lambda column, value: column != value)
    filters = build_filters(Measurement, {"value": (exact, not_equal)})
    assert len(found(Measurement, filters, {"value__ne": "71"})) == len(entries) - 2


DECLARED = {
    "equal": (lambda column, value: column == value, lambda found, wanted: found == wanted),
    "unequal": (lambda column, value: column != value, lambda found, wanted: found != wanted),
    "more": (lambda column, value: column > value, lambda found, wanted: found > wanted),
    "at most": (lambda column, value: column <= value, lambda found, wanted: found <= wanted),
    "any": (lambda column, value: column.is_null(False) | (column == value), lambda found, wanted: True),
}


def _exactly(model, name, value):
    return getattr(model, name) == value


def _otherwise(model, name, value):
    return getattr(model, name) != value


class Own(Filter):
    """A filter whose clauses have the shape of others', by another function."""

    params = ("value",)

    def __init__(self, build):
        self.build = build

    def clauses(self, args):
        return (Clause(self.build, (Measurement.value.db_value(Decimal(args["value"])),), (Measurement, "value")),)


@st.composite
def declaration(draw):
    """Return the filters of a declaration, the parameter, and what it means in Python."""
    if draw(st.booleans()):
        build, means = draw(st.sampled_from([(_exactly, DECLARED["equal"][1]), (_otherwise, DECLARED["unequal"][1])]))
        return {"own": Own(build)}, "value", means
    suffix = draw(st.sampled_from(["", "is", "in"]))
    build, means = DECLARED[draw(st.sampled_from(list(DECLARED)))]
    return {"value": Lookup(suffix, "is", build)}, f"value__{suffix}" if suffix else "value", means


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.lists(declaration(), min_size=2, max_size=2), st.sampled_from(WEIGHTS))
def test_two_declarations_over_one_model_never_share_rows(entries, declared, value):
    for filters, param, means in declared:
        wanted = [row.id for row in entries if means(row.value, value)]
        made = build_filters(Measurement, filters)
        narrowed = made.apply(Selection(Measurement), MultiDict({param: str(value)}))
        assert sorted(narrowed.keys()) == [row.id for row in narrowed.instances()] == wanted
        assert narrowed.count() == len(wanted)


def test_a_clause_is_told_from_others_by_a_function_of_a_module(entries):
    for build in (lambda slot: Measurement.id == slot, Measurement.id.is_null, Own(_exactly).clauses):
        with pytest.raises(TypeError, match="function of a module"):
            Selection(Measurement, (Clause(build, (1,)),)).rows(("id",))
    with pytest.raises(TypeError, match="_exactly holds a column"):
        Selection(Measurement, (Clause(_exactly, (1,), (Measurement.id, "id")),)).rows(("id",))


def test_the_order_that_a_filter_suggests():
    sorting = Lookup("", "is", lambda column, value: column == value, sorts=True)
    filters = build_filters(User, {"username": sorting})
    assert filters.relevance(MultiDict({"username": "ada"})) == ("username",)
    assert filters.relevance(MultiDict({"username": " "})) == filters.relevance(MultiDict()) == ()
