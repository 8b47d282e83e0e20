"""The resources of training: what is planned and what was done."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from wger_flask.api import (
    WRITE,
    Compare,
    Deprecation,
    FormerFields,
    HistoryDeletionSchema,
    Hooks,
    Resource,
    compared,
    exact,
    on_date,
    one_of,
    owned_by,
)

from . import (
    configs,
    copying,
    date_sequence,
    history,
    models,
    moving,
    plans,
    prescription,
    schemas,
    sessions,
    structure,
)

routine = Resource(
    "routine",
    models.Routine,
    schemas.RoutineSchema,
    label="Routines",
    about="Training plans: yours, and everybody's public templates.",
    methods=WRITE,
    filters=dict.fromkeys(("name", "description", "created", "start", "end", "is_public", "is_template"), exact),
    owner=owned_by("user"),
    visible=plans.own_or_public,
    cache="private",
    access=plans.readable,
    actions=(*structure.ACTIONS, *date_sequence.ACTIONS, *history.ACTIONS, copying.COPY),
    hooks=Hooks(prepare=plans.complete_routine),
    deletion=HistoryDeletionSchema,
    view="routine",
)

workout = replace(
    routine,
    name="workout",
    about="Routines, by the name they had before.",
    deprecated=Deprecation(date(2025, 1, 1), successor="routine"),
)

templates = Resource(
    "templates",
    models.Routine,
    schemas.RoutineSchema,
    label="Your templates",
    about="Your templates.",
    filters={"name": exact, "description": exact, "created": exact},
    visible=plans.own_templates,
    cache="private",
    access=plans.personal,
    view="routine",
)

public_templates = replace(
    templates,
    name="public-templates",
    label="Public templates",
    about="Everybody's public templates.",
    visible=plans.public_templates,
)

day = Resource(
    "day",
    models.Day,
    schemas.DaySchema,
    about="Days of your routines.",
    methods=WRITE,
    filters=dict.fromkeys(("id", "routine", "order", "name", "description", "is_rest", "need_logs_to_advance"), exact),
    owner=owned_by("routine.user", checks={"routine": "user"}),
    actions=(prescription.ADD_TO_DAY, moving.move_action("routine")),
    hooks=Hooks(saved=plans.clear_rest_day),
    deletion=HistoryDeletionSchema,
)

slot = Resource(
    "slot",
    models.Slot,
    schemas.SlotSchema,
    about="Places in your days, each for one exercise or a superset.",
    methods=WRITE,
    filters={"day": exact, "order": exact, "comment": exact},
    owner=owned_by("day.routine.user", checks={"day": "routine.user"}),
    actions=(prescription.ADD_TO_SLOT, moving.move_action("day")),
    deletion=HistoryDeletionSchema,
)

slot_entry = Resource(
    "slot-entry", models.SlotEntry, schemas.SlotEntrySchema,
    about="The exercises in your slots.",
    methods=WRITE,
    filters=dict.fromkeys(
        (
            "slot", "exercise", "type", "repetition_unit", "repetition_rounding", "weight_unit", "weight_rounding",
            "order", "comment",
        ),
        exact,
    ),
    owner=owned_by("slot.day.routine.user", checks={"slot": "day.routine.user"}),
    actions=(prescription.PRESCRIPTION, moving.move_action("slot")),
    hooks=Hooks(prepare=plans.complete_entry),
    deletion=HistoryDeletionSchema,
)  # fmt: skip

workoutsession = Resource(
    "workoutsession",
    models.WorkoutSession,
    schemas.WorkoutSessionSchema,
    label="Workouts",
    about="Your visits to the gym.",
    methods=WRITE,
    filters={
        **dict.fromkeys(("routine", "day", "notes", "impression"), exact),
        **dict.fromkeys(("datetime_start", "datetime_end"), (*compared, on_date)),
    },
    owner=owned_by("user", checks={"routine": "user", "day": "routine.user"}),
    hooks=Hooks(prepare=sessions.complete_session),
    former=FormerFields(schemas.FormerSessionSchema, sessions.moments_of),
    view="sessions",
)

workoutlog = Resource(
    "workoutlog",
    models.WorkoutLog,
    schemas.WorkoutLogSchema,
    about="The sets you did.",
    methods=WRITE,
    filters={
        "routine": exact,
        "session": exact,
        "date": (*compared, on_date),
        "exercise_base": Compare(exact, column="exercise", former=date(2024, 6, 1)),
        **dict.fromkeys(("exercise", "iteration", "repetitions_unit", "weight_unit"), (exact, one_of)),
        **dict.fromkeys(("repetitions", "repetitions_target", "weight", "weight_target"), compared),
        **dict.fromkeys(("rir", "rir_target"), (*compared, one_of)),
    },
    owner=owned_by(
        "user", checks={"routine": "user", "session": "user", "slot_entry": "slot.day.routine.user", "next_log": "user"}
    ),
    hooks=Hooks(prepare=sessions.complete_log, saved=sessions.complete_its_session),
)

RESOURCES = (
    routine, templates, public_templates, workoutsession, day, slot, slot_entry, *configs.RESOURCES, workoutlog,
    workout,
)  # fmt: skip
