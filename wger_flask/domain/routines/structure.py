"""A whole routine in one document, rules included: a query a table, whatever its size."""

from __future__ import annotations

from wger_flask.api import Action, Call, Children, Schema, dumper, fields

from . import configs, models, schemas
from .plans import readable

_IN_ORDER = ("order", "id")


def _rules(model) -> Children:
    return Children(configs.SCHEMAS[model], model.slot_entry, ("iteration", "id"))


class SlotEntryStructureSchema(schemas.SlotEntrySchema):
    """An exercise in a slot, with its rules."""

    class_name = fields.String(dump_only=True, allow_none=True)
    repetitions_configs = _rules(models.RepetitionsConfig)
    max_repetitions_configs = _rules(models.MaxRepetitionsConfig)
    weight_configs = _rules(models.WeightConfig)
    max_weight_configs = _rules(models.MaxWeightConfig)
    set_nr_configs = _rules(models.SetsConfig)
    max_set_nr_configs = _rules(models.MaxSetsConfig)
    rir_configs = _rules(models.RiRConfig)
    max_rir_configs = _rules(models.MaxRiRConfig)
    rest_configs = _rules(models.RestConfig)
    max_rest_configs = _rules(models.MaxRestConfig)

    class Meta(Schema.Meta):
        fields = (
            "id", "slot", "exercise", "order", "comment", "type", "class_name", "config", "repetition_unit",
            "repetition_rounding", "repetitions_configs", "max_repetitions_configs", "weight_unit", "weight_rounding",
            "weight_configs", "max_weight_configs", "set_nr_configs", "max_set_nr_configs", "rir_configs",
            "max_rir_configs", "rest_configs", "max_rest_configs",
        )  # fmt: skip


class SlotStructureSchema(schemas.SlotSchema):
    """A place in a day, with its exercises."""

    entries = Children(SlotEntryStructureSchema, models.SlotEntry.slot, _IN_ORDER)

    class Meta(Schema.Meta):
        fields = ("id", "day", "order", "comment", "entries", "config")


class DayStructureSchema(schemas.DaySchema):
    """A day, with its places."""

    slots = Children(SlotStructureSchema, models.Slot.day, _IN_ORDER)


class RoutineStructureSchema(schemas.RoutineSchema):
    """A routine, with its days."""

    days = Children(DayStructureSchema, models.Day.routine, _IN_ORDER)

    class Meta(Schema.Meta):
        fields = ("id", "name", "description", "created", "start", "end", "fit_in_week", "days")


def show_structure(call: Call) -> dict:
    """Show the days of a routine with their exercises and the rules of those."""
    call.row()
    return dumper(RoutineStructureSchema, models.Routine).of(call.selection(), call.context, 1)[0]


ACTIONS = (
    Action(
        "structure", show_structure, schema=RoutineStructureSchema, access=readable, view="routine",
        cache="private",
        about="The whole routine: its days, their exercises, and how those progress.",
    ),
)  # fmt: skip
