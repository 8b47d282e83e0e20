"""What entries of other apps' food diaries become here."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wger_flask.domain.nutrition.models import Ingredient, LogItem, Meal, NutritionPlan
from wger_flask.imports.choices import RememberedChoices
from wger_flask.imports.records import FoodDiaryEntry
from wger_flask.imports.runs import begin, undo
from wger_flask.imports.stores import diary
from wger_flask.imports.stores.food_parts import SOURCE, parts_of
from wger_flask.imports.stores.plan import Person
from wger_flask.storage.database import transaction

DAY = date(2024, 3, 1)
STEW = FoodDiaryEntry(
    4,
    DAY,
    "Mum's stew",
    "Dinner",
    amount=Decimal(1),
    unit="bowl",
    energy=Decimal(500),
    protein=Decimal(30),
    carbohydrates=Decimal(40),
    fiber=Decimal(10),
    fat=Decimal("20.5"),
)


@pytest.fixture(autouse=True)
def context(app):
    """Which tables there are, the application knows."""
    with app.app_context():
        yield


@pytest.fixture
def person(people):
    return Person(people["grace"].id, (2,))


@pytest.fixture
def oats():
    with transaction():
        return Ingredient.create(
            name="Oats, rolled", language=2, energy=379, protein=13, carbohydrates=68, fat=6, code="4000000000017"
        )


def imported(person, *entries, chosen=None):
    """Import entries and return what was planned, and the run."""
    with transaction():
        choices = RememberedChoices(person.id, {("food", name): key for name, key in (chosen or {}).items()})
        plan = diary.plan(person, entries, choices)
        run = begin(person.id, "cronometer", "0" * 64)
        plan.write(run)
        choices.remember(plan.names)
    return plan, run


def entries():
    """Return name of the food and grams of each entry, in order of what they are."""
    return sorted((item.ingredient.name, item.amount, item.comment) for item in LogItem.select())


def eaten(food="Oats, Rolled", **more):
    return FoodDiaryEntry(2, DAY, food, "Breakfast", **more)


def test_a_food_that_is_known_by_name_is_that_food(person, oats):
    plan, _ = imported(person, eaten(grams=Decimal(80), amount=Decimal(80), unit="g", energy=Decimal(303)))
    assert (plan.new, plan.known, plan.unmatched) == (1, 0, [])
    [item] = LogItem.select()
    assert (item.ingredient_id, item.amount, item.comment, item.weight_unit) == (oats.id, 80, None, None)
    assert item.plan.user_id == person.id and item.plan.only_logging and item.plan.start == DAY
    assert item.meal.name == "Breakfast" and item.meal.plan_id == item.plan_id


def test_how_much_it_was_follows_from_its_energy_where_the_app_counts_cups(person, oats):
    imported(person, eaten(amount=Decimal(1), unit="cup", energy=Decimal("303.2")))
    assert [amount for _, amount, _ in entries()] == [80]


def test_a_name_whose_energy_is_another_is_another_food(person, oats):
    plan, _ = imported(person, eaten(grams=Decimal(80), energy=Decimal(60), protein=Decimal(9), amount=Decimal(80)))
    assert [named.name for named in plan.unmatched] == ["Oats, Rolled"]
    assert all(name.endswith("(imported)") for name, _, _ in entries())


def test_a_barcode_is_the_food_whatever_its_name(person, oats):
    imported(person, eaten("Porridge", barcode="4000000000017", grams=Decimal(50)))
    assert entries() == [("Oats, rolled", 50, None)]


def test_what_is_not_known_is_noted_as_what_it_contained(person):
    plan, _ = imported(person, STEW)
    assert entries() == [
        ("Carbohydrates (imported)", 30, "Mum's stew, 1 bowl"),
        ("Dietary fiber (imported)", 10, "Mum's stew, 1 bowl"),
        ("Fat (imported)", Decimal("20.50"), "Mum's stew, 1 bowl"),
        ("Other energy (imported)", Decimal("13.88"), "Mum's stew, 1 bowl"),
        ("Protein (imported)", 30, "Mum's stew, 1 bowl"),
    ]
    energy = sum(item.ingredient.energy * item.amount / 100 for item in LogItem.select())
    assert abs(energy - 500) < 1
    assert [remark.line for remark in plan.remarks] == [4] and plan.new == 1
    assert {item.datetime.astimezone(UTC).date() for item in LogItem.select()} == {DAY}


def test_no_food_is_made_of_what_a_file_names(person):
    imported(person, STEW, replace(STEW, food="Another", day=date(2024, 3, 2)))
    made = Ingredient.select().where(Ingredient.source_name == SOURCE)
    assert {food.name for food in made} == {
        "Protein (imported)",
        "Carbohydrates (imported)",
        "Dietary fiber (imported)",
        "Fat (imported)",
        "Other energy (imported)",
    }
    assert not Ingredient.select().where(Ingredient.name.contains("stew")).exists()


def test_a_repeated_import_adds_nothing_even_once_its_food_is_known(person, oats):
    again = replace(STEW, line=9)  # of the same stew, another bowl
    assert imported(person, STEW, again)[0].new == 2
    before = entries()
    plan, _ = imported(person, STEW, again, chosen={"Mum's stew": str(oats.id)})
    assert (plan.new, plan.known) == (0, 2) and entries() == before
    assert (NutritionPlan.select().count(), Meal.select().count()) == (1, 1)


def test_what_the_person_chose_is_remembered(person, oats):
    imported(person, STEW, chosen={"Mum's stew": str(oats.id)})
    imported(person, replace(STEW, day=date(2024, 3, 2)))
    assert [name for name, _, _ in entries()] == ["Oats, rolled"] * 2
    plan, _ = imported(person, replace(STEW, day=date(2024, 3, 3)), chosen={"Mum's stew": ""})
    assert (plan.new, plan.skipped) == (0, 1)


def test_what_is_not_known_has_suggestions(person, oats):
    plan = diary.plan(person, [eaten("Oats", amount=Decimal(1))], RememberedChoices(person.id))
    [named] = plan.unmatched
    assert (str(oats.id), "Oats, rolled") in named.suggestions
    assert plan.new == 0 and plan.remarks[0].line == 2, "nothing is known of it"


def test_a_sum_of_a_meal_is_no_food(person, oats):
    with transaction():
        Ingredient.create(name="Breakfast", language=2, energy=100, protein=1, carbohydrates=1, fat=1)
    plan, _ = imported(person, eaten("Breakfast", energy=Decimal(412), protein=Decimal(20)))
    assert not plan.names and "Breakfast" not in [name for name, _, _ in entries()]


def test_it_is_taken_back_whole(person):
    _, run = imported(person, STEW)
    undo(run)
    assert [model.select().count() for model in (LogItem, Meal, NutritionPlan)] == [0, 0, 0]


def test_large_amounts_are_several_entries_and_tiny_ones_none(person, oats):
    imported(person, eaten(grams=Decimal(2500)), eaten(grams=Decimal("0.5"), energy=Decimal(1)))
    assert [amount for _, amount, _ in entries()] == [500, 1000, 1000]
    plan, _ = imported(person, eaten(grams=Decimal(10_001)))
    assert plan.remarks[0].text.endswith("more than 10 kg")


def test_the_time_is_the_persons(person, oats, app):
    imported(person, eaten(grams=Decimal(50), time=time(7, 45)), eaten(grams=Decimal(60)))
    moments = sorted(item.datetime for item in LogItem.select())
    assert moments[0].utcoffset() is not None and moments[0] < moments[1] < datetime(2024, 3, 2, tzinfo=UTC)


def test_keys_of_others_are_left_alone(person, people, oats):
    imported(person, STEW)
    other = Person(people["ada"].id, (2,))
    imported(other, STEW)
    counted = Counter(item.plan.user_id for item in LogItem.select())
    assert counted == {person.id: 5, other.id: 5}
    assert all(isinstance(item.id, UUID) for item in LogItem.select())


@given(
    st.builds(
        FoodDiaryEntry,
        st.just(1),
        st.just(DAY),
        st.just("x"),
        **{
            name: st.none() | st.decimals(0, 500, places=1)
            for name in ("energy", "protein", "carbohydrates", "fat", "fiber")
        },
    )
)
def test_parts_hold_what_an_entry_tells(entry):
    parts = dict(parts_of(entry))
    assert all(grams >= 0 for grams in parts.values())
    assert parts["protein"] == (entry.protein or 0) and parts["fat"] == (entry.fat or 0)
    carbohydrates, fiber = entry.carbohydrates or 0, entry.fiber or 0
    assert parts["carbohydrates"] + parts["fiber"] in (carbohydrates, carbohydrates + fiber)
    energy = 4 * (parts["protein"] + parts["carbohydrates"] + parts["energy"]) + 2 * parts["fiber"] + 9 * parts["fat"]
    assert energy >= (entry.energy or 0)


def test_the_foods_of_parts_are_the_same_on_every_server(person):
    imported(person, STEW)
    before = {food.uuid: food.last_update for food in Ingredient.select().where(Ingredient.source_name == SOURCE)}
    assert {key.version for key in before} == {5}
    imported(person, replace(STEW, day=date(2024, 3, 2)))
    found = Ingredient.select().where(Ingredient.source_name == SOURCE)
    assert {food.uuid: food.last_update for food in found} == before
