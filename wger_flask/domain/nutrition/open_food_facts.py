"""Read a product of Open Food Facts, as its API and its dump of all products give it.

Products without a name or one of the four main values are of no use in a plan, and so are those whose values contradict
one another (:mod:`wger_flask.engine.plausibility`): they are not taken.
"""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import orjson

from wger_flask.engine.plausibility import Label, contradiction, energy_of

from .food_import import Food
from .food_values import bounded, is_barcode, plain_text

SOURCE = "Open Food Facts"
_MAIN = {"protein": "proteins", "carbohydrates": "carbohydrates", "fat": "fat"}
_PARTS = {"carbohydrates_sugar": "sugars", "fat_saturated": "saturated-fat"}
_OTHER = {"fiber": "fiber", "sodium": "sodium"}
_KCAL, _KJ = "energy-kcal", ("energy-kj", "energy")
# Read beyond what 100 g hold, for what is too much to be seen as that; more than these is no value of a food.
_MOST_KCAL, _MOST_KJ, _MOST_PART = 10_000, 40_000, 1000
_MOST_ENCODED = 3
_LANGUAGES = ("en", "de")  # whose names are asked for besides that in the product's own language
WANTED = (
    "product_name", "generic_name", *(f"{name}_name_{code}" for code in _LANGUAGES for name in ("product", "generic")),
    "brands", "lang", "creator", "nutriments", "nutrition_grades", "serving_size", "serving_quantity",
    "ingredients_analysis_tags", "categories_tags",
)  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """Which products of a dump are taken: all conditions must hold, and one that is empty always does.

    * ``languages``: ISO 639-1 codes of the languages of their names; ``countries``: where they are sold, in English as
      the dump tags them (``germany``).
    * ``completeness``: from 0 to 1, how much of a product must be filled, as Open Food Facts counts it.
    """

    languages: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()
    completeness: float = 0

    def takes(self, product: Mapping[str, Any]) -> bool:
        """Tell whether a product is one that is wanted."""
        if self.languages and _named(product, "product")[1] not in self.languages:
            return False
        if self.countries:
            tags = product.get("countries_tags")
            sold = (
                {tag.removeprefix("en:") for tag in tags if isinstance(tag, str)} if isinstance(tags, list) else set()
            )
            if not sold & self.countries:
                return False
        return not self.completeness or (_number(product.get("completeness"), 2) or 0) >= self.completeness


def foods_in(lines: Iterable[tuple[int, bytes]], wanted: Wanted, left_out: Counter[str]) -> Iterator[Food]:
    """Yield the foods of a dump in JSON Lines, a product a line; ``lines`` are their numbers and texts.

    What is not taken is counted in ``left_out``, by reason. Raises ValueError, with its number, for a line that is no
    product.
    """
    for number, line in lines:
        try:
            product = orjson.loads(line)
        except ValueError:
            raise ValueError(f"line {number} is not JSON") from None
        if not isinstance(product, dict):
            raise ValueError(f"line {number} is not a product: it is not an object")
        code = product.get("code")
        if not wanted.takes(product):
            left_out["not asked for"] += 1
        elif not is_barcode(code):
            left_out["without a barcode"] += 1
        else:
            try:
                food = read(code, product)
            except NotTaken:
                left_out["without a name, or with values that are missing or cannot be"] += 1
            else:
                yield food


class NotTaken(ValueError):
    """Say why a product is no food here."""


