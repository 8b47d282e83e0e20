"""Copy exercises with all that hangs on them: each one in a transaction of its own.

A row is matched by its UUID. An exercise whose UUID nobody knows here is the one of the same name, if that was not
copied from elsewhere: the exercises that ship with this server are those of others under other UUIDs.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, cast

from ..domain.core.models import ENGLISH, Language
from ..domain.exercises import media, schemas
from ..domain.exercises.models import (
    Alias,
    DeletionLog,
    Exercise,
    ExerciseComment,
    ExerciseImage,
    ExerciseVideo,
    Translation,
    equipment,
    muscles,
    muscles_secondary,
)
from ..domain.exercises.translations import rendered
from ..media.changes import Changes
from ..rest.services import services
from ..rest.uploads import UploadField
from ..storage import columns
from ..storage.database import DatabaseError, accompanied, advisory_lock, transaction
from ..storage.model import Link, Model, label_of
from ..storage.predicates import equals
from ..storage.query import Selection
from . import rows
from .client import Missing
from .files import MOST_IMAGE, MOST_VIDEO, Fetched, fetch, keep
from .models import PullRow
from .state import LOCK, State, demand_refusal, digest_of, unsigned_address
from .values import NotTaken, values_of
from .vocabulary import Words, folded

PART, LABEL, PAGE = "exercises", label_of(Exercise), 50
_LICENSED = (
    "license", "license_title", "license_object_url", "license_author", "license_author_url",
    "license_derivative_source_url",
)  # fmt: skip
_MOST_NESTED = 1000
_TRANSLATION = ("uuid", "name", "description", "description_source", "created", "language", *_LICENSED)
_LINKS: dict[str, Link] = {"muscles": muscles, "muscles_secondary": muscles_secondary, "equipment": equipment}
_HANGING: dict[str, tuple[type[Model], str]] = {"aliases": (Alias, "alias"), "notes": (ExerciseComment, "comment")}


@dataclass(frozen=True)
class _Media:
    """A kind of files of exercises: where it stands in an answer, and the columns that it fills."""

    model: type[ExerciseImage] | type[ExerciseVideo]
    name: str
    field: UploadField
    most: int
    columns: tuple[str, ...]


_MEDIA = {
    "images": _Media(
        ExerciseImage, "image", cast(UploadField, schemas.ImageSchema().fields["image"]), MOST_IMAGE,
        ("uuid", "is_main", "is_ai_generated", "style", *_LICENSED),
    ),
    "videos": _Media(
        ExerciseVideo, "video", cast(UploadField, schemas.VideoSchema().fields["video"]), MOST_VIDEO,
        ("uuid", "is_main", *_LICENSED),
    ),
}  # fmt: skip


@dataclass
class _Work:
    """An exercise that is being copied: what was said of it, the files that were fetched, what could not be taken."""

    given: Mapping[str, Any]
    fetched: dict[str, Fetched] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)


class Exercises:
    """Copies the exercises of a source."""

    def __init__(self, state: State, words: Words) -> None:
        self._state, self._words = state, words
        self._names: dict[tuple[int, str], int] = {}
        self._gone: set[Any] = set()

    def run(self) -> None:
        """Copy what is new or has changed; a run that was cut off goes on behind its last page."""
        state = self._state
        part = state.part(PART)
        self._names = {
            (language, folded(name)): exercise
            for language, name, exercise in Selection(Translation).rows(("language", "name", "exercise"))
        }
        self._gone = {uuid for (uuid,) in Selection(DeletionLog).rows(("uuid",))}
        start = "" if state.anew else part.following
        for page in state.pages("exerciseinfo", {"limit": PAGE, "ordering": "id"}, start=start):
            taken = [self.take(given) for given in page.rows]
            with transaction():
                part.following = page.following
                part.save()
                if all(taken):
                    page.done()

    def take(self, given: Mapping[str, Any]) -> bool:
        """Copy an exercise if it has changed; tells whether all of it is here."""
        state, remote, digest = self._state, given.get("id"), digest_of(given)
        if state.is_as_it_was(LABEL, remote, digest):
            state.report.count(PART, "unchanged")
            return True
        what = f"exercise {_shown(given)}"
        work = _Work(given)
        with ExitStack() as held:
            for kind in _MEDIA.values():
                self._fetch(work, kind, held)
            try:
                with services().media.changes() as files, accompanied(files), transaction():
                    advisory_lock(LOCK)
                    outcome = self._write(work, files, digest)
            except (NotTaken, DatabaseError) as why:
                state.reload()
                demand_refusal(why)
                state.report.leave_out(what, why)
                return False
            except BaseException:
                state.reload()
                raise
        state.report.count(PART, outcome)
        for missing in work.missing:
            state.report.leave_out(what, missing)
        return not work.missing

    # -- files -----------------------------------------------------------------------------------------------
    def _fetch(self, work: _Work, kind: _Media, held: ExitStack) -> None:
        """Fetch the files of an exercise that are not here, before its transaction begins."""
        for given in _rows_in(work.given, "images" if kind.name == "image" else "videos"):
            address, uuid = given.get(kind.name), given.get("uuid")
            if not isinstance(address, str) or not uuid:
                continue
            is_same = self._state.is_as_it_was(
                label_of(kind.model), given.get("id"), digest_of(unsigned_address(address))
            )
            is_here = rows.with_uuid(kind.model, uuid) is not None
            if is_same and is_here or not is_here and self._was_deleted(given):
                continue
            try:
                found = fetch(self._state.client, address, kind.field, kind.most)
            except (Missing, NotTaken) as why:
                work.missing.append(f"its {kind.name} {unsigned_address(address)}: {why}")
                continue
            held.callback(found.close)
            work.fetched[str(uuid)] = found

    # -- rows ------------------------------------------------------------------------------------------------
    def _write(self, work: _Work, files: Changes, digest: str) -> str:
        """Write an exercise and what hangs on it, within the transaction that runs; returns what it was."""
        state, given = self._state, work.given
        row, is_anothers = self._here(given)
        if row is None and self._was_deleted(given):
            return "deleted here"
        if is_anothers and row is not None:
            state.remember(LABEL, given.get("id"), row.id, digest)
            return "kept"
        values = values_of(Exercise, _keys_in(given, "category", "license"), (
            "uuid", "category", "variation_group", "created", "license", "license_author",
        ), self._words.find)  # fmt: skip
        exercise = rows.put(Exercise, row, values)
        linked = False
        for name, link in _LINKS.items():
            linked |= rows.links_to(link, exercise.id, self._targets(work, name, link))
        if linked and row is not None:
            rows.put(Exercise, exercise, {}, touches=True)
        rows.credit(exercise, given.get("author_history"))
        for said in _rows_in(given, "translations"):
            self._translation(work, exercise, said)
        for name, kind in _MEDIA.items():
            self._media(work, exercise, kind, _rows_in(given, name), files)
        state.remember(LABEL, given.get("id"), exercise.id, "" if work.missing else digest)
        return "new" if row is None else "changed"

    def _here(self, given: Mapping[str, Any]) -> tuple[Exercise | None, bool]:
        """Return the exercise that is meant, and whether it was copied from another source and is to stay as it is."""
        if columns.parse_uuid(given.get("uuid")) is None:
            raise NotTaken("it has no UUID")
        row = rows.with_uuid(Exercise, given["uuid"])
        if row is not None:
            return row, False
        known = {found.local for found in self._state.known(LABEL).values()}
        for said in sorted(_rows_in(given, "translations"), key=self._is_foreign):
            key = self._names.get((self._language(said), folded(str(said.get("name") or ""))))
            if key is None or str(key) in known:
                continue
            row = cast("Exercise | None", Selection(Exercise, (equals(Exercise.id, key),)).first())
            if row is not None:
                others = equals(PullRow.label, LABEL), equals(PullRow.local, str(key))
                return row, Selection(PullRow, others).exists()
        return None, False

    def _was_deleted(self, said: Mapping[str, Any]) -> bool:
        """Tell whether a row was deleted here, and is not to come back."""
        return columns.parse_uuid(said.get("uuid")) in self._gone

    def _language(self, said: Mapping[str, Any]) -> int:
        return self._words.find(Language, said.get("language")) or 0

    def _is_foreign(self, said: Mapping[str, Any]) -> bool:
        return self._language(said) != ENGLISH

    def _targets(self, work: _Work, name: str, link: Link) -> list[int]:
        found = []
        for said in _rows_in(work.given, name):
            key = self._words.find(link.model, said.get("id"))
            if key is None:
                work.missing.append(f"{name} {said.get('id')} is not here")
            else:
                found.append(key)
        return found

    def _translation(self, work: _Work, exercise: Exercise, said: Mapping[str, Any]) -> None:
        try:
            values = values_of(Translation, said, _TRANSLATION, self._words.find)
            if not values.get("name") or "uuid" not in values or "language" not in values:
                raise NotTaken("it has no name, no UUID or no language")
        except NotTaken as why:
            work.missing.append(f"its translation {said.get('uuid')}: {why}")
            return
        source = values.setdefault("description_source", "")
        values["description"] = rendered(source, values.get("description", ""))
        place = equals(Translation.exercise, exercise.id), equals(Translation.language, values["language"])
        in_place = cast("Translation | None", Selection(Translation, place).first())
        row = rows.with_uuid(Translation, said["uuid"])
        if row is not None and in_place is not None and row.id != in_place.id:  # its place here is another's
            in_place.delete_instance(recursive=True)
        if row is None and in_place is None and self._was_deleted(said):
            return
        row = rows.put(Translation, row or in_place, {"exercise": exercise.id, **values})
        rows.credit(row, said.get("author_history"))
        for name, (model, column) in _HANGING.items():
            self._hanging(work, row, model, column, _rows_in(said, name))

    def _hanging(
        self, work: _Work, translation: Translation, model: Any, column: str, given: list[Mapping[str, Any]]
    ) -> None:
        """Write aliases or comments; those that came from there and are gone there go."""
        state, label = self._state, label_of(model)
        here = {row.id: row for row in Selection(model, (equals(model.translation, translation.id),)).instances()}
        left = {found.local: remote for remote, found in state.known(label).items()}
        for said in given:
            try:
                values = values_of(model, said, ("uuid", column), self._words.find)
                if not values.get(column):
                    raise NotTaken("it is empty")
            except NotTaken as why:
                work.missing.append(f"its {model.__name__.lower()} {said.get('id')}: {why}")
                continue
            row = rows.with_uuid(model, said.get("uuid")) or next(
                (one for one in here.values() if getattr(one, column) == values[column]), None
            )
            row = rows.put(model, row, {"translation": translation.id, **values})
            state.remember(label, said.get("id"), row.id)
            here.pop(row.id, None)
        for key, row in here.items():
            if (remote := left.get(str(key))) is not None:
                row.delete_instance()
                state.forget(label, remote)

    def _media(
        self, work: _Work, exercise: Exercise, kind: _Media, given: list[Mapping[str, Any]], files: Changes
    ) -> None:
        model: Any = kind.model
        for said in given:
            try:
                values = values_of(model, said, kind.columns, self._words.find) | {"exercise": exercise.id}
            except NotTaken as why:
                work.missing.append(f"its {kind.name} {said.get('id')}: {why}")
                continue
            row, found = rows.with_uuid(model, said.get("uuid")), work.fetched.get(str(said.get("uuid")))
            if found is not None:
                folder = f"{media.FILES[model][1]}/{exercise.id}"
                try:
                    values |= keep(files, found, folder, model, kind.name)
                except NotTaken as why:
                    work.missing.append(f"its {kind.name} {said.get('id')}: {why}")
                    continue
                if row is not None:
                    files.remove(getattr(row, kind.name))
            elif row is None:
                continue
            row = rows.put(model, row, values)
            rows.credit(row, said.get("author_history"))
            if row.is_main:
                siblings = (model.exercise == exercise.id) & (model.id != row.id) & model.is_main
                model.update(is_main=False, last_update=columns.now()).where(siblings).execute()
            address = digest_of(unsigned_address(said.get(kind.name)))
            self._state.remember(label_of(model), said.get("id"), row.id, address if found or not work.missing else "")
        of_exercise = equals(model.exercise, exercise.id)
        if not Selection(model, (of_exercise, equals(model.is_main, True))).exists():
            first = Selection(model, (of_exercise,), ("id",)).instances().first()
            if first is not None:
                rows.put(model, first, {"is_main": True})


def _rows_in(given: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """Return the rows that are nested in an answer, as far as they are any."""
    found = given.get(name)
    nested: list[Mapping[str, Any]] = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    return nested[:_MOST_NESTED]


def _keys_in(given: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Return what was said, with the keys of nested rows in the place of these."""
    nested = {name: said.get("id") for name in names if isinstance(said := given.get(name), dict)}
    return {**given, **nested}


def _shown(given: Mapping[str, Any]) -> str:
    named = {str(said.get("language")): str(said.get("name")) for said in _rows_in(given, "translations")}
    return repr(next(iter(named.values()), str(given.get("uuid")))[:60])
