"""Nothing of one user reaches another's phone: every synced table, new, changed, moved with any parent, gone.

Tables of plugins whose resources joined by ``sync=`` are among them.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from wger_flask.auth.models import User
from wger_flask.rest.ownership import Ownership
from wger_flask.storage import columns
from wger_flask.storage.cascade import delete
from wger_flask.storage.database import transaction
from wger_flask.storage.links import with_links
from wger_flask.storage.model import columns_of, key_of, table_of
from wger_flask.storage.query import Selection
from wger_flask.storage.sync_log import specification
from wger_flask.testing.resources import synced_tables
from wger_flask.testing.rows import make

from .test_sync_log import Phone

OWNED = [synced for synced in synced_tables() if synced.owner]
STEPS = [(synced, step) for synced in OWNED for step in range(len(synced.owner.split(".")))]
FOODS = ("nutrition_mealitem", "nutrition_logitem")


def by_table(synced) -> str:
    return synced.table


def by_step(value) -> str:
    return value.table if isinstance(value, specification.Synced) else str(value)


class Household:
    """Two users with rows of everything, each with a phone; every text says whose it is."""

    def __init__(self, registry, people):
        self.models = {table_of(model): model for model in with_links(registry.models)}
        self.people = {name: people[name] for name in ("grace", "linus")}
        self.chains: dict[tuple[str, str], list] = {}  # of a row, its parents up to the user's own one
        with transaction():
            for synced in OWNED:
                for name in self.people:
                    self.chains[synced.table, name] = self.made(synced, name)
        self.phones = {name: Phone(user.id, f"phone of {name}").sync() for name, user in self.people.items()}

    def made(self, synced, name: str) -> list:
        """Make a row with parents of its own; returns it and them."""
        model, user = self.models[synced.table], self.people[name]
        if synced.table == "core_userprofile":
            return [model.get(model.user == user)]
        chain, steps, models = [], synced.owner.split("."), [model]
        for step in steps[:-1]:
            models.append(columns_of(models[-1])[step].rel_model)
        parent = user
        for one, step in reversed(list(zip(models, steps, strict=True))):
            flags = {"is_template": False} if "is_template" in columns_of(one) else {}
            given = {} if parent is user else {step: parent}
            parent = make(one, user, (step,) if parent is user else (), **given, **flags, **self.texts(one, name))
            chain.insert(0, parent)
        return chain

    def texts(self, model, name: str) -> dict[str, str]:
        return {
            column.name: f"mark of {name}"
            for column in columns_of(model).values()
            if isinstance(column, columns.Text) and not column.choices
        }

    def sync(self) -> None:
        for phone in self.phones.values():
            phone.sync()

    def owned(self, synced, name: str) -> set[str]:
        """Return the keys of a user's rows, as the database says by itself."""
        model = self.models[synced.table]
        mine = Ownership(tuple(synced.owner.split("."))).clause(model, self.people[name].id)
        rows = Selection(model, (mine,)).rows((key_of(model).name, *([synced.unless] if synced.unless else [])))
        return {str(row[0]) for row in rows if not (synced.unless and row[1])}

    def assert_apart(self) -> None:
        """Each phone has its user's rows and no other, of every table, with the columns that are named and no other."""
        for name, phone in self.phones.items():
            foods = set()
            for synced in OWNED:
                held = phone.of(synced.table)
                assert set(held) == self.owned(synced, name), (synced.table, name)
                assert all(set(row) == set(synced.columns) for row in held.values()), synced.table
                foods |= {str(row["ingredient_id"]) for row in held.values() if synced.table in FOODS}
            assert set(phone.of("nutrition_ingredient")) == foods, name

    def told(self, name: str, key) -> list[str]:
        """Return what the last sync told a phone of a row."""
        return [one["op"] for one in self.phones[name].got if one.get("object_id") == str(key)]


@pytest.fixture
def household(app, registry, people):
    return Household(registry, people)


def test_at_first_each_phone_has_its_own_rows_alone(household):
    household.assert_apart()
    for name, other in (("grace", "linus"), ("linus", "grace")):
        received = json.dumps(household.phones[name].got, ensure_ascii=False)
        assert f"mark of {name}" in received and f"mark of {other}" not in received
        for column in ("password", "email", "username"):
            assert f'\\"{column}\\"' not in received


