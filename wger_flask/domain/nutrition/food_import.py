"""Store foods out of databases of others: one that was looked up, or a hundred thousand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from wger_flask.api import Selection, any_of, columns, columns_of, transaction, upsert
from wger_flask.domain.core.models import ENGLISH, Language, License

from .models import Ingredient, IngredientWeightUnit

AT_ONCE = 500  # rows; references are looked up for as many in one query
_OURS = ("id", "uuid", "created", "last_update", "last_imported")  # say nothing of the food


@dataclass(frozen=True, slots=True)
class Food:
    """A food as another database describes it.

    * ``source``: the name of that database; ``key``: the food's key there; ``page``: the address of its page.
    * ``code``: its barcode, None without one; ``language``: the ISO 639-1 code of the language of its name;
      ``license``: the short name of the licence.
    * ``values``: the columns of :class:`Ingredient` that it fills, by name.
    * ``servings``: household measures, each a name and its weight in grams.
    """

    source: str
    key: str
    code: str | None
    language: str
    license: str
    page: str
    values: dict[str, Any]
    servings: tuple[tuple[str, int], ...] = ()


def import_foods(foods: Iterable[Food]) -> Counter[str]:
    """Store ``foods`` in one transaction and return how many are ``new``, ``changed``, ``unchanged`` or ``kept``.

    A food that came from the same source before is brought up to date. One whose barcode a food of another source has
    is left out, that one is kept.
    """
    told: Counter[str] = Counter()
    left = iter(foods)
    with transaction():
        while some := tuple(islice(left, AT_ONCE)):
            told += add_foods(some)
    return told


def add_foods(foods: Iterable[Food]) -> Counter[str]:
    """Store at most :data:`AT_ONCE` foods within the transaction that runs; returns the same counts."""
    by_key = {food.key: food for food in foods}  # of two with one key, the last counts
    keys, codes = list(by_key), [food.code for food in by_key.values() if food.code]
    names = tuple(columns_of(Ingredient))
    known = _rows(names, any_of(Ingredient.remote_id, keys)) + _rows(names, any_of(Ingredient.code, codes))
    of_key = {(row["source_name"], row["remote_id"]): row for row in known}
    of_code = {row["code"]: row for row in known if row["code"]}
    languages, licenses = (dict(Selection(model).rows(("short_name", "id"))) for model in (Language, License))
    told: Counter[str] = Counter()
    new, changed, stored = [], [], []
    for food in by_key.values():
        row = of_key.get((food.source, food.key)) or (of_code.get(food.code) if food.code else None)
        if row is not None and row["source_name"] != food.source:
            told["kept"] += 1
            continue
        values = _values(food, languages, licenses)
        stored.append(food)
        if row is None:
            new.append(new_row() | values)
        elif any(row[name] != value for name, value in values.items()):
            changed.append(row | values | {"last_update": columns.now(), "last_imported": columns.now()})
        else:
            told["unchanged"] += 1
        if food.code:
            of_code[food.code] = values
    told["new"], told["changed"] = len(new), len(changed)
    for rows in (new, changed):
        write_rows(rows)
    _add_servings(stored)
    return told


def _rows(names: tuple[str, ...], clause) -> list[dict[str, Any]]:
    return [dict(zip(names, row, strict=True)) for row in Selection(Ingredient, (clause,)).rows(names)]


def _values(food: Food, languages: dict[str, int], licenses: dict[str, int]) -> dict[str, Any]:
    license = licenses.get(food.license)
    return {
        **food.values,
        "code": food.code, "remote_id": food.key, "source_name": food.source, "source_url": food.page,
        "license_object_url": food.page, "language": languages.get(food.language, ENGLISH),
        **({"license": license} if license else {}),
    }  # fmt: skip


def new_row() -> dict[str, Any]:
    """Return what a new food has in its columns as long as nothing is said of them, its key excepted."""
    made = {}
    for name, column in columns_of(Ingredient).items():
        if name != "id":
            made[name] = column.default() if callable(column.default) else column.default
    return made | {"last_update": columns.now()}


def write_rows(rows: list[dict[str, Any]]) -> None:
    """Store foods, each as its columns by name, all with the same ones; one with a key replaces that food."""
    if rows:
        names = tuple(rows[0])
        upsert(Ingredient, names, [tuple(row[name] for name in names) for row in rows])


def _add_servings(foods: list[Food]) -> None:
    """Store the measures that foods do not have yet, by name."""
    measured = {food.key: food for food in foods if food.servings}
    if not measured:
        return
    found = Selection(Ingredient, (any_of(Ingredient.remote_id, list(measured)),)).rows(
        (Ingredient.id, Ingredient.remote_id, Ingredient.source_name)
    )
    ids = {(source, key): number for number, key, source in found}
    of_foods = any_of(IngredientWeightUnit.ingredient, list(ids.values()))
    there = set(Selection(IngredientWeightUnit, (of_foods,)).rows(("ingredient", "name")))
    rows = [
        (columns.uuid7(), ids[food.source, key], name[:200], grams)
        for key, food in measured.items()
        for name, grams in dict(food.servings).items()
        if (ids[food.source, key], name[:200]) not in there
    ]
    upsert(IngredientWeightUnit, ("uuid", "ingredient", "name", "gram"), rows)
