"""Ask Open Food Facts for the food behind a barcode, and keep what it knows.

The answer must not depend on another server: one that cannot be reached, takes too
long or talks nonsense has told nothing, and is left in peace for a minute.  Products without
a name or one of the four main values are of no use in a plan and count as unknown, and so do
those whose values contradict one another (:mod:`wger_flask.engine.plausibility`).
"""

from __future__ import annotations

import html
import logging
import threading
import time
from collections.abc import Mapping
from decimal import Decimal

from wger_flask import __version__
from wger_flask.api import Selection, advisory_lock, columns, equals, services, transaction
from wger_flask.domain.core.models import ENGLISH, Language, License
from wger_flask.engine.plausibility import Label, contradiction, energy_of

from .models import Ingredient, IngredientWeightUnit

log = logging.getLogger("wger_flask")

SOURCE = "Open Food Facts"
LENGTHS = range(8, 15)
_PAUSE, _FORGET, _MOST_UNKNOWN = 60, 3600, 1000
_MAIN = {"protein": "proteins", "carbohydrates": "carbohydrates", "fat": "fat"}
_PARTS = {"carbohydrates_sugar": "sugars", "fat_saturated": "saturated-fat"}
_OTHER = {"fiber": "fiber", "sodium": "sodium"}
_KCAL, _KJ = "energy-kcal", ("energy-kj", "energy")
# Read beyond what 100 g hold, for what is too much to be seen as that; more than these is no value of a food.
_MOST_KCAL, _MOST_KJ, _MOST_PART = 10_000, 40_000, 1000
_MOST_ENCODED = 3
_LANGUAGES = ("en", "de")  # whose names are asked for besides that in the product's own language
_WANTED = (
    "product_name", "generic_name", *(f"{name}_name_{code}" for code in _LANGUAGES for name in ("product", "generic")),
    "brands", "lang", "creator", "nutriments", "nutrition_grades", "serving_size", "serving_quantity",
    "ingredients_analysis_tags", "categories_tags",
)  # fmt: skip
_resting_until = 0.0
_unknown: dict[str, float] = {}


def look_up(code: str) -> bool:
    """Store the food with this barcode, unless it is there; tells whether it is there now."""
    known = Selection(Ingredient, (equals(Ingredient.code, code),))
    if known.exists():
        return True
    if not code.isascii() or not code.isdigit() or len(code) not in LENGTHS:
        return False
    product = _ask(code)
    if product is None:
        return False
    values = read(product)
    if not values:
        if len(_unknown) >= _MOST_UNKNOWN:
            _unknown.clear()
        _unknown[code] = time.monotonic() + _FORGET
        return False
    with transaction():
        advisory_lock(f"barcode {code}")
        if not known.exists():
            _keep(code, values, product)
    return True


def read(product: Mapping) -> dict | None:
    """Return what a product of Open Food Facts says about a food, None if that is not enough or cannot be."""
    label = _label(product)
    name, _ = _named(product, "product")
    if label is None or not name:
        return None
    wrong, energy = contradiction(label), energy_of(label)
    if wrong or energy is None:
        log.info("%r of %s is not taken: %s", name, SOURCE, wrong)
        return None
    grade = product.get("nutrition_grades")
    return {
        "name": name, "energy": round(energy),
        **{field: getattr(label, field) for field in (*_MAIN, *_PARTS, *_OTHER)},
        "common_name": _named(product, "generic")[0] or None,
        "brand": _text(_decoded(str(product.get("brands") or "")).split(",")[0]) or None,
        "nutriscore": grade if grade in ("a", "b", "c", "d", "e") else None,
        "is_vegan": _tagged(product, "vegan"), "is_vegetarian": _tagged(product, "vegetarian"),
        "license_author": _text(product.get("creator")) or SOURCE,
    }  # fmt: skip


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


def _keep(code: str, values: dict, product: Mapping) -> None:
    language = Selection(Language, (equals(Language.short_name, _named(product, "product")[1]),)).keys()
    license = Selection(License, (equals(License.short_name, "ODbL"),)).keys()
    page = f"https://world.openfoodfacts.org/product/{code}"
    row = Ingredient.create(
        **values, code=code, remote_id=code, source_name=SOURCE, source_url=page, license_object_url=page,
        language=language[0] if language else ENGLISH, last_imported=columns.now(),
        **({"license": license[0]} if license else {}),
    )  # fmt: skip
    grams = _number(product.get("serving_quantity"), 2000)
    if grams is not None and round(grams) >= 1:
        size = _text(product.get("serving_size"))
        name = f"Serving ({size})" if size else "Serving"
        IngredientWeightUnit.create(ingredient=row, name=name[:200], gram=round(grams))


def _ask(code: str) -> Mapping | None:
    """Return the product with this barcode, an empty one if there is none, None without an answer in time."""
    global _resting_until
    settings, now = services().settings, time.monotonic()
    if settings.WGER_OPEN_FOOD_FACTS == "off" or now < _resting_until or _unknown.get(code, 0) > now:
        return None
    answer: list = []
    site = settings.WGER_OPEN_FOOD_FACTS, settings.SITE_URL, settings.WGER_OPEN_FOOD_FACTS_TIMEOUT
    # A thread, because looking up the host's name heeds no time limit.
    asking = threading.Thread(target=_fetch, args=(code, *site, answer), daemon=True)
    asking.start()
    asking.join(settings.WGER_OPEN_FOOD_FACTS_TIMEOUT)
    if not answer:
        _resting_until = time.monotonic() + _PAUSE
        return None
    return answer[0] if isinstance(answer[0], Mapping) else {}


def _fetch(code: str, address: str, site: str, seconds: int, answer: list) -> None:
    try:
        from openfoodfacts import API  # 25 MB of memory that few servers ever need

        api = API(user_agent=f"wger_flask/{__version__} ({site})", timeout=seconds)
        api.product.base_url = address.rstrip("/")
        answer.append(api.product.get(code, fields=list(_WANTED)))
    except Exception as wrong:  # whatever went wrong over there is not our client's business
        log.warning("%s cannot be asked for %s: %s", address, code, wrong)


def _text(value) -> str:
    return " ".join(_decoded(value).replace("\x00", "").split())[:200] if isinstance(value, str) else ""


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
    return round(number, 3) if number.is_finite() and 0 <= number <= most else None


def _tagged(product: Mapping, word: str) -> bool | None:
    tags = product.get("ingredients_analysis_tags")
    if not isinstance(tags, list):
        return None
    if f"en:{word}" in tags:
        return True
    return False if f"en:non-{word}" in tags else None
