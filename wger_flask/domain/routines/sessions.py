"""Which session a log belongs to, and what a session and a log must have.

Clients may say which session they mean.  Where they do not, a log falls into the session of its routine
during which it was done, else into one that was begun before it and never ended, else it begins one.  Several
clients may do that at the same moment, so finding and making one happen one at a time.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from wger_flask.api import (
    Call,
    Case,
    Clause,
    Invalid,
    Selection,
    active_zone,
    advisory_lock,
    columns,
    columns_of,
    encode,
    equals,
    insert,
    services,
    today,
)

from .models import SlotEntry, WorkoutLog, WorkoutSession

_NOTHING = "A log needs repetitions or a weight."
_UNITS = {"repetitions": "repetitions_unit", "weight": "weight_unit"}


def longest() -> timedelta:
    """Return how long a session may be; an open one is looked for as long after its start."""
    return timedelta(hours=services().settings.WGER_MAX_SESSION_LENGTH_HOURS)


def may_go_on(start: datetime, end: datetime | None) -> bool:
    """Tell whether a session from ``start`` to ``end``, None for an open one, may still be going on."""
    return end is None and timedelta() <= columns.now() - start <= longest()


def complete_session(call: Call, data: dict, row: WorkoutSession | None) -> None:
    """Check that a session ends neither before it began nor long after, unless both moments stay as they are."""
    if row is None:
        data.setdefault("datetime_start", columns.now())
    before = (row.datetime_start, row.datetime_end) if row else None
    start: datetime = data["datetime_start"] if row is None else data.get("datetime_start", row.datetime_start)
    end: datetime | None = data.get("datetime_end", row.datetime_end if row else None)
    if end is None or (start, end) == before:
        return
    # Times of one zone compare as the clock shows them; that may skip an hour in between, or show one twice.
    if end.astimezone(UTC) < start.astimezone(UTC):
        raise Invalid({"datetime_end": ["The start time cannot be after the end time."]})
    if end - start > longest():
        hours = services().settings.WGER_MAX_SESSION_LENGTH_HOURS
        raise Invalid({"datetime_end": [f"A session cannot be longer than {hours} hour{'s' if hours > 1 else ''}."]})


def moments_of(call: Call, given: dict, row: WorkoutSession | None) -> dict:
    """Return start and end of a session that is given by ``date``, ``time_start`` and ``time_end``.

    What is not given stays as it was.  An end before the start is on the next day.
    """
    zone = active_zone()
    begun = row and row.datetime_start.astimezone(zone)
    ended = row and row.datetime_end and row.datetime_end.astimezone(zone)
    day = given.get("date") or (begun.date() if begun else today())
    since = given.get("time_start", begun and begun.time()) or time()
    until = given.get("time_end", ended and ended.time())
    try:
        start, end = datetime.combine(day, since, zone), None
        if until is not None:
            end = datetime.combine(day, until, zone)
            if until < since and end.astimezone(UTC) < start.astimezone(UTC):  # it may be in an hour that comes twice
                end = datetime.combine(day + timedelta(days=1), until, zone)
        for moment in filter(None, (start, end)):
            moment.astimezone(UTC)
    except OverflowError:
        raise Invalid({"date": ["Datetime value out of range."]}) from None
    return {"datetime_start": start, "datetime_end": end}


def complete_log(call: Call, data: dict, row: WorkoutLog | None) -> None:
    """Check that a log says what was done, and give it a session."""
    if row is not None and not data:
        return
    _check_amounts(data, row)
    if row is None:
        data.setdefault("date", columns.now())
    if data.get("session", row and row.session_id) is None:
        moment = data.get("date") or (row.date if row is not None else columns.now())
        routine = data.get("routine", row and row.routine_id)
        entry = data.get("slot_entry", row and row.slot_entry_id)
        data["session"] = _session(call.required_user.id, routine, moment, entry)


def complete_its_session(call: Call, row: WorkoutLog, created: bool) -> None:
    """Note on the session of a log which day was trained, once its logs agree on one."""
    session = row.__rel__.get("session")  # there where it was looked for
    if created and row.slot_entry_id is None or session is not None and session.day_id is not None:
        return
    if row.session_id is None:
        return
    logs = Selection(WorkoutLog, (_of_undecided(row.session_id), _with_entry))
    trained = set(logs.rows(("session.routine", "slot_entry.slot.day", "slot_entry.slot.day.routine")))
    if len(trained) == 1:
        routine, day, day_routine = trained.pop()
        if routine == day_routine:
            WorkoutSession.update(day=day).where(WorkoutSession.id == row.session_id).execute()


def _check_amounts(data: dict, row: WorkoutLog | None) -> None:
    final = {
        name: data.get(name, row.__data__[name] if row else columns_of(WorkoutLog)[name].default)
        for pair in _UNITS.items()
        for name in pair
    }
    if all(final[name] is None for name in _UNITS):
        raise Invalid({name: [_NOTHING] for name in _UNITS})
    for name, unit in _UNITS.items():
        if final[name] is not None and final[unit] is None:
            raise Invalid({unit: [f"A log with {name} needs a unit for them."]})


def _session(user: int, routine: int | None, moment: datetime, entry: int | None) -> WorkoutSession:
    session = _fetch(user, routine, moment)
    if session is None:
        advisory_lock(f"session of user {user}")
        session = _fetch(user, routine, moment)
    if session is not None:
        return session
    return insert(WorkoutSession(user=user, routine=routine, datetime_start=moment, day=_day(entry, routine)))


def _fetch(user: int, routine: int | None, moment: datetime) -> WorkoutSession | None:
    """Return the session of a routine (or of none) that a moment belongs to.

    Of those that were going on it is the one that began first, else of the open ones the one that began last.
    """
    model, start = WorkoutSession, WorkoutSession.datetime_start
    of_routine = Clause(_is_of_none) if routine is None else equals(model.routine, routine)
    earliest = moment - min(longest(), moment - datetime.min.replace(tzinfo=UTC))
    begun = encode(start, moment)
    when = Clause(_goes_on, (begun, begun, encode(start, earliest)))
    first = Selection(model, (equals(model.user, user), of_routine, when), _THE_FIRST).first()
    return first if isinstance(first, WorkoutSession) else None


def _is_of_none():
    # A sum has no index: everybody has sessions without a routine, and only the user's own are to be looked through.
    return (WorkoutSession.routine + 0).is_null()


def _goes_on(moment, again, earliest):
    start, end = WorkoutSession.datetime_start, WorkoutSession.datetime_end
    return (start <= moment) & ((end >= again) | (end.is_null() & (start >= earliest)))


def _is_open():
    return WorkoutSession.datetime_end.is_null()


def _start_of_ended():
    model = WorkoutSession
    return Case(None, ((model.datetime_end.is_null(), None),), model.datetime_start)


_THE_FIRST = (Clause(_is_open), Clause(_start_of_ended), "-datetime_start", "id")


def _day(entry: int | None, routine: int | None) -> int | None:
    """Return the day of an entry if it is one of ``routine``."""
    if entry is None or routine is None:
        return None
    places = Selection(SlotEntry, (equals(SlotEntry.id, entry),)).rows(("slot.day", "slot.day.routine"))
    [(day, its_routine)] = places
    return day if its_routine == routine else None


def _of_undecided(session: UUID) -> Clause:
    return Clause(_is_of_undecided, (encode(WorkoutSession.id, session),))


def _is_of_undecided(session):
    model = WorkoutSession
    return WorkoutLog.session.in_(model.select(model.id).where((model.id == session) & model.day.is_null()))


def _has_entry():
    return WorkoutLog.slot_entry.is_null(False)


_with_entry = Clause(_has_entry)
