"""Progress photos."""

from __future__ import annotations


def register(registry) -> None:
    """Register the subject."""
    from . import models, pages, resources

    registry.add_models(*models.MODELS)
    registry.add(*resources.RESOURCES)
    pages.register(registry)
