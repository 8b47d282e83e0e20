"""Data of other apps: their files become rows of a user.

A *format* knows how an app writes its file and reads records from it; a *store* knows how records of one kind become
rows; a *run* remembers what was written, so that it can be taken back.  Formats are declared
(:class:`~.formats.ImportFormat`), those of plugins as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wger_flask.api import Registry

__all__ = ["register"]


def register(registry: Registry) -> None:
    """Register tables and the formats that ship."""
    from .apps import FORMATS
    from .models import MODELS

    registry.add_models(*MODELS)
    for format in FORMATS:
        registry.add_import_format(format)
