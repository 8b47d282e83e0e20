"""Match what has no UUID by its name: languages, licences, units, muscles, equipment, body regions.

Their numbers may differ from server to server. What is not here yet is made.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..domain.core.models import Language, License, RepetitionUnit, WeightUnit
from ..domain.exercises.models import Equipment, ExerciseCategory, Muscle
from ..storage.model import Model
from ..storage.query import Selection
from ..storage.write_transaction import insert
from .state import State
from .values import NotTaken, nowhere, values_of


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A list of the API: its model, the column that names its rows, the others."""

    path: str
    model: type[Model]
    name: str
    columns: tuple[str, ...]


LISTS = (
    Vocabulary("language", Language, "short_name", ("short_name", "full_name", "full_name_en")),
    Vocabulary("license", License, "short_name", ("short_name", "full_name", "url")),
    Vocabulary("exercisecategory", ExerciseCategory, "name", ("name",)),
    Vocabulary("equipment", Equipment, "name", ("name",)),
    Vocabulary("muscle", Muscle, "name", ("name", "name_en", "is_front")),
    Vocabulary("setting-repetitionunit", RepetitionUnit, "name", ("name", "unit_type", "multiplier")),
    Vocabulary("setting-weightunit", WeightUnit, "name", ("name",)),
)


class Words:
    """The keys here of rows of those lists over there."""

    def __init__(self, state: State) -> None:
        self._keys: dict[type[Model], dict[str, Any]] = {one.model: self._matched(state, one) for one in LISTS}

    def find(self, model: type[Model], remote: object) -> Any:
        """Return the key here of a row over there, None where there is none."""
        return self._keys.get(model, {}).get(str(remote))

    def knows(self, model: type[Model]) -> bool:
        """Tell whether rows of ``model`` are matched by their names."""
        return model in self._keys

    @staticmethod
    def _matched(state: State, one: Vocabulary) -> dict[str, Any]:
        rows = [row for page in state.pages(one.path, {"limit": 900}, is_kept=False) for row in page.rows]
        keys: dict[str, Any] = {}
        with state.writing():
            here = {folded(name): key for name, key in Selection(one.model).rows((one.name, "id"))}
            for row in rows:
                try:
                    values = values_of(one.model, row, one.columns, nowhere)
                    name = folded(values[one.name])
                except (NotTaken, KeyError) as why:
                    state.report.leave_out(f"{one.path} {row.get('id')}", why)
                    continue
                if name not in here:
                    here[name] = insert(one.model(**values)).id
                    state.report.count(one.path, "new")
                keys[str(row.get("id"))] = here[name]
        return keys


def folded(name: str) -> str:
    """Return what is the same for names that differ in case or in white space alone."""
    return " ".join(name.casefold().split())
