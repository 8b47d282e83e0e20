"""Copy a user's photos."""

from __future__ import annotations

from typing import Any, cast

from ..domain.gallery.models import Image as Photo
from ..domain.gallery.resources import PhotoSchema
from ..rest.uploads import UploadField
from .own_rows import OwnRows
from .pictures import Pictures
from .values import NotTaken, nowhere, values_of


def copy(own: OwnRows) -> None:
    """Copy the photos that are new or have changed."""

    def read(given: dict[str, Any]) -> tuple[dict[str, Any], None]:
        values = values_of(Photo, given, ("date", "description"), nowhere) | {"user": own.user}
        if "date" not in values:
            raise NotTaken("it has no date")
        return values, None

    Pictures(own.state, "gallery", Photo, cast(UploadField, PhotoSchema().fields["image"]), read).copy()
