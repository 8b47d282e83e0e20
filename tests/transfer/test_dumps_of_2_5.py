"""Dumps of wger 2.5, whose rows had numbers where they have UUIDs now."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.reference import BY_LABEL, TABLES
from wger_flask.storage.bulk import dangling
from wger_flask.storage.numbered_keys import uuid_of
from wger_flask.transfer.importer import ImportFailure

from .rows import CATALOGUE, ingredient, row

Category = BY_LABEL["measurements.category"]

Measurement = BY_LABEL["measurements.measurement"]


RENUMBERED = (
    "nutrition.nutritionplan",
    "nutrition.meal",
    "nutrition.mealitem",
    "nutrition.logitem",
    "manager.workoutsession",
    "manager.workoutlog",
    "measurements.category",
    "measurements.measurement",
)


def as_of_2_5(rows):
    """Return the dump as wger 2.5 would have written it, but for its sessions."""
    rows = list(_with_weights(rows))
    numbers = {}
    for label in RENUMBERED:
        for number, one in enumerate((one for one in rows if one["model"] == label), 1):
            numbers[one["pk"]] = number
    made = []
    for one in rows:
        fields = {name: numbers.get(str(value), value) for name, value in one["fields"].items()}
        if "license_author" in fields:
            fields["license_author"] = fields["license_author"] or None
        if one["model"] == "core.userprofile":
            fields.update(ro_access=False, show_comments=True, show_english_ingredients=True)
        made.append({"model": one["model"], "pk": numbers.get(one["pk"], one["pk"]), "fields": fields})
    return made


def _with_weights(rows):
    """Yield the rows of a dump, body weights in the table that they had, categories and measurements as they were."""
    owners = {one["pk"]: one["fields"]["user"] for one in rows if one["fields"].get("is_official")}
    for number, one in enumerate(rows, 1):
        fields = one["fields"]
        if one["model"] == "measurements.category" and one["pk"] not in owners:
            yield {**one, "fields": {name: fields[name] for name in ("user", "name", "unit")}}
        elif one["model"] == "measurements.measurement" and fields["category"] in owners:
            user = owners[fields["category"]]
            yield row("weight.weightentry", number, user=user, date=fields["date"], weight=fields["value"])
        elif one["model"] == "measurements.measurement":
            yield {**one, "fields": {name: fields[name] for name in ("category", "date", "value", "notes")}}
        elif one["pk"] not in owners:
            yield one


def test_dumps_of_2_5_are_understood(load, dump):
    def counts():
        return {label: BY_LABEL[label].select().count() for label in report.loaded if label in BY_LABEL}

    old = as_of_2_5(dump)
    report = load(old)
    users = sum(one["model"] == "auth.user" for one in dump)
    gone = ("ro_access", "show_comments", "show_english_ingredients")
    assert report.ignored == {f"core.userprofile.{name}": users for name in gone}
    counted = counts()
    weights, accounts = report.loaded["weight.weightentry"], report.loaded["core.userprofile"]
    became = Counter({"measurements.measurement": weights, "measurements.category": accounts})
    assert Counter(counted) == Counter(report.loaded) + became - Counter({"weight.weightentry": weights})
    for model in TABLES:
        assert list(dangling(model)) == []
    Item, Ingredient = BY_LABEL["nutrition.mealitem"], BY_LABEL["nutrition.ingredient"]
    given = next(one for one in old if one["model"] == "nutrition.mealitem")
    item = Item.get_by_id(uuid_of("nutrition.mealitem", given["pk"]))
    assert item.meal_id == uuid_of("nutrition.meal", given["fields"]["meal"])
    assert Ingredient.select().where(Ingredient.license_author == "").exists()
    weights = Measurement.select().join(Category).where(Category.is_official)
    assert weights.count() == report.loaded["weight.weightentry"]

    again = load(old)
    assert again.loaded == report.loaded
    assert counts() == counted


def test_logs_of_2_5_keep_their_order(load, dump):
    Log = BY_LABEL["manager.workoutlog"]
    load(as_of_2_5(dump))
    inserted = [one["fields"]["date"] for one in dump if one["model"] == "manager.workoutlog"]
    assert [one.date.strftime("%Y-%m-%dT%H:%M:%SZ") for one in Log.select().order_by(Log.id)] == inserted


def test_a_missing_row_of_2_5_is_named_by_its_number(load):
    with pytest.raises(ImportFailure, match=r"nutrition.mealitem 4: there is no nutrition.meal 9"):
        load([*CATALOGUE, ingredient(1), row("nutrition.mealitem", 4, meal=9, ingredient=1, amount="1.00", order=1)])
