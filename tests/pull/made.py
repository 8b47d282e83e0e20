"""Rows as servers show them, made up for tests."""

from __future__ import annotations

import uuid

from tests.pull.sources import Source
from wger_flask.transfer.shipped import shipped_rows

LICENSED = {
    "license": 2,
    "license_title": "",
    "license_object_url": "",
    "license_author": "anna",
    "license_author_url": "",
    "license_derivative_source_url": "",
    "author_history": ["anna", "bert"],
}
MOMENT = "2025-04-11T14:42:12.518000+02:00"
_NAMESPACE = uuid.UUID("7f0f5a58-0a54-4c6e-9d0f-2f3a4b5c6d7e")


def key(*what: object) -> str:
    """Return a UUID that is the same each time."""
    return str(uuid.uuid5(_NAMESPACE, repr(what)))


def shipped(label: str) -> list[dict]:
    """Return rows that ship, as a list shows them."""
    return [{"id": row["pk"], **row["fields"]} for row in shipped_rows(label)]


def vocabulary(source: Source) -> None:
    """Give a source the lists whose rows have names alone."""
    for name, label in {
        "language": "core.language",
        "license": "core.license",
        "exercisecategory": "exercises.exercisecategory",
        "equipment": "exercises.equipment",
        "muscle": "exercises.muscle",
        "setting-repetitionunit": "core.repetitionunit",
        "setting-weightunit": "core.weightunit",
    }.items():
        source.lists[name] = shipped(label)
    source.lists |= {"exerciseinfo": [], "deletion-log": [], "ingredient-sync": []}


def exercise(number: int, name: str = "", **changes: object) -> dict:
    """Return an exercise with a text in English, of which a list of exercises tells."""
    made = {
        "id": number,
        "uuid": key("exercise", number),
        "created": MOMENT,
        "last_update": MOMENT,
        "last_update_global": MOMENT,
        "category": {"id": 8, "name": "Arms"},
        "muscles": [{"id": 1, "name": "Biceps brachii"}],
        "muscles_secondary": [],
        "equipment": [{"id": 3, "name": "Dumbbell"}],
        "license": {"id": 2, "short_name": "CC-BY-SA 4"},
        "license_author": "anna",
        "images": [],
        "videos": [],
        "variation_group": None,
        "author_history": ["anna"],
        "total_authors_history": ["anna"],
        "translations": [translation(number, name or f"Made up exercise {number}")],
    }
    return made | changes


def translation(number: int, name: str, language: int = 2, **changes: object) -> dict:
    """Return the words of an exercise."""
    return {
        "id": number * 100 + language,
        "uuid": key("translation", number, language),
        "name": name,
        "exercise": number,
        "description": "<p>Lift it.</p>",
        "description_source": "Lift it.",
        "created": MOMENT,
        "language": language,
        "aliases": [],
        "notes": [],
        **LICENSED,
        **changes,
    }


def picture(source: Source, number: int, content: bytes, name: str = "a.png", **changes: object) -> dict:
    """Return a picture of an exercise whose file the source has."""
    path = f"/media/exercise-images/{number}/{name}"
    source.files[path] = 200, {"Content-Type": "image/png"}, content
    return {
        "id": number * 10,
        "uuid": key("picture", number),
        "exercise": number,
        "exercise_uuid": key("exercise", number),
        "image": f"{source.base}{path}",
        "is_main": True,
        "style": "1",
        "is_ai_generated": False,
        **LICENSED,
        **changes,
    }


def food(number: int, **changes: object) -> dict:
    """Return a food."""
    made = {
        "id": number,
        "uuid": key("food", number),
        "remote_id": None,
        "source_name": "Made up",
        "source_url": None,
        "code": None,
        "name": f"Made up food {number}",
        "common_name": None,
        "brand": None,
        "created": MOMENT,
        "last_update": "2025-05-01T10:00:00Z",
        "last_imported": None,
        "energy": 100,
        "protein": "5.000",
        "carbohydrates": "10.000",
        "carbohydrates_sugar": None,
        "fat": "1.000",
        "fat_saturated": None,
        "fiber": None,
        "sodium": None,
        "is_vegan": None,
        "is_vegetarian": True,
        "nutriscore": "b",
        "weight_units": [],
        "language": {"id": 2, "short_name": "en"},
        "license": {"id": 5, "short_name": "ODbL"},
        "image": None,
        "thumbnails": None,
        **{name: LICENSED[name] for name in LICENSED if name not in ("license", "author_history")},
    }
    return made | changes
