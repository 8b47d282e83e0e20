"""Collect formats of other apps' files, which the core and plugins declare; :mod:`wger_flask.imports` reads them."""

from __future__ import annotations

from typing import Any

from .claims import Claims


class ImportFormats(Claims):
    """The part of a :class:`~.registry.Registry` that knows which files of other apps can be imported."""

    def __init__(self) -> None:
        super().__init__()
        self.import_formats: dict[str, Any] = {}

    def add_import_format(self, format: Any) -> None:
        """Let people import files of an app: ``format`` is an ``ImportFormat``.

        Raises :class:`RegistrationError` for a name that another format has.
        """
        self._claim(f"import format {format.name!r}")
        self.import_formats[format.name] = format
