"""A routine as a person reads it: its days in one iteration, and the calendar that they fall on.

The rows say what there is and which keys it has, the engine says what that comes to in an
iteration.  Nothing here asks the database: what is shown costs as many queries for a
long routine as for a short one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from wger_flask.api import title_of
from wger_flask.engine.schedule import ScheduledDay
from wger_flask.engine.sets import SetData
from wger_flask.engine.wording import Wording

from . import models
from .date_sequence import FIELDS

_WEEK = 7
# The quantities that have rules, and which unit they are in.
_QUANTITIES = {
    models.SetsConfig: "sets", models.MaxSetsConfig: "sets", models.RepetitionsConfig: "repetitions",
    models.MaxRepetitionsConfig: "repetitions", models.WeightConfig: "weight", models.MaxWeightConfig: "weight",
    models.RiRConfig: "RiR", models.MaxRiRConfig: "RiR", models.RestConfig: "s", models.MaxRestConfig: "s",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Progressing:
    """A quantity of an entry: the resource of its rules, the rules in words by key, where the next one may begin."""

    resource: str
    label: str
    rules: tuple[tuple[int, str], ...]
    following: int


@dataclass(frozen=True, slots=True)
class Cell:
    """A date of the calendar; ``letter`` is its day's, empty while a week is filled up."""

    date: date
    letter: str = ""
    name: str = ""
    day: int | None = None
    iteration: int = 0
    label: str = ""
    is_rest: bool = False
    session: str = ""


def iteration_asked_for(text: str | None, scheduled: list[ScheduledDay], today: date) -> tuple[int, int]:
    """Return which iteration to show, and the last one that there is.

    Unless ``text`` names one it is the one of ``today``, before the routine its first, after it its last.
    """
    last = max((item.iteration for item in scheduled), default=1)
    begun = [item.iteration for item in scheduled if item.date <= today and item.day is not None]
    try:
        return min(max(int(text or ""), 1), last), last
    except ValueError:
        return begun[-1] if begun else 1, last


def letters(days: Iterable[dict]) -> dict[int, str]:
    """Return a letter for each day: A, B and so on, behind Z with a number."""
    return {day["id"]: chr(65 + i % 26) + (str(i // 26) if i >= 26 else "") for i, day in enumerate(days)}


def dates_of(scheduled: Iterable[ScheduledDay], iteration: int) -> dict[int, list[date]]:
    """Return the dates of each day in an iteration."""
    dates: dict[int, list[date]] = {}
    for item in scheduled:
        if item.day is not None and item.iteration == iteration:
            dates.setdefault(item.day.id, []).append(item.date)
    return dates


def spans(scheduled: Iterable[ScheduledDay]) -> dict[int, tuple[date, date]]:
    """Return the first and the last date of each iteration."""
    ends: dict[int, tuple[date, date]] = {}
    for item in scheduled:
        ends[item.iteration] = (ends.get(item.iteration, (item.date,))[0], item.date)
    return ends


def calendar(
    scheduled: list[ScheduledDay], letter: Mapping[int, str], sessions: Mapping[date, str]
) -> list[list[Cell | None]]:
    """Return the dates of a routine in weeks from Monday to Sunday; None stands for dates before and after it.

    ``sessions`` are the keys of those that there were, by date.
    """
    weeks: list[list[Cell | None]] = []
    for item in scheduled:
        if not weeks or item.date.weekday() == 0:
            weeks.append([None] * _WEEK)
        label, session = item.label or "", sessions.get(item.date, "")
        cell = Cell(item.date, label=label, session=session)
        if (day := item.day) is not None:
            of_day = letter.get(day.id, "")
            cell = Cell(item.date, of_day, day.name, day.id, item.iteration, label, day.is_rest, session)
        weeks[-1][item.date.weekday()] = cell
    return weeks


def progressions(entry: dict, words: Wording) -> list[Progressing]:
    """Return every quantity of an entry with its rules in words."""
    units = {
        "weight": words.weight_units.get(entry["weight_unit"], ""),
        "s": "s",
        "RiR": "RiR",
        "sets": "sets",
        "repetitions": words.repetition_units.get(entry["repetition_unit"], "").lower(),
    }
    rows = []
    for model, unit in _QUANTITIES.items():
        title, rules = title_of(model), entry["rules"].get(FIELDS[model], ())
        name = title.removesuffix(" config")
        rows.append(
            Progressing(
                title.lower().replace(" ", "-"),
                name[:1].upper() + name[1:],
                tuple((rule["id"], rule_in_words(rule, units[unit])) for rule in rules),
                max((rule["iteration"] for rule in rules), default=0) + 1,
            )
        )
    return rows


def rule_in_words(rule: dict, unit: str) -> str:
    """Say what a rule does: ``+2.5 kg in every iteration from 2 on, once weight was reached``."""
    value = f"{Decimal(str(rule['value'])).normalize():f}"
    since = rule["iteration"]
    if rule["operation"] == "r":
        words = f"{value} {unit}"
        when = "" if since <= 1 else f"from iteration {since} on"
    else:
        sign = "+" if rule["operation"] == "+" else "−"
        words = f"{sign}{value} {unit if rule['step'] == 'abs' else '%'}"
        when = f"in every iteration from {since} on" if rule["repeat"] else f"from iteration {since} on"
    needed = (rule["requirements"] or {}).get("rules") if isinstance(rule["requirements"], dict) else None
    if needed:
        names = _listed([str(name).replace("rir", "RiR") for name in needed])
        when += f", once {names} {'was' if len(needed) == 1 else 'were'} reached"
    return f"{words.strip()} {when}".strip().replace(" ,", ",")


def aims(prescribed: SetData | None) -> dict[str, object]:
    """Return what the log of a set begins with: what it aims at, as if just that had been done."""
    if prescribed is None:
        return {}
    numbers = {
        "repetitions": prescribed.repetitions, "repetitions_target": prescribed.repetitions,
        "repetitions_unit": prescribed.repetitions_unit,
        "weight": prescribed.weight, "weight_target": prescribed.weight, "weight_unit": prescribed.weight_unit,
        "rir_target": prescribed.rir, "rest_target": prescribed.rest,
    }  # fmt: skip
    return {name: value for name, value in numbers.items() if value is not None}


def behind(rows: Iterable[dict]) -> int:
    """Return the order of what comes behind ``rows``."""
    return max((row["order"] for row in rows), default=0) + 1


def weeks_between(first: date, last: date) -> list[date]:
    """Return the Mondays of the weeks from that of ``first`` to that of ``last``."""
    monday = first - timedelta(days=first.weekday())
    return [monday + timedelta(days=days) for days in range(0, (last - monday).days + 1, _WEEK)]


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
