"""What was done in a routine: its sessions with their logs, and the statistics of those."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import starmap
from operator import itemgetter

from marshmallow import fields as plain

from wger_flask.api import (
    Action,
    Call,
    Children,
    Invalid,
    Schema,
    Selection,
    active_zone,
    along,
    any_of,
    dumper,
    equals,
    ordering_of,
)
from wger_flask.domain.exercises.models import muscles
from wger_flask.engine.errors import EngineError
from wger_flask.engine.statistics import Performed, PerformedSet, routine_statistics

from .models import WorkoutLog, WorkoutSession
from .plans import personal
from .schemas import WorkoutLogSchema, WorkoutSessionSchema

_SET = ("session.datetime_start", "iteration", "exercise", "weight", "repetitions", "weight_unit", "repetitions_unit")


class _SessionWithLogsSchema(WorkoutSessionSchema):
    logs = Children(WorkoutLogSchema, WorkoutLog.session, ordering_of(WorkoutLog))


def show_logs(call: Call) -> list[dict]:
    """List the sessions of a routine, each with its logs."""
    dump = dumper(_SessionWithLogsSchema, WorkoutSession)
    sessions = Selection(WorkoutSession, (equals(WorkoutSession.routine, call.row().id),), ordering_of(WorkoutSession))
    return [{"session": session, "logs": session.pop("logs")} for session in dump.of(sessions, call.context)]


def show_statistics(call: Call) -> dict:
    """Sum up volume, sets and intensity of a routine."""
    rows = _rows(call.row().id)
    muscles = primary_muscles(set(map(itemgetter(_SET.index("exercise")), rows)))
    try:
        return routine_statistics(_dated(rows), muscles).as_json()
    except EngineError as wrong:
        raise Invalid({wrong.field: [str(wrong)]}) from None


def performed_sets(routine: int) -> list[PerformedSet]:
    """Return the sets that were logged in the sessions of a routine."""
    return list(starmap(PerformedSet, _dated(_rows(routine))))


def _rows(routine: int) -> list[tuple]:
    """Return the columns :data:`_SET` of the logs in the sessions of a routine."""
    clause = along(WorkoutLog, ("session", "routine"), routine)
    order = ("session.datetime_start", *ordering_of(WorkoutLog))
    return Selection(WorkoutLog, (clause,), order).rows(_SET)


def _dated(rows: list[tuple]) -> Iterator[Performed]:
    """Yield performed sets: the rows, with the dates on which their sessions began."""
    zone = active_zone()
    days = {moment: moment.astimezone(zone).date() for moment in set(map(itemgetter(0), rows))}
    for moment, iteration, exercise, weight, repetitions, weight_unit, repetitions_unit in rows:
        yield days[moment], iteration, exercise, weight, repetitions, weight_unit, repetitions_unit


def primary_muscles(exercises: set[int]) -> dict[int, list[int]]:
    """Return the primary muscles of exercises."""
    by_exercise = defaultdict(list)
    source, target = muscles.source, muscles.target
    rows = Selection(muscles.through, (any_of(source, sorted(exercises)),), (target.name,))
    for exercise, muscle in rows.rows((source.name, target.name)):
        by_exercise[exercise].append(muscle)
    return by_exercise


# -- the shapes, for the documentation: clients are generated with these names -------------------
class LogDisplaySchema(Schema):
    """A session and its logs."""

    session = plain.Nested(WorkoutSessionSchema)
    logs = plain.List(plain.Nested(WorkoutLogSchema))


class LogDataSchema(Schema):
    """A measure: by exercise, by primary muscle, and in total."""

    exercises = plain.Dict(keys=plain.String(), values=plain.Float())
    muscle = plain.Dict(keys=plain.String(), values=plain.Float())
    upper_body = plain.String()
    lower_body = plain.String()
    total = plain.String()


class GroupedLogDataSchema(Schema):
    """A measure by iteration ("None" for logs without one), ISO week and day, and as a whole."""

    iteration = plain.Dict(keys=plain.String(), values=plain.Nested(LogDataSchema))
    weekly = plain.Dict(keys=plain.String(), values=plain.Nested(LogDataSchema))
    daily = plain.Dict(keys=plain.String(), values=plain.Nested(LogDataSchema))
    mesocycle = plain.Nested(LogDataSchema)


class LogStatsDataSchema(Schema):
    """Intensity (share of the 1RM), number of sets, and volume (kg × repetitions)."""

    intensity = plain.Nested(GroupedLogDataSchema)
    sets = plain.Nested(GroupedLogDataSchema)
    volume = plain.Nested(GroupedLogDataSchema)


ACTIONS = (
    Action(
        "logs", show_logs, schema=LogDisplaySchema, many=True, access=personal, label="What was trained", view="logged",
        cache="private",
        about="The sessions of the routine with their logs.",
    ),
    Action(
        "stats", show_statistics, schema=LogStatsDataSchema, access=personal, label="Statistics", view="statistics",
        cache="private",
        about="Volume, sets and intensity of what was logged in the routine.",
    ),
)  # fmt: skip
