"""The search for foods at the address and in the shape of earlier releases, which scripts still ask for."""

from __future__ import annotations

from datetime import date

from wger_flask.api import Deprecation, Endpoints, Selection, any_of
from wger_flask.domain.core.schemas import SearchQuerySchema

from . import filters, models
from .pictures import small

_MOST = 100  # suggestions: more are not read

searching = Endpoints("ingredient-search", "Search foods, as earlier releases did.")


@searching.endpoint("ingredient/search", query=SearchQuerySchema, replaced=Deprecation(date(2025, 1, 1), "ingredient"))
def search_foods(call):
    """Suggest foods whose name is like ``term``, or the one with that barcode, in one of some languages."""
    asked = call.query()
    if not asked["term"]:
        return {"suggestions": []}
    selection = filters.foods_like(asked["term"], asked["language"])
    found = selection.rows(("id", "name"), _MOST)
    pictures = _pictures([key for key, _ in found])
    suggestions = []
    for key, name in found:
        data = {"id": key, "name": name, "category": None}
        suggestions.append({"value": name, "data": data | _addresses(call, pictures.get(key))})
    return {"suggestions": suggestions}


def _pictures(foods: list[int]) -> dict[int, str]:
    """Return the file of each food's picture."""
    rows = Selection(models.Image, (any_of(models.Image.ingredient, foods),))
    return dict(rows.rows(("ingredient", "image")))


def _addresses(call, file: str | None) -> dict[str, str | None]:
    if not file:
        return {"image": None, "image_thumbnail": None}
    return {"image": call.context.media(file), "image_thumbnail": small(call.context, file)}