def read(code: str, product: Mapping[str, Any]) -> Food:
    """Return the food that a product of Open Food Facts is; raises :class:`NotTaken`."""
    label = _label(product)
    name, language = _named(product, "product")
    if label is None or not name:
        raise NotTaken("it has no name, or lacks one of the main values")
    wrong, energy = contradiction(label), energy_of(label)
    if wrong or energy is None:
        raise NotTaken(f"{name!r}: {wrong}")
    grade = product.get("nutrition_grades", product.get("nutriscore_grade"))
    values = {
        "name": name,
        "energy": round(energy),
        **{field: getattr(label, field) for field in (*_MAIN, *_PARTS, *_OTHER)},
        "common_name": _named(product, "generic")[0] or None,
        "brand": _text(_decoded(str(product.get("brands") or "")).split(",")[0]) or None,
        "nutriscore": grade if grade in ("a", "b", "c", "d", "e") else None,
        "is_vegan": _tagged(product, "vegan"),
        "is_vegetarian": _tagged(product, "vegetarian"),
        "license_author": _text(product.get("creator")) or SOURCE,
    }
    page = f"https://world.openfoodfacts.org/product/{code}"
    return Food(SOURCE, code, code, language, "ODbL", page, values, _servings(product))


def _servings(product: Mapping[str, Any]) -> tuple[tuple[str, int], ...]:
    grams = _number(product.get("serving_quantity"), 2000)
    if grams is None or round(grams) < 1:
        return ()
    size = _text(product.get("serving_size"))
    return ((f"Serving ({size})"[:200] if size else "Serving", round(grams)),)


def _label(product: Mapping) -> Label | None:
    """Return what a product says of 100 g of it, None without one of the main values."""
    said = product.get("nutriments")
    if not isinstance(said, Mapping):
        return None
    main = {
        field: number for field, key in _MAIN.items() if (number := _number(said.get(f"{key}_100g"), 100)) is not None
    }
    kcal = _number(said.get(f"{_KCAL}_100g"), _MOST_KCAL)
    kj = next((one for key in _KJ if (one := _number(said.get(f"{key}_100g"), _MOST_KJ)) is not None), None)
    if len(main) < len(_MAIN) or kcal is None and kj is None:
        return None
    parts = {field: _number(said.get(f"{key}_100g"), _MOST_PART) for field, key in _PARTS.items()}
    other = {field: _number(said.get(f"{key}_100g"), 100) for field, key in _OTHER.items()}
    sweet = (_number(said.get(f"{key}_100g"), 100) for key in ("polyols", "erythritol"))
    categories = product.get("categories_tags")
    return Label(
        **main, carbohydrates_sugar=parts["carbohydrates_sugar"], fat_saturated=parts["fat_saturated"],
        fiber=other["fiber"], sodium=other["sodium"], kcal=kcal, kj=kj,
        polyols=next((one for one in sweet if one is not None), None),
        alcohol=_number(said.get("alcohol_100g"), 100),
        alcoholic=isinstance(categories, list) and "en:alcoholic-beverages" in categories,
    )  # fmt: skip


def _named(product: Mapping, kind: str) -> tuple[str, str]:
    """Return the ("product" or "generic") name of a product, and the short name of the language it is in.

    The name without a language is that in the product's own, and often left empty by who added it in another.
    """
    own = str(product.get("lang"))[:2]
    names = ((f"{kind}_name", own), *((f"{kind}_name_{code}", code) for code in sorted(_LANGUAGES, key=own.__ne__)))
    return next(((text, code) for key, code in names if (text := _text(product.get(key)))), ("", own))


def _text(value) -> str:
    return plain_text(_decoded(value)) if isinstance(value, str) else ""


def _decoded(text: str) -> str:
    """Return a text without HTML entities; some were encoded each time they were saved."""
    for _ in range(_MOST_ENCODED):
        plain = html.unescape(text)
        if plain == text:
            break
        text = plain
    return text


def _number(value, most: int) -> Decimal | None:
    """Return a number between 0 and ``most`` with three places, None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = Decimal(str(value))
    except ArithmeticError:
        return None
    return bounded(number, most)


def _tagged(product: Mapping, word: str) -> bool | None:
    tags = product.get("ingredients_analysis_tags")
    if not isinstance(tags, list):
        return None
    if f"en:{word}" in tags:
        return True
    return False if f"en:non-{word}" in tags else None
