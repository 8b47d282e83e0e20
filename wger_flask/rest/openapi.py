"""Describe targets in the OpenAPI document, from the same declarations that serve them."""

from __future__ import annotations


def document(view, target, method: str) -> None:
    """Attach to ``view`` what flask-smorest puts into the document."""
