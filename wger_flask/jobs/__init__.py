"""Jobs: done again and again by one process of all hosts that serve the database."""

from __future__ import annotations

from wger_flask.api import Registry

from .models import JobRun

__all__ = ["register"]


def register(registry: Registry) -> None:
    """Register the table."""
    registry.add_models(JobRun)
