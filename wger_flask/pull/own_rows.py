"""Copy what is a user's own into an account here.

Rows with a UUID keep it, unless it is another's here already. What was copied is noted, so that it is found again even
where it has a number of its own on each server. What the user has changed or deleted here since stays so until it
changes over there. Rows that were deleted over there stay.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..auth.zones import zone_of
from ..domain.exercises.models import Exercise
from ..domain.nutrition.models import Ingredient, IngredientWeightUnit
from ..domain.routines.models import WorkoutLog, WorkoutSession
from ..storage import columns
from ..storage.chunks import chunks
from ..storage.database import DatabaseError, transaction
from ..storage.keys import parse_uuid, uuid7
from ..storage.model import Model, columns_of, key_of, label_of
from ..storage.predicates import any_of, equals
from ..storage.query import Selection
from .foods import Foods
from .own import ROUTINES, SESSIONS, Part, has_no_times
from .state import State, demand_refusal, digest_of, read_key
from .values import NotTaken, demand_key, value_of, values_of
from .vocabulary import Words

PAGE = 200
Complete = Callable[[dict[str, Any], dict[str, Any]], dict[str, Any] | None]
"""Complete the values of a row from what was said of it; None where it is not to be copied."""


class OwnRows:
    """Copies rows into the account ``user``; ``catalogue`` knows exercises and foods of the same source.

    ``profile`` is what that says over there.
    """

    def __init__(self, state: State, catalogue: State, words: Words, foods: Foods, profile: Mapping[str, Any]) -> None:
        assert state.user is not None
        self.state, self.user, self.zone, self.profile = state, state.user, zone_of(state.user), profile
        self._catalogue, self._words, self._foods = catalogue, words, foods
        self._here: dict[str, set[Any]] = {}
        self._untimed: list[Any] = []

    # -- references ------------------------------------------------------------------------------------------
    def find(self, model: type[Model], remote: object) -> Any:
        """Return the key here of a row over there, None where it is not here or was deleted."""
        if self._words.knows(model):
            return self._words.find(model, remote)
        shared = model in (Exercise, Ingredient, IngredientWeightUnit)
        state = self._catalogue if shared else self.state
        key = state.local(model, remote)
        return key if key is not None and key in self._existing(model, label_of(model), state) else None

    def _existing(self, model: type[Model], label: str, state: State) -> set[Any]:
        """Return the keys of those copied rows of ``model``, noted as ``label``, that are still there."""
        if label not in self._here:
            keys = [read_key(model, found.local) for found in state.known(label).values()]
            held = (Selection(model, (any_of(key_of(model), some),)) for some in chunks(keys))
            self._here[label] = {key for rows in held for (key,) in rows.rows((key_of(model).name,))}
        return self._here[label]

    # -- rows ------------------------------------------------------------------------------------------------
    def copy(self, part: Part, complete: Complete | None = None, label: str = "", keeps_pages: bool = True) -> None:
        """Copy a list, a page in a transaction; ``label`` is the name of its rows where it is not the model's."""
        label = label or label_of(part.model)
        self._here.pop(label, None)
        there = self._existing(part.model, label, self.state)
        later: list[tuple[dict[str, Any], Any, str]] = []
        foreign = self._others_templates() if part is ROUTINES else frozenset()
        for page in self.state.pages(part.path, {"limit": PAGE, "ordering": "id"}, keeps_pages):
            given = [row for row in page.rows if str(row.get("id")) not in foreign]
            if self._foods.bring({food for row in given if type(food := row.get("ingredient")) is int}):
                self._here.pop(label_of(Ingredient), None)
                self._here.pop(label_of(IngredientWeightUnit), None)
            with self.state.writing():
                if all([self._take(part, label, row, there, later, complete) for row in given]):
                    page.done()
        self._here.pop(label, None)
        self._refer(part, label, later)

    def _take(
        self,
        part: Part,
        label: str,
        given: dict[str, Any],
        there: set[Any],
        later: list[tuple[dict[str, Any], Any, str]],
        complete: Complete | None,
    ) -> bool:
        """Copy a row within the transaction that runs; tells whether nothing is left to do."""
        state, remote, digest = self.state, given.get("id"), digest_of(given)
        if state.is_as_it_was(label, remote, digest):
            state.report.count(part.path, "unchanged")
            return True
        try:
            demand_key(remote)
            said = part.adapt(given, self.zone) if part.adapt else given
            if part is not SESSIONS and "session" in said and self.find(WorkoutSession, said["session"]) is None:
                said = {**said, "session": None}
            values: dict[str, Any] | None = values_of(part.model, said, part.names, self.find)
            if part.is_owned:
                values = {**(values or {}), "user": self.user}
            if complete is not None:
                values = complete(said, values or {})
            if values is None:
                return True
            with transaction():
                local, outcome = self._write(part, label, remote, values, there)
        except (NotTaken, DatabaseError) as why:
            demand_refusal(why)
            state.report.leave_out(f"{part.path} {remote}", " ".join(str(why).split()))
            return False
        state.report.count(part.path, outcome)
        if local is None:
            return True
        if part is SESSIONS and has_no_times(given) and outcome == "new":
            self._untimed.append(local)
        waits = any(said.get(name) is not None for name in part.later)
        state.remember(label, remote, local, "" if waits else digest)
        if waits:
            later.append((said, local, digest))
        return not waits

    def _write(
        self, part: Part, label: str, remote: object, values: dict[str, Any], there: set[Any]
    ) -> tuple[Any, str]:
        """Write a row; returns its key here and what became of it. Rows of a user's are counted anew at the end."""
        model, key = part.model, key_of(part.model)
        found = self.state.known(label).get(str(remote))
        wanted = values.pop("__key__", None)
        if found is not None:
            local = read_key(model, found.local)
            if local not in there:
                return None, "deleted here"
            _update(model, local, values)
            return local, "changed"
        if wanted is None and isinstance(key, columns.UUID):
            wanted = parse_uuid(remote)
        if wanted is not None:
            whose = self._owner(model, wanted)
            if whose == self.user:
                _update(model, wanted, values)
                there.add(wanted)
                return wanted, "changed"
            if whose is None:
                values = {**values, key.name: wanted}
        if isinstance(key, columns.UUID):
            values = {key.name: uuid7(), **values}
        made = model.insert(**values).execute()
        local = values.get(key.name, made)
        there.add(local)
        return local, "new"

    def _owner(self, model: type[Model], key: Any) -> int | None:
        """Return the user whose the row with a key is, None where there is none."""
        rows = Selection(model, (equals(key_of(model), key),)).rows((_OWNERS.get(label_of(model), "user"),), 1)
        return rows[0][0] if rows else None

    def _refer(self, part: Part, label: str, later: list[tuple[dict[str, Any], Any, str]]) -> None:
        """Set the references to rows of the same list, now that these are here."""
        for start in range(0, len(later), PAGE):
            with self.state.writing():
                for said, local, digest in later[start : start + PAGE]:
                    values = {}
                    for name in part.later:
                        try:
                            values[name] = value_of(columns_of(part.model)[name], said.get(name), self.find)
                        except NotTaken as why:
                            self.state.report.leave_out(f"{part.path} {said.get('id')}", why)
                    _update(part.model, local, values)
                    self.state.remember(label, said.get("id"), local, digest)

    # -- special rows ----------------------------------------------------------------------------------------
    def _others_templates(self) -> frozenset[str]:
        """Return the routines that a list shows which are templates of others."""
        pages = self.state.pages("templates", {"limit": 900}, is_kept=False)
        own = {str(row.get("id")) for page in pages for row in page.rows}
        shown = self.state.pages("public-templates", {"limit": 900}, is_kept=False)
        return frozenset(str(row.get("id")) for page in shown for row in page.rows) - own

    def time_sessions(self) -> None:
        """Let sessions that said no more than their day last from their first log to their last."""
        for key in self._untimed:
            moments = [
                moment for (moment,) in Selection(WorkoutLog, (equals(WorkoutLog.session, key),)).rows(("date",))
            ]
            if moments:
                start, end = min(moments), max(moments)
                with transaction():
                    _update(
                        WorkoutSession, key, {"datetime_start": start, "datetime_end": end if end > start else None}
                    )
        self._untimed.clear()


_OWNERS = {
    "measurements.measurement": "category.user",
    "nutrition.meal": "plan.user",
    "nutrition.mealitem": "meal.plan.user",
    "nutrition.logitem": "plan.user",
}


def _update(model: type[Model], key: Any, values: dict[str, Any]) -> None:
    if values:
        model.update(**values).where(key_of(model) == key).execute()
