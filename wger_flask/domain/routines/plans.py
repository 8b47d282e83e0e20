"""What the parts of a plan owe each other: rules that no single field can check.

Who may see a routine is decided here too.  A public template is everybody's to read, and
its owner's alone to change.
"""

from __future__ import annotations

from datetime import timedelta

from wger_flask.api import READ, Access, Call, Clause, Invalid, Selection, delete, equals, logged_in
from wger_flask.domain.core.models import UserProfile

from .models import Config, Day, Routine, Slot, SlotEntry
from .schemas import LARGEST

LONGEST = timedelta(days=120)
_PROFILE = {"weight_rounding": "weight_rounding", "repetition_rounding": "repetitions_rounding"}


# -- who sees what ---------------------------------------------------------------------------
def own_or_public(user) -> list[Clause]:
    """Return the clauses of the routines that ``user`` may look at."""
    return [Clause(_is_own_or_public, (_id(user),))]


def _is_own_or_public(user):
    return (Routine.user == user) | (Routine.is_public == 1)  # compared, so that it finds its index


def own_templates(user) -> list[Clause]:
    """Return the clauses of the templates of ``user``."""
    return [equals(Routine.user, _id(user)), equals(Routine.is_template, True)]


def public_templates(user) -> list[Clause]:
    """Return the clauses of everybody's public templates."""
    return [equals(Routine.is_template, True), equals(Routine.is_public, True)]


def _id(user) -> int:
    return user.id if user is not None else 0


def is_owner(user, row: Routine, method: str) -> bool:
    """Allow the owner of a routine."""
    return row.user_id == user.id


def reads_or_is_owner(user, row: Routine, method: str) -> bool:
    """Allow every user who sees a routine to read it, and its owner everything."""
    return method in (*READ, "HEAD") or is_owner(user, row, method)


readable = Access(read=logged_in, write=logged_in, row=reads_or_is_owner)
personal = Access(read=logged_in, write=logged_in, row=is_owner)


# -- routine, day, slot entry -------------------------------------------------------------------
def complete_routine(call: Call, data: dict, row: Routine | None) -> None:
    """Check the span of a routine; only a template can be public."""
    start, end = (data.get(name) or getattr(row, name) for name in ("start", "end"))
    if start > end:
        raise Invalid({"end": ["The end date cannot be before the start date."]})
    if end - start > LONGEST:
        raise Invalid({"end": [f"A routine cannot span more than {LONGEST.days} days."]})
    if not data.get("is_template", row is not None and row.is_template):
        data["is_public"] = False


def clear_rest_day(call: Call, row: Day, created: bool) -> None:
    """Delete the slots of a day that became a day of rest."""
    if row.is_rest and not created:
        delete(Slot, Selection(Slot, (equals(Slot.day, row.id),)).keys())


def complete_entry(call: Call, data: dict, row: SlotEntry | None) -> None:
    """Give a new entry its place behind the others and the rounding that its owner prefers."""
    if row is not None:
        return
    if "order" not in data:
        last = Selection(SlotEntry, (equals(SlotEntry.slot, data["slot"]),), ("-order",)).rows((SlotEntry.order,), 1)
        data["order"] = min((last[0][0] if last else 0) + 1, LARGEST)
    missing = [name for name in _PROFILE if not data.get(name)]
    if missing:
        wanted = tuple(_PROFILE[name] for name in missing)
        rounding = Selection(UserProfile, (equals(UserProfile.user, call.required_user.id),)).rows(wanted, 1)
        data.update(zip(missing, rounding[0] if rounding else (None,) * len(missing), strict=True))


# -- configs --------------------------------------------------------------------------------------
def complete_config(call: Call, data: dict, row: Config | None) -> None:
    """Keep a rule free of contradictions: the first one replaces, and to replace knows no step."""
    if not data:
        return
    iteration = data.get("iteration", row and row.iteration)
    operation = "r" if iteration == 1 else data.get("operation", row.operation if row else "r")
    data["operation"] = operation
    if operation == "r":
        data["step"] = "na"
