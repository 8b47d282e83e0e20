"""The rules by which the values of an entry progress: one declaration, ten quantities."""

from __future__ import annotations

from marshmallow import ValidationError

from wger_flask.api import WRITE, Hooks, Key, Resource, Schema, exact, fields, owned_by, title_of
from wger_flask.engine.routine import REQUIRABLE

from . import models
from .plans import complete_config
from .schemas import LARGEST, in_reserve

# What a rule can wait for, as a person reads it.
REACHED = dict(zip(REQUIRABLE, ("Weight", "Repetitions", "RiR", "Rest"), strict=True))
OWNER = owned_by("slot_entry.slot.day.routine.user", checks={"slot_entry": "slot.day.routine.user"})


def known_requirements(value) -> None:
    """Refuse what does not say which quantities must have been logged, as ``{"rules": ["weight"]}`` does."""
    if not isinstance(value, dict):
        raise ValidationError("Requirements must be a JSON object.")
    if "rules" not in value:
        raise ValidationError("Missing required keys: 'rules'")
    if not isinstance(value["rules"], list):
        raise ValidationError("'rules' must be a list.")
    for rule in value["rules"]:
        if rule not in REQUIRABLE:
            raise ValidationError(f"Invalid rule: {rule}")


def _amount(**options):
    return fields.Decimal(6, 2, min=0, max=3000, **options)


def _whole(most: int):
    return lambda **options: fields.Integer(min=0, max=most, **options)


VALUES = {
    models.WeightConfig: _amount, models.MaxWeightConfig: _amount,
    models.RepetitionsConfig: _amount, models.MaxRepetitionsConfig: _amount,
    models.SetsConfig: _whole(50), models.MaxSetsConfig: _whole(50),
    models.RestConfig: _whole(1800), models.MaxRestConfig: _whole(600),
    models.RiRConfig: in_reserve, models.MaxRiRConfig: in_reserve,
}  # fmt: skip


def _schema(model) -> type[Schema]:
    name = model.__name__.replace("SetsConfig", "SetNrConfig")  # what generated clients call it
    made: type[Schema] = type(Schema)(f"{name}Schema", (Schema,), {  # type: ignore[misc]  # of marshmallow's metaclass
        "__doc__": model.__doc__,
        "id": fields.Integer(dump_only=True),
        "slot_entry": Key(models.SlotEntry, required=True),
        "iteration": fields.Integer(min=0, max=LARGEST, required=True),
        "value": VALUES[model](required=True),
        "operation": fields.Choice(models.OPERATIONS),
        "step": fields.Choice(models.STEPS),
        "repeat": fields.Boolean(help="apply it again in every later iteration"),
        "requirements": fields.JsonPicks(
            "rules", REACHED, allow_none=True, validate=known_requirements, label="Only once this was reached",
            help="it waits for a logged set that reached all that is ticked",
        ),
    })  # fmt: skip
    return made


SCHEMAS = {model: _schema(model) for model in models.CONFIGS}

RESOURCES = tuple(
    Resource(
        title_of(model).lower().replace(" ", "-"),
        model,
        SCHEMAS[model],
        about=model.__doc__ or "",
        methods=WRITE,
        filters=dict.fromkeys(("id", "slot_entry", "iteration", "value", "operation", "step", "repeat"), exact),
        owner=OWNER,
        hooks=Hooks(prepare=complete_config),
    )
    for model in models.CONFIGS
)
