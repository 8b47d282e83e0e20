"""Copy a user's photos, each in a transaction of its own."""

from __future__ import annotations

from typing import Any, cast

from ..domain.gallery.models import Image as Photo
from ..domain.gallery.resources import PhotoSchema, folder
from ..rest.services import services
from ..rest.uploads import UploadField
from ..storage.database import advisory_lock
from ..storage.model import label_of
from ..storage.predicates import equals
from ..storage.query import Selection
from .client import Missing
from .files import MOST_IMAGE, fetch, keep
from .own import GALLERY
from .own_rows import PAGE, OwnRows
from .state import LOCK, digest_of
from .values import NotTaken, demand_key, nowhere, values_of

_LABEL = label_of(Photo)


def copy(own: OwnRows) -> None:
    """Copy the photos that are new or have changed."""
    for page in own.state.pages(GALLERY.path, {"limit": PAGE, "ordering": "id"}):
        if all([_take(own, given) for given in page.rows]):
            page.done()


def _take(own: OwnRows, given: dict[str, Any]) -> bool:
    state, remote, digest = own.state, given.get("id"), digest_of(given)
    if state.is_as_it_was(_LABEL, remote, digest):
        state.report.count(GALLERY.path, "unchanged")
        return True
    try:
        demand_key(remote)
    except NotTaken as why:
        state.report.leave_out("photo", why)
        return False
    known, address = state.local(Photo, remote), given.get("image")
    row = cast("Photo | None", Selection(Photo, (equals(Photo.id, known),)).first()) if known is not None else None
    if known is not None and row is None:
        state.report.count(GALLERY.path, "deleted here")
        return True
    try:
        values = values_of(Photo, given, ("date", "description"), nowhere) | {"user": own.user}
        if not isinstance(address, str) or "date" not in values:
            raise NotTaken("it has no picture or no date")
        found = fetch(state.client, address, cast(UploadField, PhotoSchema().fields["image"]), MOST_IMAGE)
    except (NotTaken, Missing) as why:
        state.report.leave_out(f"photo {remote}", why)
        return False
    try:
        with services().transaction() as files:
            advisory_lock(LOCK)
            values |= keep(files, found, folder(values), Photo, "image")
            if row is None:
                key = Photo.insert(**values).execute()
            else:
                key = row.id
                files.remove(row.image)
                Photo.update(**values).where(Photo.id == key).execute()
            state.remember(_LABEL, remote, key, digest)
    except BaseException:
        state.reload()
        raise
    finally:
        found.close()
    state.report.count(GALLERY.path, "new" if row is None else "changed")
    return True
