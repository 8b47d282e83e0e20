"""Copy a list whose rows are pictures, each in a transaction of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..rest.uploads import UploadField
from ..storage.database import DatabaseError
from ..storage.model import Model, key_of, label_of
from ..storage.predicates import equals
from ..storage.query import Selection
from .client import Missing
from .files import MOST_IMAGE, fetch, keep
from .state import State, demand_refusal, digest_of
from .values import NotTaken, demand_key

_PAGE = 200
Read = Callable[[dict[str, Any]], tuple[dict[str, Any], Model | None]]
"""Return the values of a row besides its picture, and the row that takes it where none did; raises NotTaken."""


class Pictures:
    """Copies the list at ``path`` into ``model``, whose column ``image`` is filled as ``field`` fills it."""

    def __init__(self, state: State, path: str, model: type[Model], field: UploadField, read: Read) -> None:
        self._state, self._path, self._model, self._field, self._read = state, path, model, field, read
        self._label = label_of(model)

    def copy(self) -> None:
        """Copy the pictures that are new or have changed."""
        for page in self._state.pages(self._path, {"limit": _PAGE, "ordering": "id"}):
            if all([self._take(given) for given in page.rows]):
                page.done()

    def _take(self, given: dict[str, Any]) -> bool:
        """Copy a picture; tells whether nothing is left to do."""
        state, remote, digest = self._state, given.get("id"), digest_of(given)
        if state.is_as_it_was(self._label, remote, digest):
            state.report.count(self._path, "unchanged")
            return True
        try:
            demand_key(remote)
            known = state.local(self._model, remote)
            row = None if known is None else Selection(self._model, (equals(key_of(self._model), known),)).first()
            if known is not None and row is None:
                state.report.count(self._path, "deleted here")
                return True
            values, in_place = self._read(given)
            if not isinstance(address := given.get("image"), str):
                raise NotTaken("it has no picture")
            found = fetch(state.client, address, self._field, MOST_IMAGE)
        except (NotTaken, Missing) as why:
            state.report.leave_out(f"{self._path} {remote}", why)
            return False
        try:
            with state.writing() as files:
                row = row or in_place
                values |= keep(files, found, self._field.folder(values), self._model, "image")
                if row is None:
                    key = self._model.insert(**values).execute()
                else:
                    key = row._pk
                    files.remove(row.image)  # type: ignore[attr-defined]  # of every model of pictures
                    self._model.update(**values).where(key_of(self._model) == key).execute()
                state.remember(self._label, remote, key, digest)
        except (NotTaken, DatabaseError) as why:
            demand_refusal(why)
            state.report.leave_out(f"{self._path} {remote}", why)
            return False
        finally:
            found.close()
        state.report.count(self._path, "new" if row is None else "changed")
        return True
