"""Ask Open Food Facts for the food behind a barcode, and keep what it knows.

The answer must not depend on another server: one that cannot be reached, takes too
long or talks nonsense has told nothing, and is left in peace for a minute.  Products without
a name or one of the four main values are of no use in a plan and count as unknown, and so do
those whose values contradict one another (:mod:`wger_flask.engine.plausibility`).
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping

from wger_flask import __version__
from wger_flask.api import Selection, advisory_lock, equals, services, transaction

from . import open_food_facts
from .food_import import add_foods
from .food_values import is_barcode
from .models import Ingredient

log = logging.getLogger("wger_flask")

_PAUSE, _FORGET, _MOST_UNKNOWN = 60, 3600, 1000
_resting_until = 0.0
_unknown: dict[str, float] = {}


def look_up(code: str) -> bool:
    """Store the food with this barcode, unless it is there; tells whether it is there now."""
    known = Selection(Ingredient, (equals(Ingredient.code, code),))
    if known.exists():
        return True
    if not is_barcode(code):
        return False
    product = _ask(code)
    if product is None:
        return False
    try:
        food = open_food_facts.read(code, product)
    except open_food_facts.NotTaken as reason:
        log.info("%s of %s is not taken: %s", code, open_food_facts.SOURCE, reason)
        if len(_unknown) >= _MOST_UNKNOWN:
            _unknown.clear()
        _unknown[code] = time.monotonic() + _FORGET
        return False
    with transaction():
        advisory_lock(f"barcode {code}")
        if not known.exists():
            add_foods([food])
    return True


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
        answer.append(api.product.get(code, fields=list(open_food_facts.WANTED)))
    except Exception as wrong:  # whatever went wrong over there is not our client's business
        log.warning("%s cannot be asked for %s: %s", address, code, wrong)
