"""Body measurements in categories of the user's own, and body weight."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path


def register(registry) -> None:
    """Register the subject."""
    from . import models, pages, recalculation, replaced_exercises, resources, weight
    from .metric_types import CALCULATED

    registry.add_models(*models.MODELS, *models.OWN_MODELS)
    registry.add(*resources.RESOURCES, weight.weightentry)
    registry.add_navigation("Weight", "/api/v2/weightentry/")
    registry.on_user_created(weight.furnish)
    registry.add_templates(Path(__file__).parent / "templates")
    pages.register(registry)
    recalculation.listen(registry)
    registry.on_imported(recalculation.recalculate_user)
    registry.add_derived("measurement", lambda row: row.get("source") == CALCULATED)
    registry.add_job("recalculate measurements", recalculation.recalculate_all, timedelta(days=1))
    registry.listen("exercise", replaced=replaced_exercises.exercise_replaced)
