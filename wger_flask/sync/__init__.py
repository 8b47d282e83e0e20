"""Sync with phones: the upload of what was written offline, and the tokens for it."""

from __future__ import annotations

from ..rest.registry import Registry
from . import tokens, upload

__all__ = ["register"]


def register(registry: Registry) -> None:
    """Register the endpoints."""
    registry.add_blueprint(tokens.powersync)
    registry.add_blueprint(upload.uploads)
