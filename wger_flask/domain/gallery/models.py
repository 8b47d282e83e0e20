"""Progress photos."""

from __future__ import annotations

from wger_flask.auth.models import User
from wger_flask.storage import fields
from wger_flask.storage.model import Model


class Image(Model):
    """A photo of a user on a day (height and width in pixels)."""

    id = fields.Auto()
    date = fields.Date()
    user = fields.ForeignKey(User)
    image = fields.File(max_length=100)
    height = fields.Integer()
    width = fields.Integer()
    description = fields.Text(default="")

    class Meta:
        table_name = "gallery_image"
        label = "gallery.image"
        ordering = ("-date",)


MODELS = (Image,)
