"""Webhooks: tell other programs what changed of a user's rows, as soon as it did."""

from __future__ import annotations

from wger_flask.api import Registry

from .models import Delivery, Webhook
from .resources import RESOURCES

__all__ = ["register"]


def register(registry: Registry) -> None:
    """Register tables and resources."""
    registry.add_models(Webhook, Delivery)
    registry.add(*RESOURCES)
