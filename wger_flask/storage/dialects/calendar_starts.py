"""At which moments the hours, days, weeks and months of a calendar begin, for a database to look moments up in.

Moments, and what clocks show, are without a zone here; moments are meant in UTC.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_STEPS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1), "month": timedelta(days=28)}
_MOST = 5_000  # to compute more, and to hand them over, takes longer than it saves
_SECOND, _NONE = timedelta(seconds=1), timedelta()


def starts_between(first: datetime, last: datetime, size: str, zone: ZoneInfo) -> dict[datetime, datetime] | None:
    """Return the buckets between two moments, in order: when each begins, and what clocks in ``zone`` show, or would.

    The last one begins after ``last``.  None where they are too many, or where one does not lie in one piece: clocks
    were set back from behind its start to before it (Newfoundland until 2011, by an hour and a minute past midnight).
    """
    if (last - first) / _STEPS[size] > _MOST:
        return None
    found: dict[datetime, datetime] = {}
    start = datetime.min
    try:
        local = floor(_local(first, zone), size)
        while not found or start <= last:
            before, after = _ahead(local, zone)
            if before == after:  # no clocks are changed near it, and most starts are such
                start = local - before
            elif _is_passed_again(local, zone):
                return None
            else:
                start = begin(local, zone)  # of those that clocks were set ahead over, the one that there was
            found[start] = local
            local = floor(local + timedelta(days=31), size) if size == "month" else local + _STEPS[size]
    except OverflowError:  # on the first or the last days that there are
        return None
    return found


def floor(local: datetime, size: str) -> datetime:
    """Return the start of the hour, day, week or month, by the clocks that show ``local``."""
    hour = local.replace(minute=0, second=0, microsecond=0)
    if size == "hour":
        return hour
    day = hour.replace(hour=0)
    if size == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if size == "month" else day


def begin(local: datetime, zone: ZoneInfo) -> datetime:
    """Return the first moment at which clocks in ``zone`` show ``local``, or more where they were set ahead over it."""
    before, after = _ahead(local, zone)
    early, late = local - after, local - before
    while late - early > _SECOND:  # they were
        middle = early + (late - early) // 2 // _SECOND * _SECOND
        early, late = (early, middle) if _local(middle, zone) >= local else (middle, late)
    return late


def _is_passed_again(local: datetime, zone: ZoneInfo) -> bool:
    """Tell whether clocks show ``local`` twice, the second time coming from what is before it."""
    before, after = _ahead(local, zone)
    return after < before and _local(local - after - timedelta(microseconds=1), zone) < local


def _ahead(local: datetime, zone: ZoneInfo) -> tuple[timedelta, timedelta]:
    """Return how far clocks in ``zone`` are ahead when they show ``local``, for the first time and for the last."""
    return zone.utcoffset(local) or _NONE, zone.utcoffset(local.replace(fold=1)) or _NONE


def _local(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None, fold=0)
