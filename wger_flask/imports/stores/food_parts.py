"""Note what was eaten where the food itself is not known here: as protein, carbohydrates, fiber and fat.

Foods are everybody's, and what a user ate is no other user's business: no food is made of what a person's file names.
Five foods that all imports share stand for what an entry contained, so that the sums of a day are right. What labels
call carbohydrates has the fiber in it where it is more than that.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from wger_flask.api import Selection, advisory_lock, equals
from wger_flask.domain.nutrition.food_import import Food, add_foods
from wger_flask.domain.nutrition.models import Ingredient

from ..records import FoodDiaryEntry

SOURCE = "Imported diaries"
PROTEIN, CARBOHYDRATES, FIBER, FAT, ENERGY = "protein", "carbohydrates", "fiber", "fat", "energy"
_KILOCALORIES = {PROTEIN: 4, CARBOHYDRATES: 4, FIBER: 2, FAT: 9, ENERGY: 4}
"""In a gram: Regulation (EU) No 1169/2011, annex XIV; what is left over, such as that of alcohol, counts as four."""

_NAMES = {
    PROTEIN: "Protein (imported)", CARBOHYDRATES: "Carbohydrates (imported)", FIBER: "Dietary fiber (imported)",
    FAT: "Fat (imported)", ENERGY: "Other energy (imported)",
}  # fmt: skip
_HOLDS = {PROTEIN: (PROTEIN,), CARBOHYDRATES: (CARBOHYDRATES,), FIBER: (CARBOHYDRATES, FIBER), FAT: (FAT,), ENERGY: ()}
PARTS = tuple(_NAMES)
_NAMESPACE = UUID("0c6a1d0e-6d0b-5c3f-9a53-4f1b0c1f5b3e")  # the same foods on every server: diaries move


def parts_of(entry: FoodDiaryEntry) -> Iterator[tuple[str, Decimal]]:
    """Yield of which parts, and how many grams of each, an entry consists as far as it tells."""
    protein, fat, fiber = entry.protein or Decimal(), entry.fat or Decimal(), entry.fiber or Decimal()
    carbohydrates = entry.carbohydrates or Decimal()
    without_fiber = carbohydrates - fiber if carbohydrates >= fiber else carbohydrates
    parts = {PROTEIN: protein, CARBOHYDRATES: without_fiber, FIBER: fiber, FAT: fat}
    rest = (entry.energy or Decimal()) - sum(grams * _KILOCALORIES[part] for part, grams in parts.items())
    yield from parts.items()
    yield ENERGY, max(rest / _KILOCALORIES[ENERGY], Decimal())


def ids_of_parts() -> dict[str, int]:
    """Return the foods that stand for the parts, which are made where they are missing, within a transaction."""
    if len(found := _found()) < len(PARTS):
        advisory_lock(SOURCE)
        add_foods(_food(part) for part in PARTS)
        found = _found()
    return found


def _found() -> dict[str, int]:
    rows = Selection(Ingredient, (equals(Ingredient.source_name, SOURCE),)).rows((Ingredient.remote_id, Ingredient.id))
    return {part: key for part, key in rows if part in PARTS}


def _food(part: str) -> Food:
    hundred = {"protein": Decimal(), "carbohydrates": Decimal(), "fat": Decimal(), "fiber": Decimal()}
    values: dict[str, Any] = hundred | {name: Decimal(100) for name in _HOLDS[part]}
    values |= {"uuid": uuid5(_NAMESPACE, part), "name": _NAMES[part], "energy": 100 * _KILOCALORIES[part]}
    return Food(SOURCE, part, None, "en", "CC0", "", values)
