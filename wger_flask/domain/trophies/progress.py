"""The progress of a user towards each trophy."""

from __future__ import annotations

from wger_flask.api import Call, Selection, dump_held, equals, fields, transaction
from wger_flask.engine.trophies import check

from .marks import SHOWN
from .models import Trophy, UserStatistics, UserTrophy
from .schemas import TrophySchema
from .statistics import dates_of, figures, held


def progress(call: Call) -> list[dict]:
    """List the trophies with the progress of the user; without a login there is none.

    Trophies that can be repeated are listed with ``include_repeatable=true``, and then they
    are the only ones that count as earned.  Hidden ones are shown to who earned them, and to
    the staff.
    """
    if call.user is None:
        return []
    user, repeated = call.user.id, call.args.get("include_repeatable") == "true"
    row, dates, wire, earned = _figures(user), dates_of(user), fields.DateTime().wire, _earned(user)
    standing: tuple[float, str | None, str | None, str | None]
    rows = []
    for trophy in Selection(Trophy, (equals(Trophy.is_active, True),), ("order", "name", "id")).instances():
        earned_at = earned.get(trophy.id) if trophy.is_repeatable == repeated else None
        if trophy.is_repeatable and not repeated or trophy.is_hidden and earned_at is None and not call.user.is_staff:
            continue
        item = {
            "trophy": dump_held(TrophySchema, trophy, call.context),
            "is_earned": earned_at is not None,
            "earned_at": earned_at and wire(earned_at),
        }
        if earned_at is not None:
            standing = (100.0, None, None, None)
        else:
            told = check(trophy.checker_class, trophy.checker_params, row, dates, is_progressive=trophy.is_progressive)
            standing = (told.progress, told.current_value, told.target_value, told.progress_display)
        rows.append(item | dict(zip(_STANDING, standing, strict=True)))
    return rows


_STANDING = ("progress", "current_value", "target_value", "progress_display")


def _figures(user: int):
    row = UserStatistics.get_or_none(UserStatistics.user == user)
    if row is None:
        with transaction():
            row = held(user)
    return figures(row)


def _earned(user: int) -> dict:
    """Return when each trophy was earned last, by trophy; what is hidden was not."""
    rows = Selection(UserTrophy, (equals(UserTrophy.user, user), SHOWN), ("earned_at",)).rows(("trophy", "earned_at"))
    return dict(rows)
