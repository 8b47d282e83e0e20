"""The vocabulary shared by every subject, what a user prefers, and the small endpoints."""

from __future__ import annotations


def register(registry) -> None:
    """Register the subject."""
    from . import models, resources

    registry.add_models(*models.MODELS)
    registry.add(*resources.RESOURCES)
