"""Copy exercises with all that hangs on them: each one in a transaction of its own.

A row is matched by its UUID. An exercise whose UUID is not known here is the one of the same name, if that was not
copied from elsewhere: the exercises that ship with this server are those of others under other UUIDs.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any, cast

from ..domain.core.models import ENGLISH, Language
from ..domain.exercises.models import (
    Alias,
    DeletionLog,
    Exercise,
    ExerciseComment,
    Translation,
    equipment,
    muscles,
    muscles_secondary,
)
from ..domain.exercises.translations import rendered
from ..media.changes import Changes
from ..storage.database import DatabaseError, transaction
from ..storage.keys import parse_uuid
from ..storage.links import Link
from ..storage.model import Model, label_of
from ..storage.predicates import equals
from ..storage.query import Selection
from . import rows
from .exercise_files import ExerciseFiles, Work
from .models import PullRow
from .state import State, demand_refusal, digest_of
from .values import LICENSED, NotTaken, keys_in, rows_in, values_of
from .vocabulary import Words, folded

PART, LABEL, PAGE = "exercises", label_of(Exercise), 50
_TRANSLATION = ("uuid", "name", "description", "description_source", "created", "language", *LICENSED)
_LINKS: dict[str, Link] = {"muscles": muscles, "muscles_secondary": muscles_secondary, "equipment": equipment}
_HANGING: dict[str, tuple[type[Model], str]] = {"aliases": (Alias, "alias"), "notes": (ExerciseComment, "comment")}


class Exercises:
    """Copies the exercises of a source."""

    def __init__(self, state: State, words: Words) -> None:
        self._state, self._words, self._files = state, words, ExerciseFiles(state, words)
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
        self._gone = {uuid for (uuid,) in Selection(DeletionLog).rows((DeletionLog.uuid,))}
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
        work = Work(given)
        with ExitStack() as held:
            self._files.fetch(work, held, self._was_deleted)
            try:
                with state.writing() as files:
                    outcome = self._write(work, files, digest)
            except (NotTaken, DatabaseError) as why:
                demand_refusal(why)
                state.report.leave_out(what, why)
                return False
        state.report.count(PART, outcome)
        for missing in work.missing:
            state.report.leave_out(what, missing)
        return not work.missing

    def _write(self, work: Work, files: Changes, digest: str) -> str:
        """Write an exercise and what hangs on it, within the transaction that runs; returns what it was."""
        state, given = self._state, work.given
        row, is_anothers = self._here(given)
        if row is None and self._was_deleted(given):
            return "deleted here"
        if is_anothers and row is not None:
            state.remember(LABEL, given.get("id"), row.id, digest)
            return "kept"
        names = ("uuid", "category", "variation_group", "created", "license", "license_author")
        values = values_of(Exercise, keys_in(given, "category", "license"), names, self._words.find)
        exercise = rows.put(Exercise, row, values)
        linked = False
        for name, link in _LINKS.items():
            linked |= rows.links_to(link, exercise.id, self._targets(work, name, link))
        if linked and row is not None:
            rows.put(Exercise, exercise, {}, touches=True)
        rows.credit(exercise, given.get("author_history"))
        for said in rows_in(given, "translations"):
            self._translation(work, exercise, said)
        self._files.write(work, exercise.id, files)
        state.remember(LABEL, given.get("id"), exercise.id, "" if work.missing else digest)
        return "new" if row is None else "changed"

    def _here(self, given: Mapping[str, Any]) -> tuple[Exercise | None, bool]:
        """Return the exercise that is meant, and whether it was copied from another source and is to stay as it is."""
        if parse_uuid(given.get("uuid")) is None:
            raise NotTaken("it has no UUID")
        row = rows.with_uuid(Exercise, given["uuid"])
        if row is not None:
            return row, False
        known = {found.local for found in self._state.known(LABEL).values()}
        for said in sorted(rows_in(given, "translations"), key=lambda said: self._language(said) != ENGLISH):
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
        return parse_uuid(said.get("uuid")) in self._gone

    def _language(self, said: Mapping[str, Any]) -> int:
        return self._words.find(Language, said.get("language")) or 0

    def _targets(self, work: Work, name: str, link: Link) -> list[int]:
        found = []
        for said in rows_in(work.given, name):
            key = self._words.find(link.model, said.get("id"))
            if key is None:
                work.missing.append(f"{name} {said.get('id')} is not here")
            else:
                found.append(key)
        return found

    def _translation(self, work: Work, exercise: Exercise, said: Mapping[str, Any]) -> None:
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
            self._hanging(work, row, model, column, rows_in(said, name))

    def _hanging(
        self, work: Work, translation: Translation, model: Any, column: str, given: list[dict[str, Any]]
    ) -> None:
        """Write aliases or comments; those that came from there and are gone there go."""
        state, label = self._state, label_of(model)
        here = {row.id: row for row in Selection(model, (equals(model.translation, translation.id),)).instances()}
        left = {found.local: remote for remote, found in state.known(label).items()} if here else {}
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


def _shown(given: Mapping[str, Any]) -> str:
    named = {str(said.get("language")): str(said.get("name")) for said in rows_in(given, "translations")}
    return repr(next(iter(named.values()), str(given.get("uuid")))[:60])
