"""The resources of trophies: what there is to be earned, what was, and the figures behind it."""

from __future__ import annotations

from dataclasses import replace

from wger_flask.api import Action, Clause, Resource, compared, equals, exact, one_of, owned_by

from . import marks, schemas
from .models import Trophy, UserStatistics, UserTrophy
from .progress import progress

_in_any_words = replace(one_of, checks=False)  # a kind that does not exist has no trophies


def shown_to(user) -> tuple[Clause, ...]:
    """Return the clauses of the trophies that ``user`` may know of: hidden ones are for who earned them."""
    active = equals(Trophy.is_active, True)
    if user is None:
        return (active, equals(Trophy.is_hidden, False))
    if user.is_staff:
        return (active,)
    return (active, Clause(_is_open_or_earned, (user.id,)))


def _is_open_or_earned(slot):
    earned = UserTrophy.select(UserTrophy.trophy).where(UserTrophy.user == slot)
    return ~Trophy.is_hidden | Trophy.id.in_(earned)


trophy = Resource(
    "trophy", Trophy, schemas.TrophySchema,
    label="Trophies",
    about="What there is to be earned by training.",
    filters={
        "id": (exact, one_of), "trophy_type": (exact, _in_any_words), "is_active": exact, "is_hidden": exact,
        "is_progressive": exact, "is_repeatable": exact,
    },
    orderable=("order", "name", "trophy_type"),
    visible=shown_to,
    cache="private",
    actions=(
        Action(
            "progress", progress, detail=False, schema=schemas.ProgressSchema, many=True, view="standings",
            about="How far you are with each trophy; with ?include_repeatable=true those that can be repeated, too.",
        ),
    ),
    view="trophies",
)  # fmt: skip

user_trophy = Resource(
    "user-trophy", UserTrophy, schemas.UserTrophySchema,
    label="Your trophies",
    about="The trophies that you earned, and when, but for those that you have hidden.",
    filters={
        "id": (exact, one_of), "earned_at": compared, "is_notified": exact, "trophy": (exact, one_of),
        "trophy__is_active": exact, "trophy__is_hidden": exact, "trophy__is_repeatable": exact,
        "trophy__trophy_type": (exact, _in_any_words),
    },
    orderable=("earned_at", "trophy__trophy_type", "trophy__name"),
    owner=owned_by("user"),
    visible=marks.shown_to,
    cache="private",
    actions=marks.ACTIONS,
    view="awards",
)  # fmt: skip

user_statistics = Resource(
    "user-statistics",
    UserStatistics,
    schemas.UserStatisticsSchema,
    label="Your figures",
    about="Figures about all of your training.",
    owner=owned_by("user"),
    view="figures",
)

RESOURCES = (trophy, user_trophy, user_statistics)
