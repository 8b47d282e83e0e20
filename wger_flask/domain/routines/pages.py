"""What the explorer shows of training besides tables: a routine as a person reads it, and names.

A user who sees a routine sees its days and its calendar.  What was trained is shown to its owner,
and so are the links to the forms that change it: each leads back to where it stood.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from wger_flask.api import (
    Amount,
    Clause,
    Selection,
    View,
    active_zone,
    any_of,
    bar_chart,
    equals,
    key_of,
    line_chart,
    loaded_names,
    ordering_of,
    today,
)
from wger_flask.domain.core.models import weight_unit_of
from wger_flask.domain.exercises.models import Exercise
from wger_flask.engine.errors import EngineError
from wger_flask.engine.schedule import schedule
from wger_flask.engine.sequence import sets_in_iteration
from wger_flask.engine.statistics import estimated_maxima, routine_statistics
from wger_flask.engine.units import MassUnit

from . import form_fields, models, routine_pages, session_pages
from .date_sequence import plan_of, rows_of, tree_of, wording
from .history import performed_sets
from .sessions import may_go_on

MOST_CHARTS = 8


def _routines(shown):
    """Show routines by name, with when they are trained."""
    if not shown.rows:
        return None
    rows = list(zip(shown.rows, shown.values("start", "end"), strict=True))
    return shown.render("routines/routines.html", rows=rows, today=today())


def _routine(shown):
    """Show a routine: its days in an iteration, its calendar, and how the training went."""
    row = shown.call.row()
    rows = rows_of(row)
    days, plan, words, now = tree_of(rows), plan_of(row, rows), wording(), today()
    scheduled = schedule(plan, now)
    iteration, last = routine_pages.iteration_asked_for(shown.call.args.get("iteration"), scheduled, now)
    try:
        prescribed, refused = sets_in_iteration(plan, iteration, words), ""
    except EngineError as wrong:
        prescribed, refused = {}, str(wrong)
    own = shown.call.user is not None and row.user_id == shown.call.user.id
    performed = performed_sets(row.id) if own else []
    entries = [entry for day in days for slot in day["slots"] for entry in slot["entries"]]
    names = shown.names(Exercise, {entry["exercise"] for entry in entries} | {item.exercise for item in performed})
    mass = MassUnit(weight_unit_of(shown.call.user))
    letter, (sessions, present) = routine_pages.letters(days), _sessions(row.id, now) if own else ({}, None)
    return shown.render(
        "routines/routine.html", days=days, row=row, own=own, today=now, names=names, letter=letter,
        iteration=iteration, last=last, prescribed=prescribed, refused=refused,
        dates=routine_pages.dates_of(scheduled, iteration), spans=routine_pages.spans(scheduled),
        present=routine_pages.iteration_asked_for(None, scheduled, now)[0],
        weeks=routine_pages.calendar(scheduled, letter, {when: key for when, (key, _) in sessions.items()}),
        session=present,
        rules={entry["id"]: routine_pages.progressions(entry, words) for entry in entries} if own else {},
        aims=routine_pages.aims, behind=routine_pages.behind, types=models.SET_TYPES, day_types=models.DAY_TYPES,
        asks=form_fields, mass=mass,
        volume=_volume(shown, performed, mass), maxima=_maxima(shown, performed, names, mass),
    )  # fmt: skip


_Trained = tuple[str, int | None]  # the key of a session, and the day that was trained


def _sessions(routine: int, now: date) -> tuple[dict[date, _Trained], _Trained | None]:
    """Return the last session of each date on which there was one, and that of today or that still goes on."""
    model, zone = models.WorkoutSession, active_zone()
    rows = list(Selection(model, (equals(model.routine, routine),), ordering_of(model)).instances())
    by_day = {row.datetime_start.astimezone(zone).date(): (str(row.id), row.day_id) for row in rows}
    going_on = [(str(row.id), row.day_id) for row in rows if may_go_on(row.datetime_start, row.datetime_end)]
    return by_day, by_day.get(now) or (going_on[-1] if going_on else None)


def _volume(shown, performed, mass: MassUnit):
    """Draw the volume of each week."""
    if not performed:
        return None
    weeks = dict.fromkeys(routine_pages.weeks_between(performed[0].date, performed[-1].date), 0.0)
    for day, cell in routine_statistics(performed, {}).volume.daily.items():
        weeks[day - timedelta(days=day.weekday())] += float(mass.of(cell.total))
    amounts = [Amount(f"{monday.day} {monday:%b}", volume) for monday, volume in weeks.items()]
    return bar_chart(shown, amounts, "Volume of each week", mass.name)


def _maxima(shown, performed, names: dict[str, str], mass: MassUnit) -> list[dict]:
    """Return the estimated maxima of each exercise, those that were trained most often first, some drawn."""
    items: list[dict[str, Any]] = []
    for exercise, kilograms in estimated_maxima(performed).items():
        best = {day: round(mass.of(value), 2) for day, value in kilograms.items()}
        dates = sorted(best)
        points = [(datetime(day.year, day.month, day.day), float(best[day])) for day in dates]
        items.append({
            "exercise": exercise, "name": names.get(str(exercise), f"exercise {exercise}"), "points": points,
            "first": best[dates[0]], "latest": best[dates[-1]], "most": max(best.values()), "since": dates[0],
            "until": dates[-1],
        })  # fmt: skip
    items.sort(key=lambda item: (-len(item["points"]), item["name"]))
    for item in items[:MOST_CHARTS]:
        item["chart"] = line_chart(shown, item["points"], f"{item['name']} ({mass.name})", 540, 230)
    return items


# -- names ----------------------------------------------------------------------------------------
def day_names(keys: list[int]) -> dict[int, str]:
    """Return what days are called."""
    rows = _of_keys(models.Day, keys).rows(("id", "name", "order"))
    return {key: name or f"Day {order}" for key, name, order in rows}


def slot_names(keys: list[int]) -> dict[int, str]:
    """Return what slots are called: their day, their place, and what is done there."""
    rows = _of_keys(models.Slot, keys).rows(("id", "day.name", "day.order", "order"))
    entries = _entries((any_of(models.SlotEntry.slot, keys),))
    exercises = defaultdict(list)
    for slot, exercise in entries.values():
        exercises[slot].append(exercise)
    return {
        key: f"{day or f'Day {day_order}'}, {order}" + (f": {' + '.join(exercises[key])}" if exercises[key] else "")
        for key, day, day_order, order in rows
    }


def entry_names(keys: list[int]) -> dict[int, str]:
    """Return what entries are called: their exercise."""
    return {key: exercise for key, (_, exercise) in _entries((any_of(models.SlotEntry.id, keys),)).items()}


def _config_names(model, keys: list[int]) -> dict[int, str]:
    rows = _of_keys(model, keys).rows(("id", "slot_entry", "iteration"))
    exercises = loaded_names(models.SlotEntry, [entry for _, entry, _ in rows])
    return {key: f"{exercises[entry]}, iteration {iteration}" for key, entry, iteration in rows}


def _of_keys(model, keys: list) -> Selection:
    return Selection(model, (any_of(key_of(model), keys),), ("id",))


def _entries(clauses: tuple[Clause, ...]) -> dict[int, tuple[int, str]]:
    """Return the slot of each entry and the name of its exercise."""
    rows = Selection(models.SlotEntry, clauses, ("order", "id")).rows(("id", "slot", "exercise"))
    named = loaded_names(Exercise, {exercise for _, _, exercise in rows})
    return {key: (slot, named.get(exercise, f"exercise {exercise}")) for key, slot, exercise in rows}


def register(registry) -> None:
    """Register the views and the names."""
    registry.add_view("routine", View(rows=_routines, row=_routine, instead=True, lands=True))
    registry.add_view("sequence", View(rows=session_pages.sequence))
    registry.add_view(
        "sessions", View(rows=session_pages.session_list, row=session_pages.session_page, instead=True, lands=True)
    )
    registry.add_view("logged", View(rows=session_pages.logged))
    registry.add_view("statistics", View(row=session_pages.statistics))
    registry.add_navigation("Routines", "/api/v2/routine/")
    registry.add_navigation("Workouts", "/api/v2/workoutsession/")
    registry.add_names(models.Day, day_names)
    registry.add_names(models.Slot, slot_names)
    registry.add_names(models.SlotEntry, entry_names)
    for model in models.CONFIGS:
        registry.add_names(model, partial(_config_names, model))
