"""Write rows as a dump has them, with no more than a test is about."""

from __future__ import annotations

from itertools import count

_numbers = count(1)
MOMENT = "2024-01-02T09:11:12.123Z"


def row(label: str, pk, /, **fields) -> dict:
    return {"model": label, "pk": pk, "fields": fields}


def user(pk=1, username="ada", **fields) -> dict:
    return row("auth.user", pk, username=username, password="!", date_joined=MOMENT, **fields)


def language(pk=2, short_name="en") -> dict:
    return row("core.language", pk, short_name=short_name, full_name="English", full_name_en="English")


def licence(pk=2) -> dict:
    return row("core.license", pk, full_name="A licence", short_name="L")


def category(pk=10) -> dict:
    return row("exercises.exercisecategory", pk, name="Abs")


def exercise(pk=5, **fields) -> dict:
    return row("exercises.exercise", pk, **{"category": 10, "license": 2, **fields})


def translation(pk=7, exercise=5, **fields) -> dict:
    given = {"exercise": exercise, "language": 2, "license": 2, "name": "Crunch", "description": "", **fields}
    return row("exercises.translation", pk, **given)


def ingredient(pk=1, **fields) -> dict:
    given = {"language": 2, "license": 2, "name": "Oats", "energy": 370, "protein": "13.5", **fields}
    return row("nutrition.ingredient", pk, carbohydrates="58.700", fat="7.0", **given)


def weight(pk=None, owner=1, date=MOMENT, **fields) -> dict:
    return row("weight.weightentry", pk or next(_numbers), user=owner, date=date, weight="80.50", **fields)


CATALOGUE = [language(), licence(), category(), exercise(), translation()]
