"""Error messages as pages show them."""

from __future__ import annotations

from collections.abc import Mapping


def sentences(messages) -> list[str]:
    """Return error messages, however deep they are nested, as a flat list."""
    if messages is None:
        return []
    if isinstance(messages, Mapping):
        return [f"{name}: {text}" for name, inner in messages.items() for text in sentences(inner)]
    if isinstance(messages, list | tuple):
        return [text for inner in messages for text in sentences(inner)]
    return [str(messages)]
