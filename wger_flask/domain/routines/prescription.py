"""Say in one go what a person would say of an exercise: four sets of six with 60 kg, 2.5 kg more each time.

Ten resources hold the rules of an entry, which takes a form and a request for each of them.  Here
they are one document: where each quantity begins (its rule of iteration 1), and what the weight
and the repetitions gain in every iteration (a repeated rule of iteration 2).  Rules of any other
shape are left alone.
"""

from __future__ import annotations

from decimal import Decimal

from wger_flask.api import Action, Call, Key, Schema, Selection, delete, equals, fields, insert, update
from wger_flask.domain.core.models import RepetitionUnit, WeightUnit
from wger_flask.domain.exercises.models import Exercise

from . import configs, models
from .date_sequence import FIELDS
from .plans import complete_entry

FIRST, SECOND = 1, 2
MODELS = {name: model for model, name in FIELDS.items()}
GAINS = {"weight_gain": "weight", "repetitions_gain": "repetitions"}
REACHABLE = ("weight", "repetitions")
_ENTRY = ("exercise", "type", "comment", "repetition_unit", "weight_unit")


def _quantity(name: str, **options):
    return configs.VALUES[MODELS[name]](allow_none=True, **options)


def _gain(**options):
    return fields.Decimal(6, 2, min=-3000, max=3000, allow_none=True, **options)


class PrescriptionSchema(Schema):
    """What is to be done in the first iteration, and what is added in each later one."""

    sets = _quantity("sets")
    max_sets = _quantity("max_sets", help="for a range: 3 to 4 sets")
    repetitions = _quantity("repetitions")
    max_repetitions = _quantity("max_repetitions", help="for a range: 8 to 12 repetitions")
    weight = _quantity("weight")
    max_weight = _quantity("max_weight", help="for a range")
    rir = _quantity("rir", label="RiR", help="repetitions in reserve")
    max_rir = _quantity("max_rir", label="Max RiR", help="for a range")
    rest = _quantity("rest", label="Rest (seconds)")
    max_rest = _quantity("max_rest", label="Max rest (seconds)", help="for a range")
    weight_gain = _gain(label="Weight added each iteration")
    repetitions_gain = _gain(label="Repetitions added each iteration")
    when_reached = fields.Boolean(
        label="Add only when it was reached",
        help="after a set was logged with the weight and the repetitions of the iteration before",
    )


class PlannedExerciseSchema(PrescriptionSchema):
    """An exercise, with what is to be done."""

    exercise = Key(Exercise, required=True)
    type = fields.Choice(models.SET_TYPES)
    comment = fields.String(max_length=100, blank=True)
    repetition_unit = Key(RepetitionUnit)
    weight_unit = Key(WeightUnit)

    class Meta(Schema.Meta):
        fields = ("exercise", *PrescriptionSchema._declared_fields, "type", "comment", "repetition_unit", "weight_unit")


# -- the document of an entry ---------------------------------------------------------------------
def prescription(entry: int) -> dict:
    """Return what is prescribed for an entry, as parsed values."""
    first = {name: _rule(model, entry, FIRST) for name, model in MODELS.items()}
    document: dict = {name: row.value if row else None for name, row in first.items()}
    gains = {name: _gaining(_rule(MODELS[quantity], entry, SECOND)) for name, quantity in GAINS.items()}
    for name, row in gains.items():
        document[name] = None if row is None else row.value if row.operation == "+" else -row.value
    return document | {"when_reached": any(row is not None and _demands(row) for row in gains.values())}


def prescribe(entry: int, data: dict) -> None:
    """Write the quantities in ``data``; None takes one away."""
    for name, model in MODELS.items():
        if name in data:
            _write(model, entry, FIRST, data[name], operation="r", step="na", repeat=False)
    if not {"when_reached", *GAINS}.intersection(data):
        return
    wanted = prescription(entry) | data
    reachable = [name for name in REACHABLE if wanted[name] is not None]
    needed = {"rules": reachable} if wanted["when_reached"] and reachable else None
    for name, quantity in GAINS.items():
        model, gain = MODELS[quantity], wanted[name] or None
        row = _rule(model, entry, SECOND)
        if gain is not None:
            sign = "+" if gain > 0 else "-"
            _write(model, entry, SECOND, abs(gain), operation=sign, step="abs", repeat=True, requirements=needed)
        elif (gaining := _gaining(row)) is not None:
            delete(model, [gaining.id])


def _rule(model: type[models.Config], entry: int, iteration: int) -> models.Config | None:
    row = Selection(model, (equals(model.slot_entry, entry), equals(model.iteration, iteration))).first()
    return row if isinstance(row, models.Config) else None


def _gaining(row: models.Config | None) -> models.Config | None:
    """Return a rule if it is one that adds the same in every iteration."""
    return row if row is not None and row.operation in "+-" and row.step != "percent" and row.repeat else None


def _demands(row: models.Config) -> bool:
    return isinstance(row.requirements, dict) and bool(row.requirements.get("rules"))


def _write(model: type[models.Config], entry: int, iteration: int, value: Decimal | int | None, **how) -> None:
    row = _rule(model, entry, iteration)
    if value is None:
        if row is not None:
            delete(model, [row.id])
    elif row is None:
        insert(model(slot_entry=entry, iteration=iteration, value=value, **how))
    else:
        changed = {"value": value, **how}
        for name, wanted in changed.items():
            setattr(row, name, wanted)
        update(row, changed)


# -- what is asked of the server --------------------------------------------------------------------
def change_prescription(call: Call) -> dict:
    """Show or change what is prescribed for an entry."""
    entry = call.row().id
    if call.method == "PATCH":
        prescribe(entry, call.load(PrescriptionSchema))
    return PrescriptionSchema().dump(prescription(entry))


def add_to_day(call: Call) -> tuple[dict, int]:
    """Put an exercise into a new slot behind those of a day."""
    day, data = call.row(), call.load(PlannedExerciseSchema)
    last = Selection(models.Slot, (equals(models.Slot.day, day.id),), ("-order",)).rows((models.Slot.order,), 1)
    slot = insert(models.Slot(day=day.id, order=(last[0][0] if last else 0) + 1))
    return _add(call, slot.id, data)


def add_to_slot(call: Call) -> tuple[dict, int]:
    """Put an exercise behind those of a slot, which makes it a superset."""
    return _add(call, call.row().id, call.load(PlannedExerciseSchema))


def _add(call: Call, slot: int, data: dict) -> tuple[dict, int]:
    made = {"slot": slot, **{name: data[name] for name in _ENTRY if name in data}}
    complete_entry(call, made, None)
    entry = insert(models.SlotEntry(**made))
    prescribe(entry.id, {name: value for name, value in data.items() if name not in _ENTRY and value is not None})
    return {"id": entry.id, "slot": slot, **PrescriptionSchema().dump(prescription(entry.id))}, 201


PRESCRIPTION = Action(
    "prescription",
    change_prescription,
    methods=("GET", "PATCH"),
    schema=PrescriptionSchema,
    about="What is prescribed for an exercise: sets, repetitions, weight and how they grow.",
)
ADD_TO_DAY = Action(
    "add-exercise",
    add_to_day,
    methods=("POST",),
    schema=PlannedExerciseSchema,
    creates=True,
    about="Plan an exercise, behind the others of the day.",
)
ADD_TO_SLOT = Action(
    "add-exercise",
    add_to_slot,
    methods=("POST",),
    schema=PlannedExerciseSchema,
    creates=True,
    about="Plan another exercise of the slot: a superset.",
)
