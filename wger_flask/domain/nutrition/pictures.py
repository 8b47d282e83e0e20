"""Say where the small copies of pictures of foods are."""

from __future__ import annotations

from wger_flask.api import Context


def small(context: Context, name: str) -> str:
    """Return the URL of a copy of at most 200 by 200 pixels."""
    return context.media(f"{name}.200x200_q85.jpg")


def medium(context: Context, name: str) -> str:
    """Return the URL of a copy of at most 400 by 400 pixels."""
    return context.media(f"{name}.400x400_q85.jpg")
