"""The vocabulary that every subject refers to: languages, licences, units."""

from __future__ import annotations

from wger_flask.api import Resource, exact

from .models import Language, License, RepetitionUnit, WeightUnit
from .schemas import LanguageSchema, LicenseSchema, RepetitionUnitSchema, WeightUnitSchema

language = Resource(
    "language",
    Language,
    LanguageSchema,
    about="Languages of exercise texts and foods.",
    filters={"full_name": exact, "short_name": exact},
    max_age="EXERCISE_CACHE_TTL",
)

license = Resource(
    "license",
    License,
    LicenseSchema,
    about="Licences of contributed texts and pictures.",
    filters={"full_name": exact, "short_name": exact, "url": exact},
)

repetition_unit = Resource(
    "setting-repetitionunit",
    RepetitionUnit,
    RepetitionUnitSchema,
    about="Units in which a set is counted.",
    filters={"name": exact},
)

weight_unit = Resource(
    "setting-weightunit",
    WeightUnit,
    WeightUnitSchema,
    about="Units in which a load is measured.",
    filters={"name": exact},
)

RESOURCES = (language, license, repetition_unit, weight_unit)
