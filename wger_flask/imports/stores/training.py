"""Make sessions and logs of sets.

A set has an amount and a load here.  Where an app counts both a distance and a time, the time is the amount, and the
speed is the load, in kilometres or miles per hour: the distance can be told from both.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any
from uuid import UUID

from wger_flask.api import Selection, columns, services
from wger_flask.domain.core.models import KILOGRAMS, REPETITIONS, RepetitionUnit, WeightUnit
from wger_flask.domain.routines.models import WorkoutLog, WorkoutSession
from wger_flask.storage.upgrades import Progress, no_progress

from ..keys import owners_of, row_key
from ..matching import ExerciseNames
from ..models import ImportRun
from ..records import WorkoutSet
from ..runs import write_rows
from .plan import LEAVE_OUT, NO_SEARCHES, Choices, Named, Person, Plan, Remark, Searches

KIND = "exercise"
_PLACES, _MOST = Decimal("0.01"), Decimal("9999.99")
_SESSION = ("id", "user", "routine", "day", "notes", "impression", "datetime_start", "datetime_end")
_LOG = (
    "id", "date", "user", "session", "exercise", "repetitions_unit", "repetitions", "weight_unit", "weight", "rir",
    "rest",
)  # fmt: skip


@dataclass
class TrainingPlan(Plan):
    """Sets that become logs, in their sessions."""

    sessions: list[tuple[Any, ...]] = field(default_factory=list)
    logs: list[tuple[Any, ...]] = field(default_factory=list)

    def write(self, run: ImportRun, progress: Progress = no_progress) -> None:
        write_rows(run, WorkoutSession, _SESSION, self.sessions, progress)
        write_rows(run, WorkoutLog, _LOG, self.logs, progress)


def plan(
    person: Person, records: Sequence[WorkoutSet], choices: Choices, searches: Searches = NO_SEARCHES
) -> TrainingPlan:
    """Return what sets would become."""
    made = TrainingPlan("sets")
    made.names = _names(person, records, choices, searches)
    targets = {named.name: int(named.target) for named in made.names if named.target}
    units, longest = _Units(), timedelta(hours=services().settings.WGER_MAX_SESSION_LENGTH_HOURS)
    keys = _keys(person.id, records)
    owners = owners_of(WorkoutLog, [key for _, key in keys])
    wanted: dict[UUID, WorkoutSet] = {}  # sessions, by the key that they are to have
    logs: list[tuple[UUID, UUID, WorkoutSet]] = []
    for record, (session, key) in zip(records, keys, strict=True):
        if record.exercise not in targets:
            made.skipped += 1
        elif owners.get(key) == person.id:
            made.known += 1
        else:
            wanted.setdefault(session, record)
            logs.append((session, key, record))
    sessions = _sessions(person.id, wanted, _comments(keys, records), longest, made)
    for session, key, record in logs:
        amounts = _amounts(record, units)
        if isinstance(amounts, str):
            made.remarks.append(Remark(record.line, amounts, record.file))
            continue
        moment = record.moment or record.start + timedelta(seconds=record.order)  # lists go by it: keep the order
        key, exercise = key if key not in owners else columns.uuid7(), targets[record.exercise]
        made.logs.append((key, moment, person.id, sessions[session], exercise, *amounts, record.rir, record.rest))
    filled = {log[3] for log in made.logs}
    made.sessions = [row for row in made.sessions if row[0] in filled]
    made.new = len(made.logs)
    return made


# -- exercises --------------------------------------------------------------------------------------
def _names(person: Person, records: Iterable[WorkoutSet], choices: Choices, searches: Searches) -> list[Named]:
    times: Counter[str] = Counter()
    lines: dict[str, int] = {}
    for record in records:
        times[record.exercise] += 1
        lines.setdefault(record.exercise, record.line)
    names = ExerciseNames(person.languages)
    return [_named(name, count, lines[name], names, choices, searches) for name, count in times.items()]


def _named(name: str, times: int, line: int, names: ExerciseNames, choices: Choices, searches: Searches) -> Named:
    chosen, asked = choices.of(KIND, name), searches.get(name, "")
    if chosen and (not chosen.isdecimal() or names.label(int(chosen)) is None):
        chosen = None  # it is gone
    found = chosen if chosen is not None else names.find(name)
    target = None if found is None else str(found)
    label = names.label(int(target)) or "" if target else ""
    suggestions = names.suggest(asked or name) if target in (None, LEAVE_OUT) or asked else ()
    return Named(KIND, name, times, line, target, label, chosen is not None, suggestions)


def resolve(person: Person, text: str) -> str | None:
    """Return the id, as text, of the exercise that ``text`` names or is the id of; None where there is none."""
    names = ExerciseNames(person.languages)
    found = int(text) if text.isdecimal() and len(text) < 10 else names.find(text)
    return str(found) if found is not None and names.label(found) is not None else None


# -- keys -------------------------------------------------------------------------------------------
def _keys(user: int, records: Iterable[WorkoutSet]) -> list[tuple[UUID, UUID]]:
    """Return the keys of the session and of the log of each record."""
    counted: Counter[object] = Counter()
    sessions: dict[object, UUID] = {}
    keys = []
    for record in records:
        workout = record.start.replace(tzinfo=None).isoformat(), record.workout
        place = counted[workout, record.exercise]
        counted[workout, record.exercise] += 1
        if workout not in sessions:
            sessions[workout] = row_key(user, "session", *workout)
        keys.append((sessions[workout], row_key(user, "set", *workout, record.exercise, place)))
    return keys


def _comments(keys: Iterable[tuple[UUID, UUID]], records: Iterable[WorkoutSet]) -> dict[UUID, dict[str, None]]:
    """Return what was noted on sets, each once, by session: logs have no room for it."""
    found: dict[UUID, dict[str, None]] = {}
    for (session, _), record in zip(keys, records, strict=True):
        if record.comment:
            found.setdefault(session, {})[f"{record.exercise}: {record.comment}"] = None
    return found


def _sessions(
    user: int,
    wanted: dict[UUID, WorkoutSet],
    comments: dict[UUID, dict[str, None]],
    longest: timedelta,
    made: TrainingPlan,
) -> dict[UUID, UUID]:
    """Return the keys that sessions have here, and plan those that are not there yet."""
    owners = owners_of(WorkoutSession, list(wanted))
    keys: dict[UUID, UUID] = {}
    for key, record in wanted.items():
        if owners.get(key) == user:
            keys[key] = key
            continue
        end = record.end
        if end is not None and not timedelta() <= end.astimezone(UTC) - record.start.astimezone(UTC) <= longest:
            made.remarks.append(
                Remark(record.line, "the workout's end cannot be: it is imported without one", record.file)
            )
            end = None
        keys[key] = key if key not in owners else columns.uuid7()
        notes = "\n".join(text for text in (record.workout, record.notes, *comments.get(key, ())) if text) or None
        made.sessions.append((keys[key], user, None, None, notes, "2", record.start, end))
    return keys


# -- amounts ----------------------------------------------------------------------------------------
class _Units:
    """The ids of units; a database may lack some."""

    def __init__(self) -> None:
        kinds = Selection(RepetitionUnit).rows((RepetitionUnit.unit_type, RepetitionUnit.multiplier, RepetitionUnit.id))
        sizes = {(kind, size): key for kind, size, key in reversed(kinds)}
        loads = {name.lower(): key for name, key in Selection(WeightUnit).rows((WeightUnit.name, WeightUnit.id))}
        self.seconds, self.minutes = sizes.get(("TIME", 1)), sizes.get(("TIME", 60))
        self.distances = {"km": sizes.get(("DISTANCE", 1000)), "mi": sizes.get(("DISTANCE", 1609))}
        self.speeds = {"km": loads.get("kilometers per hour"), "mi": loads.get("miles per hour")}
        self.loads = {"kg": loads.get("kg", KILOGRAMS), "lb": loads.get("lb")}


def _amounts(record: WorkoutSet, units: _Units) -> tuple[int | None, Decimal | None, int | None, Decimal | None] | str:
    """Return unit and amount, unit and load; or why there are none."""
    unit, amount = _amount(record, units)
    weight_unit, weight = units.loads.get(record.weight_unit), record.weight
    if weight is None and record.seconds and record.distance and record.repetitions is None:
        weight_unit = units.speeds[record.distance_unit]
        weight = record.distance * 3600 / record.seconds
    if amount is None and weight is None:
        return "there are neither repetitions nor a time, a distance or a weight"
    if amount is not None and unit is None or weight is not None and weight_unit is None:
        return "this server lacks the unit"
    rounded = [None if one is None else one.quantize(_PLACES, ROUND_HALF_EVEN) for one in (amount, weight)]
    if any(one is not None and one > _MOST for one in rounded):
        return f"a set holds no more than {_MOST}"
    return unit or REPETITIONS, rounded[0], weight_unit or KILOGRAMS, rounded[1]


def _amount(record: WorkoutSet, units: _Units) -> tuple[int | None, Decimal | None]:
    has_load = record.weight is not None
    if record.repetitions is not None:
        return REPETITIONS, record.repetitions
    if record.distance and (has_load or not record.seconds):
        return units.distances[record.distance_unit], record.distance
    if record.seconds is not None:
        is_long = record.seconds > _MOST
        return (units.minutes, record.seconds / 60) if is_long else (units.seconds, record.seconds)
    return None, None
