"""Which session a log belongs to, and what a session and a log must have.

Clients may say which session they mean.  Where they do not, a log falls into the session of
its routine on its day, in the server's time zone; the first such log makes it.  Several
clients may do that at the same moment, so finding and making one happen one at a time.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from wger_flask.api import Call, Clause, Invalid, Selection, advisory_lock, columns, equals, server_zone, today

from .models import SlotEntry, WorkoutLog, WorkoutSession

_NOTHING = "A log needs repetitions or a weight."
_UNITS = {"repetitions": "repetitions_unit", "weight": "weight_unit"}


def complete_session(call: Call, data: dict, row: WorkoutSession | None) -> None:
    """Refuse a second session of a routine on one date."""
    routine = data.get("routine", row and row.routine_id)
    if routine is None:
        return
    when = data.get("date") or (row.date if row else today())
    found = _oldest(call.user.id, routine, when)
    if found is not None and (row is None or found.id != row.id):
        raise Invalid({"date": [WorkoutSession._meta.clashes["date", "user", "routine"]]})


def complete_log(call: Call, data: dict, row: WorkoutLog | None) -> None:
    """Check that a log says what was done, and give it a session."""
    if row is not None and not data:
        return
    _check_amounts(data, row)
    if row is None:
        data.setdefault("date", columns.now())
    if data.get("session", row and row.session_id) is None:
        moment = data.get("date") or row.date
        routine = data.get("routine", row and row.routine_id)
        entry = data.get("slot_entry", row and row.slot_entry_id)
        data["session"] = _session(call.user.id, routine, moment.astimezone(server_zone()).date(), entry)


def complete_its_session(call: Call, row: WorkoutLog, created: bool) -> None:
    """Note on the session of a log which day was trained, once its logs agree on one."""
    session = row.__rel__.get("session")  # there where it was looked for
    if row.slot_entry_id is None or session is not None and session.day_id is not None:
        return
    logs = Selection(WorkoutLog, (_of_undecided(row.session_id), _with_entry))
    found = set(logs.rows(("session.routine", "slot_entry.slot.day", "slot_entry.slot.day.routine")))
    if len(found) == 1:
        routine, day, day_routine = found.pop()
        if routine == day_routine:
            WorkoutSession.update(day=day).where(WorkoutSession.id == row.session_id).execute()


def _check_amounts(data: dict, row: WorkoutLog | None) -> None:
    final = {
        name: data.get(name, row.__data__[name] if row else WorkoutLog._meta.fields[name].default)
        for pair in _UNITS.items()
        for name in pair
    }
    if all(final[name] is None for name in _UNITS):
        raise Invalid({name: [_NOTHING] for name in _UNITS})
    for name, unit in _UNITS.items():
        if final[name] is not None and final[unit] is None:
            raise Invalid({unit: [f"A log with {name} needs a unit for them."]})


def _session(user: int, routine: int | None, when: date, entry: int | None) -> WorkoutSession:
    found = _oldest(user, routine, when)
    if found is None:
        advisory_lock(f"session of user {user}")
        found = _oldest(user, routine, when)
    if found is not None:
        return found
    return WorkoutSession.create(user=user, routine=routine, date=when, day=_day(entry, routine))


def _oldest(user: int, routine: int | None, when: date) -> WorkoutSession | None:
    """Return the session of a routine (or of none) on a date, the oldest where there are several."""
    model = WorkoutSession
    clauses = (equals(model.user, user), equals(model.routine, routine), equals(model.date, when))
    return Selection(model, clauses, ("id",)).first()


def _day(entry: int | None, routine: int | None) -> int | None:
    """Return the day of an entry if it is one of ``routine``."""
    if entry is None or routine is None:
        return None
    found = Selection(SlotEntry, (equals(SlotEntry.id, entry),)).rows(("slot.day", "slot.day.routine"))
    [(day, its_routine)] = found
    return day if its_routine == routine else None


def _of_undecided(session: UUID) -> Clause:
    return Clause(_is_of_undecided, (WorkoutSession.id.db_value(session),))


def _is_of_undecided(session):
    model = WorkoutSession
    return WorkoutLog.session.in_(model.select(model.id).where((model.id == session) & model.day.is_null()))


def _has_entry():
    return WorkoutLog.slot_entry.is_null(False)


_with_entry = Clause(_has_entry)
