"""Say where the pictures of muscles and exercises are."""

from __future__ import annotations

from wger_flask.api import Context
from wger_flask.media.thumbnails import SIZES, name_of


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
    return {label: context.media(name_of(name, box)) for label, box in SIZES.items()}


def show_thumbnails(call) -> dict:
    """Return the URLs of a picture and of its thumbnails, and how large these are at most."""
    picture = call.row()
    urls = thumbnails(call.context, picture.image) or {}
    small = {label: {"url": url, "settings": {"size": list(SIZES[label])}} for label, url in urls.items()}
    return {**small, "original": call.context.media(picture.image)}
