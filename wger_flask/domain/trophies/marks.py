"""Mark awards as void or hidden, and ask for those that are not.

What marks say is for people: an award that is void stays in the lists of programs, as a genuine
server keeps it, but no record is measured by it and its owner may hide it.  What is hidden is in no
list but one.
"""

from __future__ import annotations

from wger_flask.api import Action, Call, Clause, Selection, any_of, equals, fn

from .models import AwardMark, UserTrophy
from .schemas import UserTrophySchema


def _is_without(mark: str):
    marked = AwardMark.select(1).where((AwardMark.award == UserTrophy.id) & getattr(AwardMark, mark))
    return ~fn.EXISTS(marked)


VALID, SHOWN = Clause(_is_without, (), ("is_void",)), Clause(_is_without, (), ("is_hidden",))


def shown_to(user) -> tuple[Clause, ...]:
    """Return the clauses of the awards of ``user`` that are not hidden."""
    return equals(UserTrophy.user, user and user.id), SHOWN


def mark(award: int, **values: bool) -> None:
    """Set what there is to say of an award."""
    row = AwardMark.get_or_none(AwardMark.award == award)
    if row is None:
        if any(values.values()):
            AwardMark.create(award=award, **values)
    elif any(getattr(row, name) != value for name, value in values.items()):
        AwardMark.update(**values).where(AwardMark.id == row.id).execute()


def voided(awards: list[int]) -> set[int]:
    """Return those of ``awards`` that are void."""
    rows = Selection(AwardMark, (any_of(AwardMark.award, awards), equals(AwardMark.is_void, True)))
    return {award for (award,) in rows.rows(("award",))}


def _is_hidden():
    return UserTrophy.id.in_(AwardMark.select(AwardMark.award).where(AwardMark.is_hidden))


def hidden(user: int) -> Selection:
    """Return the awards that a user hides, the latest first."""
    return Selection(UserTrophy, (equals(UserTrophy.user, user), Clause(_is_hidden)), ("-earned_at", "-id"))


def _list(call: Call) -> list[dict]:
    return call.required_resource.dump.of(hidden(call.required_user.id), call.context)


def _hide(call: Call) -> dict:
    shown = call.required_resource.show(call.selection(), call.context)
    mark(call.row().id, is_hidden=True)
    return shown


def _show(call: Call) -> dict:
    resource = call.required_resource
    shown = resource.show(resource.by_key(hidden(call.required_user.id), call.key or ""), call.context)
    mark(shown["id"], is_hidden=False)
    return shown


ACTIONS = (
    Action(
        "hidden", _list, detail=False, schema=UserTrophySchema, many=True, view="hidden-awards",
        label="Hidden trophies", about="The trophies that you have hidden.",
    ),
    Action("hide", _hide, methods=("POST",), about="Hide it from every list but that of hidden ones."),
    Action("show", _show, methods=("POST",), about="Show it again, if it was hidden."),
)  # fmt: skip
