"""Training: routines and how they progress, sessions, logs and their statistics."""

from __future__ import annotations

from pathlib import Path


def register(registry) -> None:
    """Register the subject."""
    from . import models, pages, resources

    registry.add_models(*models.MODELS)
    registry.add(*resources.RESOURCES)
    registry.add_templates(Path(__file__).parent / "templates")
    pages.register(registry)
