"""What was trained as a person reads it: sessions with their sets in a line for each exercise, and sums."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from wger_flask.api import Amount, Selection, active_zone, any_of, bar_chart, equals, ordering_of, today
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
from .sessions import may_go_on

_SESSION = ("id", "datetime_start", "datetime_end", "day", "routine", "notes", "impression")


@dataclass(frozen=True, slots=True)
class Session:
    """A session: its moments are in the zone in force, ``day`` and ``routine`` are keys."""

    id: UUID
    start: datetime
    end: datetime | None
    day: int | None
    routine: int | None
    notes: str | None
    impression: str

    @property
    def goes_on(self) -> bool:
        """Whether it may still be going on."""
        return may_go_on(self.start, self.end)

    @property
    def span(self) -> str:
        """From when to when it went: ``17:30–18:45``, ``23:30–00:15 the next day``, ``since 17:30``."""
        start, end = self.start, self.end
        if end is None:
            return f"since {start:%H:%M}" if self.goes_on else f"{start:%H:%M}"
        days = (end.date() - start.date()).days
        later = "" if not days else " the next day" if days == 1 else f" on {end:%Y-%m-%d}"
        return f"{start:%H:%M}–{end:%H:%M}{later}"


def _sessions_of(rows: Iterable[tuple]) -> list[Session]:
    """Return the sessions with the values of :data:`_SESSION`."""
    zone = active_zone()
    return [
        Session(key, start.astimezone(zone), end and end.astimezone(zone), *rest) for key, start, end, *rest in rows
    ]


def session_list(shown):
    """Show sessions with what was done in them."""
    return _cards(shown, _sessions_of(shown.values(*_SESSION)))


def session_page(shown):
    """Show a session: what is left to do of its day, and its sets, each leading to the form that changes it."""
    (session,) = _sessions_of(shown.values(*_SESSION))
    start, is_open = session.start, session.goes_on
    now = datetime.now(start.tzinfo).replace(microsecond=0).isoformat()
    logs = _logs([session])[session.id]
    words, wanted, iteration = wording(), [], 0
    own = (equals(models.Routine.id, session.routine), equals(models.Routine.user, shown.call.user.id))
    if session.day and (routine := Selection(models.Routine, own).first()):
        iteration, wanted = due(plan_of(routine), session.day, start.date(), words)
    names = shown.names(Exercise, {log.exercise_id for log in logs} | {item.exercise for _, item in wanted})
    sets = [(log, names.get(str(log.exercise_id), "an exercise"), in_words([log], words)) for log in logs]
    done = Counter(log.slot_entry_id for log in logs)
    given = {} if start.date() == today() or is_open else {"date": start.isoformat()}
    given |= {"session": str(session.id)} | ({"routine": session.routine} if session.routine else {})
    return shown.render(
        "routines/session.html", session=session, sets=sets, wanted=wanted, done=done, names=names, iteration=iteration,
        given=given, now=now if is_open else "", aims=aims, asks=form_fields, types=models.SET_TYPES,
        **_about(shown, [session]),
    )  # fmt: skip


def due(plan, day: int | None, when: date, words: Wording) -> tuple[int, list[tuple[str, SetData]]]:
    """Return the iteration in which ``day`` of ``plan`` is trained on a date, and what is to be done.

    It is that of the last such day up to the date, so that who trains a day late still finds it.
    The exercises are numbered; those of a superset share a number: 1, 2a, 2b, 3.
    """
    days = [candidate for candidate in plan.days if candidate.id == day]
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
    """Show the sessions of a routine with what was done in them, the latest first."""
    model = models.WorkoutSession
    rows = Selection(model, (equals(model.routine, shown.call.row().id),), ordering_of(model)).rows(_SESSION)
    return _cards(shown, _sessions_of(reversed(rows)))


def _cards(shown, sessions: list[Session]):
    if not sessions:
        return None
    by_session, words = _logs(sessions), wording()
    names = shown.names(Exercise, {log.exercise_id for logs in by_session.values() for log in logs})
    cards = [
        (session, by_exercise(by_session[session.id], names, words), _volume(by_session[session.id]))
        for session in sessions
    ]
    mass = MassUnit(weight_unit_of(shown.call.user))
    return shown.render("routines/sessions.html", cards=cards, mass=mass, **_about(shown, sessions))


def _about(shown, sessions: list[Session]) -> dict:
    """Return the names of the days and routines of sessions."""
    return {
        "days": shown.names(models.Day, {session.day for session in sessions if session.day}),
        "routines": shown.names(models.Routine, {session.routine for session in sessions if session.routine}),
        "impressions": models.IMPRESSIONS,
    }


def _logs(sessions: Iterable[Session]) -> dict[UUID, list[models.WorkoutLog]]:
    """Return the logs of sessions, in order of time."""
    which = (any_of(models.WorkoutLog.session, [session.id for session in sessions]),)
    by_session: dict[UUID, list[models.WorkoutLog]] = defaultdict(list)
    for log in Selection(models.WorkoutLog, which, ("date", "id")).instances():
        by_session[log.session_id].append(log)
    return by_session


def by_exercise(
    logs: Iterable[models.WorkoutLog], names: Mapping[str, str], words: Wording
) -> list[tuple[int, str, str]]:
    """Return the exercises of logs in the order of their first set, each with all of its sets in words."""
    logs_of: dict[int, list[models.WorkoutLog]] = defaultdict(list)
    for log in logs:
        logs_of[log.exercise_id].append(log)
    return [(key, names.get(str(key), f"exercise {key}"), in_words(sets, words)) for key, sets in logs_of.items()]


def in_words(logs: Iterable[models.WorkoutLog], words: Wording) -> str:
    """Say sets in a line: ``6, 6, 5 × 70 kg; 8 × 60 kg``."""
    groups: list[tuple[str, list[str]]] = []
    for log in logs:
        weight = _amount(log.weight, words.weight_units.get(log.weight_unit_id or 0, ""))
        unit = words.repetition_units.get(log.repetitions_unit_id or 0, "")
        repetitions = _amount(log.repetitions, "" if log.repetitions_unit_id == REPETITIONS else unit)
        if groups and groups[-1][0] == weight:
            groups[-1][1].append(repetitions)
        else:
            groups.append((weight, [repetitions]))
    return "; ".join(" × ".join(filter(None, (", ".join(filter(None, counts)), weight))) for weight, counts in groups)


def _amount(value: Decimal | None, unit: str) -> str:
    return "" if value is None else f"{value.normalize():f} {unit}".strip()


def _volume(logs: Iterable[models.WorkoutLog]) -> Decimal:
    """Return the volume (kg) of logs, of those with a mass and in repetitions."""
    volume = Decimal(0)
    for log in logs:
        counts = log.weight_unit_id in MASSES and log.repetitions_unit_id == REPETITIONS
        if counts and log.weight and log.repetitions:
            volume += kilograms(log.weight, log.weight_unit_id) * log.repetitions
    return volume


def statistics(shown):
    """Show the sums of a routine: by iteration, by exercise and by muscle."""
    (figures,), mass = shown.rows, MassUnit(weight_unit_of(shown.call.user))
    groups = {
        "Iteration": {
            key: f"Iteration {key}" if key != "None" else "Without one" for key in figures["sets"]["iteration"]
        }
    }
    whole = figures["sets"]["mesocycle"]
    groups["Exercise"] = shown.names(Exercise, whole["exercises"])
    groups["Muscle"] = shown.names(Muscle, whole["muscle"])
    tables = [
        ("Iteration", [_line(mass, groups["Iteration"][key], *(
            figures[measure]["iteration"].get(key, {}).get("total") for measure in ("sets", "volume", "intensity")
        )) for key in figures["sets"]["iteration"]]),
        *(
            (name, sorted((
                _line(mass, groups[name].get(key, key), *(
                    figures[measure]["mesocycle"][part].get(key) for measure in ("sets", "volume", "intensity")
                ))
                for key in whole[part]
            ), key=lambda line: -line[2]))
            for name, part in (("Exercise", "exercises"), ("Muscle", "muscle"))
        ),
    ]  # fmt: skip
    volumes = figures["volume"]["iteration"].items()
    amounts = [Amount(f"Iteration {key}", float(mass.of(cell["total"]))) for key, cell in volumes if key != "None"]
    chart = bar_chart(shown, amounts, "Volume of each iteration", mass.name) if amounts else None
    return shown.render(
        "routines/statistics.html", tables=[table for table in tables if table[1]], chart=chart, mass=mass
    )


def _line(mass: MassUnit, name: str, sets, volume, intensity) -> tuple[str, float, float, float]:
    return name, float(sets or 0), float(mass.of(volume or 0)), 100 * float(intensity or 0)


def sequence(shown):
    """Show every date of a routine with its sets."""
    keys = {key for row in shown.rows for slot in row["slots"] for key in slot["exercises"]}
    names = shown.names(Exercise, keys)
    return shown.render("routines/sequence.html", dates=shown.rows, names=names, routine=shown.call.key)
