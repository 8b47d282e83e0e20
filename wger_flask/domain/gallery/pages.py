"""What the explorer shows of photos besides a table: the photos."""

from __future__ import annotations

from wger_flask.api import View, key_of

MOST_PHOTOS = 2000


def _photos(shown):
    """Show photos as a grid."""
    return shown.render("gallery/photos.html", photos=shown.rows) if shown.rows else None


def _photo(shown):
    """Show a photo, and the way to the ones before and after it."""
    (row,) = shown.rows
    model = shown.resource.model
    keys = [
        key
        for (key,) in shown.resource.visible_to(shown.call.user)
        .order_by("date", "id")
        .rows((key_of(model).name,), MOST_PHOTOS)
    ]
    place = keys.index(row["id"]) if row["id"] in keys else 0
    return shown.render(
        "gallery/photo.html",
        photo=row,
        before=keys[place - 1] if place else None,
        after=keys[place + 1] if place + 1 < len(keys) else None,
    )


def register(registry) -> None:
    """Register the view."""
    registry.add_view("photos", View(rows=_photos, row=_photo, instead=True))
