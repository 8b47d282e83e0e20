"""Food: what is in it, plans of meals, and a diary of what was eaten."""

from __future__ import annotations

from pathlib import Path


def register(registry) -> None:
    """Register the subject."""
    from . import earlier_releases, models, pages, resources

    registry.add_models(*models.MODELS)
    registry.add(*resources.RESOURCES)
    registry.add_blueprint(earlier_releases.searching)
    registry.add_templates(Path(__file__).parent / "templates")
    pages.register(registry)
