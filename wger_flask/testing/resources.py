"""Which resources there are, before any test runs."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from ..storage.sync_log.specification import Synced
from .databases import prepare
from .server import settings_for, with_app


@cache
def _found() -> tuple[tuple[str, ...], tuple[Synced, ...]]:
    with tempfile.TemporaryDirectory() as folder:
        with with_app(settings_for(prepare(None, Path(folder)).url, Path(folder))) as app:
            registry = app.extensions["wger_flask"].registry
            synced = tuple(node.synced for node in registry.nodes if node.synced is not None)
            return tuple(resource.name for resource in registry), synced


def resource_names() -> tuple[str, ...]:
    """Return the names of all resources, those of every installed plugin among them."""
    return _found()[0]


def synced_tables() -> tuple[Synced, ...]:
    """Return the tables that go to phones, likewise."""
    return _found()[1]
