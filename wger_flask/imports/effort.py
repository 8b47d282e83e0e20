"""Read how hard a set was."""

from __future__ import annotations

from decimal import Decimal


def reserve(rpe: Decimal | None) -> Decimal | None:
    """Return the repetitions in reserve that a rating of perceived exertion stands for: 10 less the rating.

    None for none, and for what is no rating of 1 to 10. Source: Zourdos et al., "Novel resistance training-specific
    rating of perceived exertion scale measuring repetitions in reserve", 2016.
    """
    return 10 - rpe if rpe is not None and 1 <= rpe <= 10 else None
