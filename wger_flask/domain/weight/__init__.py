"""Body weight over time."""

from __future__ import annotations


def register(registry) -> None:
    """Register the subject."""
    from . import models, resources

    registry.add_models(*models.MODELS)
    registry.add(*resources.RESOURCES)
    registry.add_navigation("Weight", "/api/v2/weightentry/")
