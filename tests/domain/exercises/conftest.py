"""Texts and rows that the tests of the catalogue share."""

from __future__ import annotations

import pytest

from wger_flask.domain.core.models import Language
from wger_flask.domain.exercises.models import Exercise, ExerciseCategory, Translation
from wger_flask.storage.database import transaction

TEXTS = {
    "en": "Stand upright with the feet apart, raise the weight over the head and lower it again under control.",
    "de": "Stelle dich aufrecht hin, hebe das Gewicht langsam über den Kopf und senke es danach wieder ab.",
    "fr": "Tenez-vous debout, soulevez lentement le poids au-dessus de la tête puis redescendez-le doucement.",
}


@pytest.fixture
def languages(app):
    """The primary keys of the languages by code."""
    return {row.short_name: row.id for row in Language.select()}


@pytest.fixture
def make_exercise(app, languages):
    """Return a function that stores an exercise with names by language code."""

    def make(**names):
        with transaction():
            row = Exercise.create(category=ExerciseCategory.select().first())
            for code, name in names.items():
                Translation.create(
                    exercise=row,
                    language=languages[code],
                    name=name,
                    description_source=TEXTS[code],
                    description=f"<p>{TEXTS[code]}</p>\n",
                )
        return row

    return make


@pytest.fixture
def body(languages):
    """Return a function that gives the body of a translation."""

    def make(exercise, code="en", name="Zottman Carousel", **more):
        return {
            "exercise": exercise.id,
            "language": languages[code],
            "name": name,
            "description_source": TEXTS[code],
            "license_author": "somebody",
            **more,
        }

    return make