@pytest.mark.parametrize("synced", OWNED, ids=by_table)
def test_a_change_reaches_its_owner_alone(household, synced):
    [row, *_] = household.chains[synced.table, "grace"]
    model = household.models[synced.table]
    column = next(
        columns_of(model)[one]
        for one in synced.columns
        if one in columns_of(model)
        and not isinstance(columns_of(model)[one], columns.ForeignKey | columns.Json | columns.File | columns.UUID)
    )
    other = next(value for value in _values(column) if value != getattr(row, column.name))
    with transaction():
        model.update({column: other}).where(key_of(model) == row._pk).execute()
    household.sync()
    assert household.told("grace", row._pk) == ["PUT"]
    assert household.phones["linus"].got == []
    household.assert_apart()


def _values(column) -> list:
    if isinstance(column, columns.Boolean):
        return [True, False]
    if isinstance(column, columns.Char | columns.Text):
        return [value for value, _ in column.choices] if column.choices else ["x", "y"]
    if isinstance(column, columns.Date):
        return ["2021-01-01", "2021-01-02"]
    if isinstance(column, columns.DateTime):
        return [datetime(2021, 1, 1, tzinfo=UTC), datetime(2021, 1, 2, tzinfo=UTC)]
    return [1, 2]


@pytest.mark.parametrize(("synced", "step"), STEPS, ids=by_step)
def test_a_row_that_moves_with_any_of_its_parents_changes_the_phone(household, synced, step):
    chain = household.chains[synced.table, "grace"]
    moved, reference = chain[step], columns_of(type(chain[step]))[synced.owner.split(".")[step]]
    theirs = household.chains[synced.table, "linus"]
    target = theirs[step + 1] if step + 1 < len(theirs) else household.people["linus"]
    with transaction():
        if reference.unique:
            _swap(moved, theirs[step], reference)
        else:
            type(moved).update({reference: target._pk}).where(key_of(type(moved)) == moved._pk).execute()
    household.sync()
    row = chain[0]
    assert household.told("grace", row._pk) == ["REMOVE"] and household.told("linus", row._pk) == ["PUT"]
    household.assert_apart()


def _swap(one, other, reference) -> None:
    """Let two rows change owners, of which each may have one only."""
    model, key = type(one), key_of(type(one))
    nobody = User.create(username="nobody", password="", email="")
    for row, owner in ((one, nobody.id), (other, one.user_id), (one, other.user_id)):
        model.update({reference: owner}).where(key == row._pk).execute()


@pytest.mark.parametrize(("synced", "step"), STEPS, ids=by_step)
def test_a_row_that_goes_with_any_of_its_parents_leaves_its_owners_phone_alone(household, synced, step):
    chain = household.chains[synced.table, "grace"]
    with transaction():
        delete(type(chain[step]), [chain[step]._pk], with_history=True)
    household.sync()
    assert chain[0]._pk is not None and str(chain[0]._pk) not in household.phones["grace"].of(synced.table)
    assert household.phones["linus"].got == []
    household.assert_apart()


def test_an_account_that_goes_leaves_other_phones_as_they_are(household):
    with transaction():
        delete(User, [household.people["grace"].id], with_history=True)
    household.sync()
    assert household.phones["linus"].got == []
    household.assert_apart()
    assert not any(household.phones["grace"].of(synced.table) for synced in OWNED)


def test_a_foods_unit_and_picture_go_to_those_who_use_it(household, registry):
    """The same change of the catalogue reaches the phone whose user eats it, and not the other."""
    model = household.models["nutrition_ingredientweightunit"]
    [item, *_] = household.chains["nutrition_mealitem", "grace"]
    food = make(household.models["nutrition_ingredient"], household.people["grace"])
    with transaction():
        type(item).update(ingredient=food.id).where(type(item).id == item.id).execute()
        make(model, household.people["grace"], ingredient=food)
    household.sync()
    assert str(food.id) in household.phones["grace"].of("nutrition_ingredient")
    assert len(household.phones["grace"].of("nutrition_ingredientweightunit")) >= 1
    assert str(food.id) not in household.phones["linus"].of("nutrition_ingredient")
    assert not [one for one in household.phones["linus"].got if "nutrition" in str(one.get("object_type"))]
