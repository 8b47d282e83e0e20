"""Awards, and the statistics they are judged by."""

from __future__ import annotations

from pathlib import Path

from wger_flask.api import owned_by


def register(registry) -> None:
    """Register the subject."""
    from . import awards, models, pages, resources, training

    registry.add_models(*models.MODELS, *models.OWN_MODELS)
    registry.add(*resources.RESOURCES)
    registry.add_owned("user-trophy", models.UserTrophy, owned_by("user"), only_one=awards.given_once)
    registry.add_owned("trophy-mark", models.AwardMark, owned_by("award.user"))
    registry.add_templates(Path(__file__).parent / "templates")
    pages.register(registry)
    training.listen(registry)
