"""Find the foods that apps name: by barcode, or by a name whose values agree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from wger_flask.api import Selection, any_of
from wger_flask.domain.nutrition.filters import foods_like
from wger_flask.domain.nutrition.models import Ingredient
from wger_flask.storage.chunks import chunks

from .records import FoodDiaryEntry

SUGGESTED = 6
_SEARCHED = 100  # foods of one file that suggestions are looked up for
_MOST_ALIKE = 10_000  # foods that are looked at for the names that one query asks for
# How far the energy of 100 g may be apart, in kcal and as a share: labels round, and products change
_APART, _APART_SHARE = Decimal(25), Decimal("0.25")


@dataclass(frozen=True, slots=True)
class KnownFood:
    """A food of the catalogue: ``energy`` is kcal in 100 g."""

    id: int
    name: str
    energy: int
    language: int

    def agrees(self, entry: FoodDiaryEntry) -> bool:
        """Tell whether it may be what was eaten, by its energy; what does not tell is believed."""
        if entry.energy is None or not entry.grams:
            return True
        said = 100 * entry.energy / entry.grams
        return abs(said - self.energy) <= max(_APART, said * _APART_SHARE)

    def grams_of(self, entry: FoodDiaryEntry) -> Decimal | None:
        """Return how much of it was eaten: as the app says, else as much as has the energy; None without either."""
        if entry.grams is not None:
            return entry.grams
        return 100 * entry.energy / self.energy if entry.energy is not None and self.energy > 0 else None


class FoodNames:
    """The foods that ``entries`` may mean, in ``languages`` (ids) the nearest first, and then in any."""

    def __init__(self, entries: Iterable[FoodDiaryEntry], languages: tuple[int, ...]):
        self._languages, self._searched = languages, 0
        named: dict[str, None] = {}
        codes: dict[str, None] = {}
        for entry in entries:
            name = entry.food  # the index on names knows capitals
            named |= dict.fromkeys((name, name.lower(), name.upper(), name.capitalize(), name.title()))
            if entry.barcode:
                codes[entry.barcode] = None
        self._by_code = dict(_foods(Ingredient.code, codes))
        self._by_name: dict[str, list[KnownFood]] = {}
        for name, food in _foods(Ingredient.name, named):
            self._by_name.setdefault(name.casefold(), []).append(food)

    def find(self, entry: FoodDiaryEntry) -> KnownFood | None:
        """Return the food that was eaten, None where none is that surely."""
        if entry.barcode in self._by_code:
            return self._by_code[entry.barcode]
        alike = [food for food in self._by_name.get(entry.food.casefold(), ()) if food.agrees(entry)]
        return min(alike, key=self._rank, default=None)

    @staticmethod
    def by_keys(keys: Iterable[str]) -> dict[str, KnownFood]:
        """Return the foods that there are of those with these keys, as text."""
        numbers = {int(key) for key in keys if key.isascii() and key.isdecimal() and len(key) < 10}
        return dict(_foods(Ingredient.id, numbers))

    def suggest(self, name: str) -> tuple[tuple[str, str], ...]:
        """Return foods that may be meant, as pairs of key and label, the nearest first."""
        if self._searched >= _SEARCHED:
            return ()
        self._searched += 1
        found = foods_like(name, self._languages).rows(("id", "name"), SUGGESTED)
        return tuple((str(key), label) for key, label in found)

    def _rank(self, food: KnownFood) -> tuple[int, int]:
        known = food.language in self._languages
        return self._languages.index(food.language) if known else len(self._languages), food.id


def _foods(column, wanted: Iterable[object]) -> Iterator[tuple[str, KnownFood]]:  # type: ignore[no-untyped-def]  # Peewee's
    """Yield foods by what they have in ``column``."""
    for some in chunks(list(wanted)):
        found = Selection(Ingredient, (any_of(column, some),), ("id",))
        for value, *food in found.rows((column.name, "id", "name", "energy", "language"), _MOST_ALIKE):
            yield str(value), KnownFood(*food)
