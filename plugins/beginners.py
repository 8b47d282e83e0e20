"""Help beginners find exercises: a filter and an action on a resource of the core.

``/exercise/?needs_nothing=True`` lists what can be done without any equipment, and
``/exercise/<id>/alternatives/`` what else works the same muscles.
"""

from __future__ import annotations

from wger_flask.api import Action, BooleanFilter, Schema, Selection, any_of, fields, services

BODYWEIGHT = 7


def needs_nothing(through, exercise, equipment, wanted):
    """Return the condition that an exercise takes no equipment, or none but one's own body (or that it does)."""
    source, target = getattr(through, exercise), getattr(through, equipment)
    takes_some = source.rel_model.id.in_(through.select(source).where(target != BODYWEIGHT))
    return ~takes_some if wanted else takes_some


class AlternativesQuery(Schema):
    """What the alternatives are asked for with."""

    most = fields.Integer(min=1, max=100, help="how many are listed")


def alternatives(call):
    """List the exercises that work any of the same muscles, closest first."""
    resource, muscles = call.resource, call.resource.links["muscles"]
    row, most = call.row(), call.query().get("most", services().settings.WGER_BEGINNERS_ALTERNATIVES)
    own = [muscle for (muscle,) in _linked(muscles.source, [row.id], muscles.target)]
    shared: dict[int, int] = {}
    for (other,) in _linked(muscles.target, own, muscles.source):
        if other != row.id:
            shared[other] = shared.get(other, 0) + 1
    closest = sorted(shared, key=lambda key: (-shared[key], key))[:most]
    visible = resource.visible_to(call.user).where(any_of(resource.model.id, closest))
    found = {item["id"]: item for item in resource.dump.of(visible, call.context)}
    return [found[key] for key in closest if key in found]


def _linked(column, keys, wanted):
    return Selection(column.model, (any_of(column, keys),)).rows((wanted.name,))


def register(registry) -> None:
    """Extend the exercises."""
    registry.add_setting("WGER_BEGINNERS_ALTERNATIVES", 20, "How many alternatives to an exercise are listed.", least=1)
    equipment = registry.get("exercise").links["equipment"]
    shape = equipment.through, equipment.source.name, equipment.target.name
    registry.extend(
        "exercise",
        filters={"needs_nothing": BooleanFilter("needs_nothing", needs_nothing, shape)},
        actions=(
            Action("alternatives/", alternatives, query=AlternativesQuery, about="What else works the same muscles."),
        ),
    )
