"""Training: routines and how they progress, sessions, logs and their statistics."""

from __future__ import annotations

from pathlib import Path

from wger_flask.api import owned_by


def register(registry) -> None:
    """Register the subject."""
    from . import models, pages, resources

    registry.add_models(*models.MODELS)
    registry.add(*resources.RESOURCES)
    registry.add_owned("label", models.Label, owned_by("routine.user"))
    registry.add_templates(Path(__file__).parent / "templates")
    pages.register(registry)
