"""The apps whose files can be imported, a module each."""

from __future__ import annotations

from . import (
    apple_health,
    cronometer,
    fatsecret,
    google_fit,
    hevy,
    myfitnesspal,
    openscale,
    samsung_health,
    withings,
)

FORMATS = (
    hevy.FORMAT,
    apple_health.FORMAT,
    google_fit.FORMAT,
    openscale.FORMAT,
    samsung_health.FORMAT,
    withings.FORMAT,
    cronometer.FORMAT,
    fatsecret.FORMAT,
    myfitnesspal.FORMAT,
)
