"""The kinds of measurement that clients know by name: what people call them, their groups, their limits."""

from __future__ import annotations

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
