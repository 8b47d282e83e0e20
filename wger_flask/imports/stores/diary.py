"""Make entries of the food diary, in a plan of their own.

Which food an entry is, the person says, else its barcode, else a name whose energy agrees. What is not known is noted
as what it contained (:mod:`.food_parts`), with its name as a comment that no other user reads.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, tzinfo
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any
from uuid import UUID

from wger_flask.api import Selection, columns, equals, zone_of
from wger_flask.domain.nutrition.models import LogItem, Meal, NutritionPlan
from wger_flask.storage.upgrades import Progress, no_progress

from ..food_names import FoodNames, KnownFood
from ..keys import owners_of, row_key
from ..models import ImportRun
from ..records import FoodDiaryEntry
from ..runs import note_rows, write_rows
from .food_parts import PARTS, ids_of_parts, parts_of
from .plan import LEAVE_OUT, NO_SEARCHES, Choices, Named, Person, Plan, Remark, Searches

KIND = "food"
_FOOD = "food"
_PLACES = Decimal("0.01")
_LEAST, _MOST = Decimal(1), Decimal(1000)  # grams that an entry of the diary may have
_MOST_PIECES = 10
_LONGEST_MEAL, _LONGEST_NAME = 25, 200
_LOG = ("id", "plan", "meal", "datetime", "comment", "ingredient", "weight_unit", "amount")
_MEAL = ("id", "plan", "order", "time", "name")
# When people eat, for apps that name a meal and no time
_TIMES = {
    "breakfast": time(8), "lunch": time(12, 30), "dinner": time(19), "supper": time(19), "snack": time(16),
    "snacks": time(16), "snacks/other": time(16),
}  # fmt: skip
_NOON = time(12)
_IN_PARTS = "protein, carbohydrates, fiber and fat"


@dataclass(frozen=True, slots=True)
class _Portion:
    """An entry to be: of ``food``, the key of a food or the name of a part, ``grams``."""

    key: UUID
    entry: FoodDiaryEntry
    food: int | str
    grams: Decimal


@dataclass
class DiaryPlan(Plan):
    """Entries of the diary, with the plan and the meals that they are in."""

    portions: list[_Portion] = field(default_factory=list)

    def write(self, run: ImportRun, progress: Progress = no_progress) -> None:
        if not self.portions:
            return
        zone, parts = zone_of(run.user_id), ids_of_parts()
        plan = _plan_of(run, min(portion.entry.day for portion in self.portions))
        meals = _meals_of(run, plan, (portion.entry.meal for portion in self.portions))
        rows = [_row(portion, plan, meals, parts, zone) for portion in self.portions]
        write_rows(run, LogItem, _LOG, rows, progress)


def plan(
    person: Person, records: Sequence[FoodDiaryEntry], choices: Choices, searches: Searches = NO_SEARCHES
) -> DiaryPlan:
    """Return what entries would become."""
    made = DiaryPlan("entries of the food diary", fallback=f"noted as {_IN_PARTS}")
    names = FoodNames([entry for entry in records if not _is_sum(entry)], person.languages)
    chosen = _names(records, names, choices, searches)
    made.names = [named for named, _ in chosen.values()]
    keys = [_keys(person.id, entry, place) for entry, place in _counted(records)]
    owners = owners_of(LogItem, [key for some in keys for key in some.values()], "plan.user")
    in_parts = first = 0
    for entry, own in zip(records, keys, strict=True):
        named, food = chosen.get(_spelled(entry.food), (None, None)) if not _is_sum(entry) else (None, None)
        if any(owners.get(key) == person.id for key in own.values()):
            made.known += 1
        elif named is not None and named.target == LEAVE_OUT:
            made.skipped += 1
        else:
            if named is None or not named.is_chosen:
                food = names.find(entry) if named is not None else None
            portions = _portions(entry, own, food, owners)
            if isinstance(portions, str):
                made.remarks.append(Remark(entry.line, f"{entry.food}: {portions}", entry.file))
                continue
            made.new += 1
            made.portions += portions
            if isinstance(portions[0].food, str):
                in_parts, first = in_parts + 1, first or entry.line
    if in_parts:
        told = f"this entry, and {in_parts - 1} others, become {_IN_PARTS}: their foods are not told, or not known here"
        made.remarks.insert(0, Remark(first, told))
    return made


def _is_sum(entry: FoodDiaryEntry) -> bool:
    """Tell whether an entry stands for a whole meal or day, as some apps give no more."""
    return entry.amount is None and entry.grams is None and not entry.barcode and entry.food in (entry.meal, "Day")


def _spelled(name: str) -> str:
    return name[:_LONGEST_NAME].casefold()


# -- foods ------------------------------------------------------------------------------------------
def _names(
    records: Iterable[FoodDiaryEntry], names: FoodNames, choices: Choices, searches: Searches
) -> dict[str, tuple[Named, KnownFood | None]]:
    """Return what each name of a food stands for."""
    times: Counter[str] = Counter()
    firsts: dict[str, FoodDiaryEntry] = {}
    for entry in records:
        if not _is_sum(entry):
            times[_spelled(entry.food)] += 1
            firsts.setdefault(_spelled(entry.food), entry)
    said = {spelled: choices.of(KIND, entry.food) for spelled, entry in firsts.items()}
    foods = names.by_keys(filter(None, said.values()))
    found = {}
    for spelled, count in times.items():
        entry, chosen = firsts[spelled], said[spelled]
        asked = searches.get(entry.food, "")
        food = foods.get(chosen) if chosen else None
        is_chosen = food is not None or chosen == LEAVE_OUT
        if not is_chosen:
            food = names.find(entry)
        target = LEAVE_OUT if chosen == LEAVE_OUT else None if food is None else str(food.id)
        suggestions = names.suggest(asked or entry.food) if not target or asked else ()
        label = food.name if food is not None else ""
        named = Named(KIND, entry.food, count, entry.line, target, label, is_chosen, suggestions)
        found[spelled] = named, food
    return found


def resolve(person: Person, text: str) -> str | None:
    """Return the id, as text, of the food that ``text`` names or is the id of; None where there is none."""
    asked = FoodDiaryEntry(0, date.min, text)
    names = FoodNames([asked], person.languages)
    food = names.by_keys([text]).get(text) or names.find(asked)
    return None if food is None else str(food.id)


def _portions(
    entry: FoodDiaryEntry, keys: dict[str, UUID], food: KnownFood | None, owners: dict[UUID, int]
) -> list[_Portion] | str:
    """Return the entries that one of an app becomes, of its food, else of its parts; or why there are none."""
    grams = food.grams_of(entry) if food is not None else None
    wanted: list[tuple[str, int | str, Decimal]] = []
    if food is not None and grams is not None:
        wanted = [(_FOOD, food.id, grams)]
    if not wanted or grams is not None and grams < _LEAST:
        wanted = [(part, part, amount) for part, amount in parts_of(entry)]
    if any(amount > _MOST * _MOST_PIECES for _, _, amount in wanted):
        return f"more than {_MOST * _MOST_PIECES / 1000} kg"
    made = []
    for name, of, amount in wanted:
        for place, piece in enumerate(_pieces(amount)):
            key = keys[name] if not place and keys[name] not in owners else columns.uuid7()
            made.append(_Portion(key, entry, of, piece))
    return made or "neither an amount nor nutrients of 1 g or more"


def _pieces(grams: Decimal) -> Iterator[Decimal]:
    """Yield an amount in pieces that an entry can hold; less than the least is none."""
    for _ in range(_MOST_PIECES):
        piece = min(grams, _MOST).quantize(_PLACES, ROUND_HALF_EVEN)
        if piece < _LEAST:
            return
        yield piece
        grams -= piece


# -- keys -------------------------------------------------------------------------------------------
def _counted(records: Iterable[FoodDiaryEntry]) -> Iterator[tuple[FoodDiaryEntry, int]]:
    """Yield entries, and how many like them came before: a person may eat the same twice."""
    counted: Counter[object] = Counter()
    for entry in records:
        like = entry.day, entry.meal, entry.food, entry.unit, *_numbers(entry)
        yield entry, counted[like]
        counted[like] += 1


def _keys(user: int, entry: FoodDiaryEntry, place: int) -> dict[str, UUID]:
    """Return the keys of what an entry may become: the food may be known at one import, and not yet at another."""
    like = entry.day.isoformat(), entry.meal, entry.food, entry.unit, *_numbers(entry), place
    return {name: row_key(user, "diary", *like, name) for name in (_FOOD, *PARTS)}


def _numbers(entry: FoodDiaryEntry) -> tuple[Decimal | None, ...]:
    told = entry.amount, entry.grams, entry.energy
    return tuple(None if one is None else one.normalize() for one in told)


# -- rows -------------------------------------------------------------------------------------------
def _row(portion: _Portion, plan: UUID, meals: dict[str, UUID], parts: dict[str, int], zone: tzinfo) -> tuple[Any, ...]:
    entry, food = portion.entry, portion.food
    moment = datetime.combine(entry.day, entry.time or _TIMES.get(entry.meal.lower(), _NOON), zone).astimezone(UTC)
    comment = _told(entry) if isinstance(food, str) else None
    ingredient = parts[food] if isinstance(food, str) else food
    return portion.key, plan, meals.get(_meal(entry.meal)), moment, comment, ingredient, None, portion.grams


def _told(entry: FoodDiaryEntry) -> str:
    """Return what the app said was eaten."""
    amount = f"{entry.amount.normalize():f} {entry.unit}".strip() if entry.amount is not None else ""
    return f"{entry.food}, {amount}" if amount else entry.food


def _plan_of(run: ImportRun, start: date) -> UUID:
    """Return the plan that imported entries are in, which is made where it is missing."""
    user = run.user_id
    key = row_key(user, "diary plan")
    owners = owners_of(NutritionPlan, [key])
    if owners.get(key) == user:
        return key
    key = columns.uuid7() if key in owners else key
    NutritionPlan.create(id=key, user=user, start=start, description="Imported food diary", only_logging=True)
    note_rows(run, NutritionPlan, [key])
    return key


def _meals_of(run: ImportRun, plan: UUID, names: Iterable[str]) -> dict[str, UUID]:
    """Return the meals of the plan by name; those that are missing are made."""
    found = {name: key for key, name in Selection(Meal, (equals(Meal.plan, plan),)).rows((Meal.id, Meal.name))}
    missing = dict.fromkeys(name for name in map(_meal, names) if name and name not in found)
    made = {name: columns.uuid7() for name in missing}
    write_rows(run, Meal, _MEAL, [(key, plan, 1, _TIMES.get(name.lower()), name) for name, key in made.items()])
    return found | made


def _meal(name: str) -> str:
    return name.strip()[:_LONGEST_MEAL]
