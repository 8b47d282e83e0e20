"""What earlier releases answered: the profile by its id, and training plans in the shape before routines."""

from __future__ import annotations

from datetime import date

from wger_flask.api import Deprecation, Endpoints, NotFound, private

from .profile import ProfileSchema, own_profile, show_profile

_PLANS_ENDED = date(2025, 1, 1)

former = Endpoints("former", "What earlier releases answered.")


@former.endpoint(
    "userprofile/<key:key>",
    access=private,
    response=ProfileSchema,
    replaced=Deprecation(date(2022, 1, 1), successor="userprofile"),
)
def show_profile_by_id(call):
    """Show your profile, by its id."""
    if [call.key] != [str(key) for (key,) in own_profile(call).rows(("id",))]:
        raise NotFound()
    return show_profile(call)


for _name, _successor, _use in (
    ("schedule", "routine", "Plans over several weeks are routines: use /api/v2/routine/."),
    ("schedulestep", "day", "The days of a routine say what is done when: use /api/v2/day/."),
    ("set", "slot", "The sets of a day are its slots: use /api/v2/slot/ and /api/v2/slot-entry/."),
    ("setting", "slot-entry", "What is done in a set is said by /api/v2/slot-entry/ and the configurations below it."),
    ("daysofweek", "day", "Days follow one another by their order: use /api/v2/day/."),
    ("variation", "exercise", "Variations of an exercise share its variation_group: use /api/v2/exercise/."),
):
    former.gone(_name, _use, Deprecation(_PLANS_ENDED, successor=_successor))
