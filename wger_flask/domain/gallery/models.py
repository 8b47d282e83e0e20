"""Progress photos."""

from __future__ import annotations

from wger_flask.auth.models import User
from wger_flask.storage import columns
from wger_flask.storage.model import Numbered


class Image(Numbered):
    """A photo of a user on a day (height and width in pixels)."""

    date = columns.Date()
    user = columns.ForeignKey(User)
    image = columns.File(max_length=100)
    height = columns.Integer()
    width = columns.Integer()
    description = columns.Text(default="")

    class Meta:
        table_name = "gallery_image"
        ordering = ("-date",)


MODELS = (Image,)
