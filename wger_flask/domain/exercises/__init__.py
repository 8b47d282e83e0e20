"""The exercise catalogue: exercises, their translations, pictures and films."""

from __future__ import annotations

from pathlib import Path


def register(registry) -> None:
    """Register the subject."""
    from . import earlier_releases, models, pages, resources, submission

    registry.add_models(*models.MODELS)
    registry.add(*resources.RESOURCES)
    registry.add(*earlier_releases.RESOURCES)
    registry.add_blueprint(earlier_releases.searching)
    registry.add_blueprint(submission.submissions)
    registry.add_templates(Path(__file__).parent / "templates")
    pages.register(registry)
