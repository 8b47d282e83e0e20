"""The apps whose files can be imported, a module each."""

from __future__ import annotations

from . import (
    apple_health,
    cronometer,
    fatsecret,
    fitnotes,
    google_fit,
    hevy,
    liftlog,
    liftosaur,
    myfitnesspal,
    openscale,
    samsung_health,
    strong,
    withings,
)

_TRAINING = (fitnotes, hevy, liftlog, liftosaur, strong)
_BODY = (apple_health, google_fit, openscale, samsung_health, withings)
_FOOD = (cronometer, fatsecret, myfitnesspal)

FORMATS = tuple(app.FORMAT for app in (*_TRAINING, *_BODY, *_FOOD))
