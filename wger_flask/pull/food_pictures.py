"""Copy pictures of foods: of those that are here under the UUID that they have there."""

from __future__ import annotations

from typing import Any

from ..domain.nutrition.models import Image, Ingredient
from ..rest.uploads import ImageFile
from ..storage.model import Model
from ..storage.predicates import equals
from ..storage.query import Selection
from .pictures import Pictures
from .rows import with_uuid
from .state import State
from .values import LICENSED, NotTaken, values_of
from .vocabulary import Words


def _folder(values: dict[str, Any]) -> str:
    uuid = str(values["uuid"])
    return f"ingredients/{uuid[:2]}/{uuid[2:4]}"


def copy(state: State, words: Words) -> None:
    """Copy the pictures that are new or have changed."""

    def read(given: dict[str, Any]) -> tuple[dict[str, Any], Model | None]:
        food = with_uuid(Ingredient, given.get("ingredient_uuid"))
        if food is None:
            raise NotTaken("its food is not here")
        values = values_of(Image, given, ("uuid", "created", *LICENSED), words.find) | {"ingredient": food.id}
        if "uuid" not in values:
            raise NotTaken("it has no UUID")
        return values, Selection(Image, (equals(Image.ingredient, food.id),)).first()

    Pictures(state, "ingredient-image", Image, ImageFile(folder=_folder), read).copy()
