"""Photos that show how the user's body changes."""

from __future__ import annotations

from wger_flask.api import WRITE, ImageFile, Resource, Schema, exact, fields, owned_by

from .models import Image


def folder(values: dict) -> str:
    """Return the folder of a photo: each user has one."""
    return f"gallery/{values['user']}"


class PhotoSchema(Schema):
    """A photo and its day."""

    id = fields.Integer(dump_only=True)
    date = fields.Date(required=True)
    image = ImageFile(required=True, folder=folder)
    description = fields.String(max_length=1000, blank=True)
    height = fields.Integer(dump_only=True, help="pixels")
    width = fields.Integer(dump_only=True, help="pixels")


gallery = Resource(
    "gallery",
    Image,
    PhotoSchema,
    label="Photos",
    about="Photos of you.",
    methods=WRITE,
    filters={"id": exact, "date": exact, "description": exact},
    owner=owned_by("user"),
    view="photos",
)

RESOURCES = (gallery,)
