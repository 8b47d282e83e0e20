"""Bring imports into an application."""

from __future__ import annotations

from datetime import timedelta

from wger_flask.api import Registry

from . import pages
from .apps import FORMATS
from .drafts import drop_old
from .models import MODELS

__all__ = ["pages", "register"]  # importing the pages puts them among those of accounts


def register(registry: Registry) -> None:
    """Register tables, the formats that ship, and what forgets drafts."""
    registry.add_models(*MODELS)
    for format in FORMATS:
        registry.add_import_format(format)
    registry.add_rate(pages.SCOPE, pages.RATE)
    registry.add_job("drop old drafts of imports", drop_old, timedelta(days=1))
