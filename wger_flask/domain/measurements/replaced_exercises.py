"""Lead calculated categories over to the exercise that takes the place of another one."""

from __future__ import annotations

from collections.abc import Sequence

from wger_flask.api import Selection, any_of, update

from .calculation import EXERCISES_IN
from .dynamic_types import is_there
from .models import Category
from .recalculation import calculate

_FEWEST_IN_TOTAL = 2


def exercise_replaced(gone: int, replacement: int) -> None:
    """Calculate what follows from the sets of two exercises that were made one.

    A category about the exercise that is gone is about its replacement from now on, unless its owner has such a one.
    """
    of_exercises = Selection(Category, (any_of(Category.dynamic_type, list(EXERCISES_IN)),), ("id",)).instances()
    for category in list(of_exercises):
        exercises = _exercises(category)
        if gone in exercises and (params := _led_over(category, gone, replacement)):
            category.dynamic_params = params
            update(category, ("dynamic_params",))  # its listeners calculate it
        elif gone in exercises or replacement in exercises:
            calculate(category)


def _exercises(category: Category) -> Sequence[object]:
    params = category.dynamic_params
    keys = params.get(EXERCISES_IN[category.dynamic_type], ()) if isinstance(params, dict) else ()
    return keys if isinstance(keys, list) else [keys]


def _led_over(category: Category, gone: int, replacement: int) -> dict | None:
    """Return the parameters about the replacement; None where they would say too little, or what another one says."""
    name = EXERCISES_IN[category.dynamic_type]
    keys = list(dict.fromkeys(replacement if key == gone else key for key in _exercises(category)))
    if isinstance(category.dynamic_params[name], list) and len(keys) < _FEWEST_IN_TOTAL:
        return None
    params = category.dynamic_params | {name: keys if isinstance(category.dynamic_params[name], list) else keys[0]}
    return None if is_there(category.user_id, category.dynamic_type, params, category) else params
