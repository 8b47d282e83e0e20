"""Help beginners find exercises: a filter and an action on a resource of the core.

``/exercise/?needs_nothing=True`` lists what can be done without any equipment, and
``/exercise/<id>/alternatives/`` what else works the same muscles.
"""

from __future__ import annotations

from wger_flask.api import Action, Clause, Filter, Parameter, Selection, any_of

BODYWEIGHT = 7
MOST = 20


class NeedsNothing(Filter):
    """Exercises without equipment, or with none but one's own body."""

    params = ("needs_nothing",)

    def __init__(self, equipment):
        self.shape = equipment.through, equipment.source.name, equipment.target.name

    def clauses(self, args):
        wanted = args.getlist("needs_nothing")[-1]
        if wanted not in ("True", "False"):
            return ()
        return (Clause(_without_equipment if wanted == "True" else _with_equipment, (), self.shape),)

    def describe(self):
        return [Parameter("needs_nothing", "needs nothing", "boolean", choices=(("True", "yes"), ("False", "no")))]


def _with_equipment(through, exercise, equipment):
    source, target = getattr(through, exercise), getattr(through, equipment)
    return source.rel_model.id.in_(through.select(source).where(target != BODYWEIGHT))


def _without_equipment(*shape):
    return ~_with_equipment(*shape)


def alternatives(call):
    """List the exercises that work any of the same muscles, closest first."""
    resource, muscles = call.resource, call.resource.links["muscles"]
    row = call.row()
    own = [muscle for (muscle,) in _linked(muscles.source, [row.id], muscles.target)]
    shared: dict[int, int] = {}
    for (other,) in _linked(muscles.target, own, muscles.source):
        if other != row.id:
            shared[other] = shared.get(other, 0) + 1
    closest = sorted(shared, key=lambda key: (-shared[key], key))[:MOST]
    visible = resource.visible_to(call.user).where(any_of(resource.model.id, closest))
    found = {item["id"]: item for item in resource.dump(visible.rows(resource.dump.columns), call.context)}
    return [found[key] for key in closest if key in found]


def _linked(column, keys, wanted):
    return Selection(column.model, (any_of(column, keys),)).rows((wanted.name,))


def register(registry) -> None:
    """Extend the exercises."""
    equipment = registry.get("exercise").links["equipment"]
    registry.extend(
        "exercise",
        filters={"needs_nothing": NeedsNothing(equipment)},
        actions=(Action("alternatives/", alternatives, about="What else works the same muscles."),),
    )
