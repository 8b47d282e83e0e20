"""Ask Open Food Facts for the food behind a barcode, and keep what it knows.

The answer must not depend on anybody else being there: whoever cannot be reached, takes too
long or talks nonsense has told nothing, and is left in peace for a minute.  Products without
a name or one of the four main values are of no use in a plan and count as unknown.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping
from decimal import Decimal

from wger_flask import __version__
from wger_flask.api import Selection, columns, equals, one_at_a_time, services, transaction
from wger_flask.domain.core.models import ENGLISH, Language, License

from .models import Ingredient, IngredientWeightUnit

log = logging.getLogger("wger_flask")

SOURCE = "Open Food Facts"
LENGTHS = range(8, 15)
_PAUSE, _FORGET, _MOST_UNKNOWN = 60, 3600, 1000
_MAIN = {"protein": "proteins", "carbohydrates": "carbohydrates", "fat": "fat"}
_OTHER = {"carbohydrates_sugar": "sugars", "fat_saturated": "saturated-fat", "fiber": "fiber", "sodium": "sodium"}
_KCAL, _KJ_IN_KCAL = "energy-kcal", Decimal("4.184")
_WANTED = (
    "product_name", "generic_name", "brands", "lang", "creator", "nutriments", "nutrition_grades", "serving_size",
    "serving_quantity", "ingredients_analysis_tags",
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
    found = read(product)
    if not found:
        if len(_unknown) >= _MOST_UNKNOWN:
            _unknown.clear()
        _unknown[code] = time.monotonic() + _FORGET
        return False
    with transaction():
        one_at_a_time(f"barcode {code}")
        if not known.exists():
            _keep(code, found, product)
    return True


def read(product: Mapping) -> dict | None:
    """Return what a product of Open Food Facts says about a food, None if that is not enough."""
    nutriments = product.get("nutriments")
    if not isinstance(nutriments, Mapping):
        return None
    name = _text(product.get("product_name"))
    energy = _number(nutriments.get(f"{_KCAL}_100g"), 2000)
    if energy is None:
        joules = _number(nutriments.get("energy_100g"), 8000)
        energy = None if joules is None else joules / _KJ_IN_KCAL
    values = {name: _number(nutriments.get(f"{key}_100g"), 100) for name, key in _MAIN.items()}
    if not name or energy is None or None in values.values():
        return None
    values |= {name: _number(nutriments.get(f"{key}_100g"), 100) for name, key in _OTHER.items()}
    grade = product.get("nutrition_grades")
    return {
        "name": name, "energy": round(energy), **values,
        "common_name": _text(product.get("generic_name")) or None,
        "brand": _text(str(product.get("brands") or "").split(",")[0]) or None,
        "nutriscore": grade if grade in ("a", "b", "c", "d", "e") else None,
        "is_vegan": _tagged(product, "vegan"), "is_vegetarian": _tagged(product, "vegetarian"),
        "license_author": _text(product.get("creator")) or SOURCE,
    }  # fmt: skip


def _keep(code: str, found: dict, product: Mapping) -> None:
    language = Selection(Language, (equals(Language.short_name, str(product.get("lang"))[:2]),)).keys()
    license = Selection(License, (equals(License.short_name, "ODbL"),)).keys()
    page = f"https://world.openfoodfacts.org/product/{code}"
    row = Ingredient.create(
        **found, code=code, remote_id=code, source_name=SOURCE, source_url=page, license_object_url=page,
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
    return " ".join(value.replace("\x00", "").split())[:200] if isinstance(value, str) else ""


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
