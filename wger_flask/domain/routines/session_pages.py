"""What was trained as a person reads it: sessions with their sets in a line for each exercise, and sums."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from wger_flask.api import Amount, Selection, any_of, bar_chart, current_context, dumper, equals, today
from wger_flask.domain.core.models import weight_unit_of
from wger_flask.domain.exercises.models import Exercise, Muscle
from wger_flask.engine.errors import EngineError
from wger_flask.engine.schedule import schedule
from wger_flask.engine.sequence import sets_in_iteration
from wger_flask.engine.sets import SetData
from wger_flask.engine.units import MASSES, REPETITIONS, MassUnit, kilograms
from wger_flask.engine.wording import Wording

from . import form_fields, models
from .date_sequence import plan_of, wording
from .routine_pages import aims
from .schemas import WorkoutLogSchema
from .sessions import may_go_on


def session_list(shown):
    """Show sessions with what was done in them."""
    found = _logs([row["id"] for row in shown.rows])
    return _sessions(shown, [(row, found[UUID(str(row["id"]))]) for row in shown.rows])


def session_page(shown):
    """Show a session: what is left to do of its day, and its sets, each leading to the form that changes it."""
    (row,) = shown.rows
    start, is_open = datetime.fromisoformat(row["datetime_start"]), goes_on(row)
    now = datetime.now(start.tzinfo).replace(microsecond=0, tzinfo=None).isoformat()
    logs = _logs([row["id"]])[UUID(str(row["id"]))]
    words, wanted, iteration = wording(), [], 0
    own = (equals(models.Routine.id, row["routine"]), equals(models.Routine.user, shown.call.user.id))
    if row["day"] and (routine := Selection(models.Routine, own).first()):
        iteration, wanted = due(plan_of(routine), row["day"], start.date(), words)
    names = shown.names(Exercise, {log["exercise"] for log in logs} | {item.exercise for _, item in wanted})
    sets = [(log, names.get(str(log["exercise"]), "an exercise"), in_words([log], words)) for log in logs]
    done = Counter(log["slot_entry"] for log in logs)
    given = {} if start.date() == today() or is_open else {"date": start.replace(tzinfo=None).isoformat()}
    given |= {"session": row["id"]} | ({"routine": row["routine"]} if row["routine"] else {})
    return shown.render(
        "views/session.html", session=row, sets=sets, wanted=wanted, done=done, names=names, iteration=iteration,
        given=given, now=now if is_open else "", aims=aims, asks=form_fields, types=models.SET_TYPES,
        **_about(shown, [row]),
    )  # fmt: skip


def due(plan, day: int | None, when: date, words: Wording) -> tuple[int, list[tuple[str, SetData]]]:
    """Return the iteration in which ``day`` of ``plan`` is trained on a date, and what is to be done.

    It is that of the last such day up to the date, so that who trains a day late still finds it.
    The exercises are numbered; those of a superset share a number: 1, 2a, 2b, 3.
    """
    days = [found for found in plan.days if found.id == day]
    begun = [item for item in schedule(plan, when) if item.day is not None and item.day.id == day]
    if not days or not begun:
        return 0, []
    iteration = next((item.iteration for item in reversed(begun) if item.date <= when), begun[0].iteration)
    try:
        prescribed = sets_in_iteration(plan, iteration, words)
    except EngineError:  # the page of the routine says so
        return iteration, []
    filled = [slot.entries for slot in days[0].slots if slot.entries]
    return iteration, [
        (f"{number}{chr(97 + place % 26)}" if len(entries) > 1 else f"{number}", prescribed[entry.id])
        for number, entries in enumerate(filled, 1)
        for place, entry in enumerate(entries)
    ]


def logged(shown):
    """Show what the logs endpoint of a routine answers."""
    return _sessions(shown, [(row["session"], row["logs"]) for row in shown.rows][::-1])


def _sessions(shown, pairs: list[tuple[dict, list[dict]]]):
    if not pairs:
        return None
    names, words = shown.names(Exercise, {log["exercise"] for _, logs in pairs for log in logs}), wording()
    cards = [(session, by_exercise(logs, names, words), _volume(logs)) for session, logs in pairs]
    about = _about(shown, [session for session, _ in pairs])
    return shown.render("views/sessions.html", cards=cards, mass=MassUnit(weight_unit_of(shown.call.user)), **about)


def _about(shown, sessions: list[dict]) -> dict:
    """Return the names of the days and routines of sessions."""
    return {
        "days": shown.names(models.Day, {row["day"] for row in sessions if row["day"]}),
        "routines": shown.names(models.Routine, {row["routine"] for row in sessions if row["routine"]}),
        "impressions": models.IMPRESSIONS,
        "when": {row["id"]: (row["datetime_start"][:10], span(row)) for row in sessions},
    }


def span(session: dict) -> str:
    """Say from when to when a session went: ``17:30–18:45``, ``23:30–00:15 the next day``, ``since 17:30``."""
    moments = session["datetime_start"], session["datetime_end"]
    start, end = (moment and datetime.fromisoformat(moment) for moment in moments)
    if end is None:
        return f"since {start:%H:%M}" if goes_on(session) else f"{start:%H:%M}"
    days = (end.date() - start.date()).days
    later = "" if not days else " the next day" if days == 1 else f" on {end:%Y-%m-%d}"
    return f"{start:%H:%M}–{end:%H:%M}{later}"


def goes_on(session: dict) -> bool:
    """Tell whether a session may still be going on."""
    return session["datetime_end"] is None and may_go_on(datetime.fromisoformat(session["datetime_start"]), None)


def _logs(sessions: list) -> dict[UUID, list[dict]]:
    """Return the logs of sessions as JSON, in order of time."""
    keys, dump = [UUID(str(key)) for key in sessions], dumper(WorkoutLogSchema, models.WorkoutLog)
    logs = Selection(models.WorkoutLog, (any_of(models.WorkoutLog.session, keys),), ("date", "id"))
    found: dict[UUID, list[dict]] = defaultdict(list)
    for row in dump.of(logs, current_context()):
        found[UUID(str(row["session"]))].append(row)
    return found


def by_exercise(logs: Iterable[dict], names: Mapping[str, str], words: Wording) -> list[tuple[int, str, str]]:
    """Return the exercises of logs in the order of their first set, each with all of its sets in words."""
    found: dict[int, list[dict]] = defaultdict(list)
    for log in logs:
        found[log["exercise"]].append(log)
    return [(key, names.get(str(key), f"exercise {key}"), in_words(sets, words)) for key, sets in found.items()]


def in_words(logs: Iterable[dict], words: Wording) -> str:
    """Say sets in a line: ``6, 6, 5 × 70 kg; 8 × 60 kg``."""
    groups: list[tuple[str, list[str]]] = []
    for log in logs:
        weight = _amount(log["weight"], words.weight_units.get(log["weight_unit"], ""))
        unit = "" if log["repetitions_unit"] == REPETITIONS else words.repetition_units.get(log["repetitions_unit"], "")
        repetitions = _amount(log["repetitions"], unit)
        if groups and groups[-1][0] == weight:
            groups[-1][1].append(repetitions)
        else:
            groups.append((weight, [repetitions]))
    return "; ".join(" × ".join(filter(None, (", ".join(filter(None, counts)), weight))) for weight, counts in groups)


def _amount(value: str | None, unit: str) -> str:
    return "" if value is None else f"{Decimal(value).normalize():f} {unit}".strip()


def _volume(logs: Iterable[dict]) -> Decimal:
    """Return the volume (kg) of logs, of those with a mass and in repetitions."""
    return sum(
        (kilograms(Decimal(log["weight"]), log["weight_unit"]) * Decimal(log["repetitions"]) for log in logs
         if log["weight"] and log["repetitions"]
         and log["weight_unit"] in MASSES and log["repetitions_unit"] == REPETITIONS),
        Decimal(0),
    )  # fmt: skip


def statistics(shown):
    """Show the sums of a routine: by iteration, by exercise and by muscle."""
    (found,), mass = shown.rows, MassUnit(weight_unit_of(shown.call.user))
    groups = {
        "Iteration": {key: f"Iteration {key}" if key != "None" else "Without one" for key in found["sets"]["iteration"]}
    }
    whole = found["sets"]["mesocycle"]
    groups["Exercise"] = shown.names(Exercise, whole["exercises"])
    groups["Muscle"] = shown.names(Muscle, whole["muscle"])
    tables = [
        ("Iteration", [_line(mass, groups["Iteration"][key], *(
            found[measure]["iteration"].get(key, {}).get("total") for measure in ("sets", "volume", "intensity")
        )) for key in found["sets"]["iteration"]]),
        *(
            (name, sorted((
                _line(mass, groups[name].get(key, key), *(
                    found[measure]["mesocycle"][part].get(key) for measure in ("sets", "volume", "intensity")
                ))
                for key in whole[part]
            ), key=lambda line: -line[2]))
            for name, part in (("Exercise", "exercises"), ("Muscle", "muscle"))
        ),
    ]  # fmt: skip
    volumes = found["volume"]["iteration"].items()
    amounts = [Amount(f"Iteration {key}", float(mass.of(cell["total"]))) for key, cell in volumes if key != "None"]
    chart = bar_chart(shown, amounts, "Volume of each iteration", mass.name) if amounts else None
    return shown.render("views/statistics.html", tables=[table for table in tables if table[1]], chart=chart, mass=mass)


def _line(mass: MassUnit, name: str, sets, volume, intensity) -> tuple[str, float, float, float]:
    return name, float(sets or 0), float(mass.of(volume or 0)), 100 * float(intensity or 0)


def sequence(shown):
    """Show every date of a routine with its sets."""
    keys = {key for row in shown.rows for slot in row["slots"] for key in slot["exercises"]}
    names = shown.names(Exercise, keys)
    return shown.render("views/sequence.html", dates=shown.rows, names=names, routine=shown.call.key)
