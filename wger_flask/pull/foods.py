"""Copy foods, a page in a transaction; or just those that a user's rows refer to.

A food is matched by its UUID, else by the key that its source has for it, else by its barcode; one with the barcode of
a food of another source is left as it is. Foods that are gone over there stay: nothing tells of them, and diaries may
refer to them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode

from ..domain.nutrition.food_import import new_row, write_rows
from ..domain.nutrition.models import Ingredient, IngredientWeightUnit
from ..storage import columns
from ..storage.keys import uuid7
from ..storage.model import columns_of, label_of
from ..storage.predicates import any_of
from ..storage.query import Selection
from .client import Missing
from .rows import with_uuid
from .state import State, read_page
from .values import LICENSED, NotTaken, demand_key, keys_in, nowhere, rows_in, values_of
from .vocabulary import Words

PART, PAGE, _AT_ONCE = "foods", 500, 50
# Rows of a transaction over there that was open while the last run began come with the next one.
_OVERLAP = timedelta(minutes=10)
_NAMES = (
    "uuid", "remote_id", "source_name", "source_url", "code", "name", "common_name", "brand", "created", "energy",
    "protein", "carbohydrates", "carbohydrates_sugar", "fat", "fat_saturated", "fiber", "sodium", "is_vegan",
    "is_vegetarian", "nutriscore", "language", *LICENSED,
)  # fmt: skip
_NEEDED = ("uuid", "name", "energy", "protein", "carbohydrates", "fat", "language", "license")
_UNIT = label_of(IngredientWeightUnit)
_FOOD = label_of(Ingredient)


class Foods:
    """Copies the foods of a source."""

    def __init__(self, state: State, words: Words) -> None:
        self._state, self._words = state, words

    def run(self, languages: tuple[str, ...] = ()) -> None:
        """Copy the foods that have changed since the last whole run; one that was cut off goes on where it was.

        ``languages`` are the codes of those in which they are named, none for all.
        """
        state = self._state
        part = state.part(":".join((PART, *languages)))
        narrowed: dict[str, object] = {"language__code": ",".join(languages)} if languages else {}
        if part.since is not None and not state.anew:
            narrowed["last_update__gt"] = (part.since - _OVERLAP).isoformat().replace("+00:00", "Z")
        total = self._number(narrowed)
        address, begun = ("", None) if state.anew else (part.following, part.begun)
        address = address or f"ingredient-sync/?{urlencode(narrowed | {'page_size': PAGE})}"
        done = 0
        while address:
            try:
                answer = state.client.get(address)
            except Missing:  # releases before 2.6 have lists alone, and so has a cursor that is known no more
                if address.startswith("ingredientinfo/"):
                    raise
                address = f"ingredientinfo/?{urlencode(narrowed | {'ordering': 'id', 'limit': PAGE})}"
                continue
            begun = begun or answer.moment
            path = address.partition("/")[0]
            page = read_page(answer.data, path)
            following = f"{path}/?{page.following}" if page.following else ""
            with state.writing():
                self.take(page.rows)
                part.following, part.begun = following, begun if following else None
                if not following:
                    part.since = begun
                part.save()
            done += len(page.rows)
            state.show(PART, done, max(done, total))
            address = following

    def _number(self, narrowed: Mapping[str, object]) -> int:
        answer = self._state.client.get(f"ingredientinfo/?{urlencode({**narrowed, 'limit': 1})}")
        return read_page(answer.data, "ingredientinfo").count

    # -- what others refer to --------------------------------------------------------------------------------
    def bring(self, remotes: Iterable[int]) -> bool:
        """Copy the foods with these keys, unless they are here, and note which is which; tells whether any was not."""
        state = self._state
        wanted = sorted({key for key in remotes if str(key) not in state.known(_FOOD)})
        for start in range(0, len(wanted), _AT_ONCE):
            some = wanted[start : start + _AT_ONCE]
            query = urlencode({"id__in": ",".join(map(str, some)), "limit": _AT_ONCE})
            page = read_page(state.client.get(f"ingredientinfo/?{query}").data, "ingredientinfo")
            with state.writing():
                self.take(page.rows, is_noted=True)
            state.show("foods of yours", start + len(some), len(wanted))
        return bool(wanted)

    # -- rows ------------------------------------------------------------------------------------------------
    def take(self, given: list[dict[str, Any]], is_noted: bool = False) -> None:
        """Store foods within the transaction that runs; ``is_noted`` keeps which row over there is which here."""
        read = self._read(given)
        here = _Here([values for _, values in read])
        new: list[dict[str, Any]] = []
        changed: list[dict[str, Any]] = []
        for said, values in read:
            row, is_others = here.row_of(values)
            if row is not None:  # which keeps the UUID that it has here
                values["uuid"] = row["uuid"]
            if row is None:
                row = new_row() | values
                new.append(row)
                here.add(row)
            elif is_others:
                self._state.report.count(PART, "kept")
            elif any(row.get(name) != value for name, value in values.items()):
                row |= values | {"last_update": columns.now(), "last_imported": columns.now()}
                if "id" in row:
                    changed.append(row)
            elif not is_noted:
                self._state.report.count(PART, "unchanged")
            said["_uuid"] = row["uuid"]
        for outcome, rows in (("new", new), ("changed", changed)):
            write_rows(rows)
            self._state.report.count(PART, outcome, len(rows))
        self._measures([said for said, _ in read], is_noted)

    def _read(self, given: list[dict[str, Any]]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        read, seen = [], set()
        for said in given:
            try:
                demand_key(said.get("id"))
                values = values_of(Ingredient, keys_in(said, "language", "license"), _NAMES, self._words.find)
                lacking = [name for name in _NEEDED if values.get(name) in (None, "")]
                if lacking:
                    raise NotTaken(f"{lacking[0]} is missing")
            except NotTaken as why:
                self._state.report.leave_out(f"food {said.get('id')}", why)
                continue
            if values["uuid"] not in seen:
                seen.add(values["uuid"])
                read.append((said, values))
        return read

    def _measures(self, foods: list[dict[str, Any]], is_noted: bool) -> None:
        """Store household measures of foods: the same ones by UUID, else by name and weight, else by name."""
        keys = dict(
            Selection(Ingredient, (any_of(Ingredient.uuid, [food["_uuid"] for food in foods]),)).rows(("uuid", "id"))
        )
        here: dict[int, list[_Measure]] = {}
        of_foods = any_of(IngredientWeightUnit.ingredient, list(keys.values()))
        for food, *row in Selection(IngredientWeightUnit, (of_foods,), ("id",)).rows(("ingredient", *_MEASURE)):
            here.setdefault(food, []).append(_Measure(*row))
        for said in foods:
            food = keys[said["_uuid"]]
            if is_noted:
                self._state.remember(_FOOD, said.get("id"), food)
            for remote, measure in self._measures_of(said, food, here.get(food, [])):
                if is_noted:
                    self._state.remember(_UNIT, remote, measure)

    def _measures_of(self, said: Mapping[str, Any], food: int, left: list[_Measure]) -> Iterator[tuple[object, int]]:
        """Store the measures of a food, and yield their keys there and here; ``left`` are those that it has here."""
        wanted: list[tuple[object, dict[str, Any]]] = []
        for unit in rows_in(said, "weight_units"):
            try:
                demand_key(unit.get("id"))
                values = values_of(IngredientWeightUnit, unit, ("uuid", "name", "gram"), nowhere)
                if not {"name", "gram"} <= values.keys():
                    raise NotTaken("it has no name or no weight")
                wanted.append((unit.get("id"), {"uuid": None, **values}))
            except NotTaken as why:
                self._state.report.leave_out(f"a measure of food {said.get('id')}", why)
        for alike in (("uuid",), ("name", "gram"), ("name",)):
            for one in list(wanted):
                remote, values = one
                same = (own for own in left if all(getattr(own, name) == values[name] for name in alike))
                if (own := next(same, None)) is None:
                    continue
                left.remove(own)
                wanted.remove(one)
                if (own.name, own.gram) != (values["name"], values["gram"]):
                    changed = IngredientWeightUnit.update(name=values["name"], gram=values["gram"])
                    changed.where(IngredientWeightUnit.id == own.id).execute()
                yield remote, own.id
        for remote, values in wanted:
            if values["uuid"] is None or with_uuid(IngredientWeightUnit, values["uuid"]) is not None:
                values["uuid"] = uuid7()
            yield remote, IngredientWeightUnit.create(ingredient=food, **values).id


class _Measure(NamedTuple):
    """A household measure that is here."""

    id: int
    uuid: Any
    name: str
    gram: int


_MEASURE = _Measure._fields


class _Here:
    """The foods here that some of there may be."""

    def __init__(self, wanted: list[dict[str, Any]]) -> None:
        names = tuple(columns_of(Ingredient))
        self._by: dict[tuple[str, Any], dict[str, Any]] = {}
        for name in ("uuid", "remote_id", "code"):
            values = list({one[name] for one in wanted if one.get(name)})
            for row in Selection(Ingredient, (any_of(columns_of(Ingredient)[name], values),)).rows(names):
                self.add(dict(zip(names, row, strict=True)))

    def add(self, row: dict[str, Any]) -> None:
        """Find this one, too."""
        for name in ("uuid", "remote_id", "code"):
            if row.get(name):
                self._by.setdefault((name, self._named(row, name)), row)

    @staticmethod
    def _named(row: Mapping[str, Any], name: str) -> Any:
        return (row.get("source_name"), row[name]) if name == "remote_id" else row[name]

    def row_of(self, values: Mapping[str, Any]) -> tuple[dict[str, Any] | None, bool]:
        """Return the food that is meant, and whether it is one of another source, which is to stay as it is."""
        for name in ("uuid", "remote_id", "code"):
            row = self._by.get((name, self._named(values, name))) if values.get(name) else None
            if row is not None:
                return row, name == "code" and row["source_name"] != values.get("source_name")
        return None, False
