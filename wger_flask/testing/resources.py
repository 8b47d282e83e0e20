"""Which resources there are, before any test runs."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from .databases import prepare
from .server import settings_for, with_app


@cache
def resource_names() -> tuple[str, ...]:
    """Return the names of all resources, those of every installed plugin among them."""
    with tempfile.TemporaryDirectory() as folder:
        with with_app(settings_for(prepare(None, Path(folder)).url, Path(folder))) as app:
            return tuple(resource.name for resource in app.extensions["wger_flask"].registry)
