"""Say where the pictures of muscles and exercises are."""

from __future__ import annotations

from wger_flask.api import Context

SMALL, MEDIUM = (200, 200), (400, 400)


def muscle_main(context: Context, key: int) -> str:
    """Return the URL of the drawing of a muscle that does the work."""
    return context.static(f"images/muscles/main/muscle-{key}.svg")


def muscle_secondary(context: Context, key: int) -> str:
    """Return the URL of the drawing of a muscle that helps."""
    return context.static(f"images/muscles/secondary/muscle-{key}.svg")


def thumbnails(context: Context, name: str) -> dict | None:
    """Return the URLs of a picture's thumbnails."""
    if not name:
        return None
    return {label: context.media(f"{name}.{width}x{height}_q85.jpg") for label, (width, height) in _SIZES.items()}


_SIZES = {"small": SMALL, "medium": MEDIUM}
