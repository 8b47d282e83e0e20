"""Let everybody take out of the server what is theirs, and bring it into another one."""

from __future__ import annotations

from ..rest.registry import Registry
from . import endpoints, pages

__all__ = ["pages", "register"]  # importing the pages puts them among those of accounts


def register(registry: Registry) -> None:
    """Register the endpoints."""
    registry.add_rate(endpoints.SCOPE, endpoints.RATE)
    registry.add_rate(pages.IMPORT_SCOPE, pages.IMPORT_RATE)
    registry.add_blueprint(endpoints.export)
