"""The kinds of measurement that clients know by name: what people call them, their groups, their limits."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID, uuid5

from wger_flask.engine.body_weight import LIMITS

CUSTOM, BODY_WEIGHT = "custom", "body_weight"

METRIC_TYPES = {
    CUSTOM: "Custom",
    BODY_WEIGHT: "Body weight",
    "body_fat": "Body fat",
    "lean_body_mass": "Lean body mass",
    "height": "Height",
    "blood_pressure": "Blood pressure",
    "blood_pressure_systolic": "Systolic blood pressure",
    "blood_pressure_diastolic": "Diastolic blood pressure",
    "heart_rate": "Heart rate",
    "resting_heart_rate": "Resting heart rate",
    "blood_oxygen": "Blood oxygen",
    "steps": "Steps",
    "distance": "Distance",
    "energy": "Energy",
    "sleep": "Sleep",
    "sleep_total": "Total sleep",
    "sleep_light": "Light sleep",
    "sleep_deep": "Deep sleep",
    "sleep_rem": "REM sleep",
    "sleep_awake": "Awake",
}
CHART_TYPES = {
    "line": "Line", "bar": "Bars", "heatmap": "Heat map", "delta": "Change from one to the next",
    "distribution": "How often which value",
}  # fmt: skip
SOURCES = {"user": "Entered", "google": "Google Health", "apple": "Apple Health", "calculated": "Calculated"}
USER, CALCULATED = "user", "calculated"

# -- groups: categories that only hold others -----------------------------------------------------
GROUPS = {
    "blood_pressure": {"blood_pressure_systolic": "Systolic", "blood_pressure_diastolic": "Diastolic"},
    "sleep": {
        "sleep_total": "Total sleep", "sleep_light": "Light sleep", "sleep_deep": "Deep sleep",
        "sleep_rem": "REM sleep", "sleep_awake": "Awake",
    },
}  # fmt: skip
"""The components of each group, in their order, and what their categories are called."""

GROUP_OF = {component: group for group, components in GROUPS.items() for component in components}

# -- what values make sense -----------------------------------------------------------------------
WEIGHT_UNITS = tuple(LIMITS)
_MINUTES = (0, 1440)
_RANGES = {
    "body_fat": (2, 60), "lean_body_mass": (10, 250), "height": (50, 250), "blood_pressure_systolic": (50, 250),
    "blood_pressure_diastolic": (30, 150), "heart_rate": (30, 250), "resting_heart_rate": (30, 120),
    "blood_oxygen": (50, 100), "steps": (0, 100000), "distance": (0, 500), "energy": (0, 10000),
    **dict.fromkeys(GROUPS["sleep"], _MINUTES),
}  # fmt: skip
_ANYTHING = (0, Decimal("999999.99"))


def limits_of(metric_type: str, unit: object) -> tuple[Decimal | int, Decimal | int]:
    """Return the smallest and the largest value of a type; that of body weight is in ``unit``, kilograms but for lb."""
    if metric_type == BODY_WEIGHT:
        return LIMITS["lb" if unit == "lb" else "kg"]
    return _RANGES.get(metric_type, _ANYTHING)


# -- keys ----------------------------------------------------------------------------------------
_NAMESPACE = UUID("4c5ef6dd-97c9-5b18-9f8b-2a5c1ed70a2f")


def derived_key(user: int, metric_type: str) -> UUID | None:
    """Return the key that a user's category of a type has on every device, None for types that do not say it."""
    return None if metric_type in (CUSTOM, BODY_WEIGHT) else uuid5(_NAMESPACE, f"{user}:{metric_type}")
