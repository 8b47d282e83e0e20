"""Copy pictures and films of exercises: fetched before the exercise's transaction begins, stored within it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, cast

from ..domain.exercises.media import demote_others, elect
from ..domain.exercises.models import ExerciseImage, ExerciseVideo
from ..domain.exercises.schemas import ImageSchema, VideoSchema
from ..media.changes import Changes
from ..rest.uploads import UploadField
from ..storage.model import label_of
from . import rows
from .client import Missing
from .files import MOST_IMAGE, MOST_VIDEO, Fetched, fetch, keep
from .state import State, digest_of, unsigned_address
from .values import LICENSED, NotTaken, demand_key, rows_in, values_of
from .vocabulary import Words


@dataclass(frozen=True)
class _Kind:
    """A kind of files: where an answer lists them, their model, the column of the file, the most bytes, the others."""

    path: str
    model: type[ExerciseImage] | type[ExerciseVideo]
    name: str
    field: UploadField
    most: int
    columns: tuple[str, ...]


_KINDS = (
    _Kind(
        "images", ExerciseImage, "image", cast(UploadField, ImageSchema().fields["image"]), MOST_IMAGE,
        ("uuid", "is_main", "is_ai_generated", "style", *LICENSED),
    ),
    _Kind(
        "videos", ExerciseVideo, "video", cast(UploadField, VideoSchema().fields["video"]), MOST_VIDEO,
        ("uuid", "is_main", *LICENSED),
    ),
)  # fmt: skip


@dataclass
class Work:
    """An exercise that is being copied: what was said of it, the files that were fetched, what could not be taken."""

    given: Mapping[str, Any]
    fetched: dict[str, Fetched] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)


class ExerciseFiles:
    """Copies the files of exercises of a source."""

    def __init__(self, state: State, words: Words) -> None:
        self._state, self._words = state, words

    def fetch(self, work: Work, held: ExitStack, was_deleted: Callable[[Mapping[str, Any]], bool]) -> None:
        """Fetch the files that are not here and were not deleted here; ``held`` closes them."""
        for kind in _KINDS:
            for said in rows_in(work.given, kind.path):
                address, uuid = said.get(kind.name), said.get("uuid")
                if not isinstance(address, str) or not uuid:
                    continue
                digest = digest_of(unsigned_address(address))
                is_same = self._state.is_as_it_was(label_of(kind.model), said.get("id"), digest)
                is_here = rows.with_uuid(kind.model, uuid) is not None
                if is_same and is_here or not is_here and was_deleted(said):
                    continue
                try:
                    found = fetch(self._state.client, address, kind.field, kind.most)
                except (Missing, NotTaken) as why:
                    work.missing.append(f"its {kind.name} {unsigned_address(address)}: {why}")
                    continue
                held.callback(found.close)
                work.fetched[str(uuid)] = found

    def write(self, work: Work, exercise: int, files: Changes) -> None:
        """Store what was fetched for the exercise with a key, within the transaction that runs."""
        for kind in _KINDS:
            for said in rows_in(work.given, kind.path):
                try:
                    self._write(work, exercise, kind, said, files)
                except NotTaken as why:
                    work.missing.append(f"its {kind.name} {said.get('id')}: {why}")
            elect(kind.model, exercise, None)

    def _write(self, work: Work, exercise: int, kind: _Kind, said: Mapping[str, Any], files: Changes) -> None:
        model: Any = kind.model
        demand_key(said.get("id"))
        values = values_of(model, said, kind.columns, self._words.find) | {"exercise": exercise}
        row, found = rows.with_uuid(model, said.get("uuid")), work.fetched.get(str(said.get("uuid")))
        if found is not None:
            values |= keep(files, found, kind.field.folder(values), model, kind.name)
            if row is not None:
                files.remove(getattr(row, kind.name))
        elif row is None:
            return
        row = rows.put(model, row, values)
        rows.credit(row, said.get("author_history"))
        if row.is_main:
            demote_others(row)
        digest = digest_of(unsigned_address(said.get(kind.name)))
        self._state.remember(label_of(model), said.get("id"), row.id, digest if found or not work.missing else "")
