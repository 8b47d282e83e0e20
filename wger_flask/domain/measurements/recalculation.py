"""Keep the entries of calculated categories true, in the transaction of whatever they follow from.

The subjects that they follow from know nothing of this: see ``registry.listen``.  Who has no such
category pays one look for it.  A write makes those entries be calculated again that can follow from
it.  All of them are where more may have changed: when a category itself is saved, its owner's profile
is, or a row was moved that does not tell from where.

Once a day of its owner, the first write that has to do with a category makes all of its entries be
calculated, too: so does :func:`recalculate_all`, which a timer may run.  This finds what nothing told
of, such as logs that were imported, or another unit of a source.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from uuid import UUID

from wger_flask.api import (
    Clause,
    Registry,
    Selection,
    User,
    account_named,
    any_of,
    columns,
    decode,
    encode,
    equals,
    server_zone,
    today,
    transaction,
    upsert,
    zone_named,
    zone_of,
)
from wger_flask.domain.core.models import UserProfile
from wger_flask.domain.routines.models import WorkoutLog

from .calculation import (
    EXERCISES_IN,
    Calculated,
    Entered,
    Entries,
    Source,
    days_about,
    from_measurements,
    from_training,
    is_sound,
    source_of_measurements,
)
from .dynamic_types import BMI, WHTR, source_of
from .metric_types import CALCULATED
from .models import NOT_DYNAMIC, Calculation, Category, Measurement

_WEIGHED = frozenset(("weight", "repetitions", "weight_unit", "repetitions_unit"))
_MOVED = frozenset(("date", "exercise", "user"))
_WRITTEN = ("id", "external_id", "date", "value", "category", "source", "notes", "extra_data")
_AT_ONCE = 500
FROM_MEASUREMENTS = (BMI, WHTR)


def listen(registry: Registry) -> None:
    """Listen to all that calculated entries follow from."""
    registry.listen("measurement", created=entry_created, changed=entry_changed, deleted=entries_gone)
    registry.listen("measurement-category", created=calculate, changed=category_changed, deleted=categories_gone)
    registry.listen("workoutlog", created=log_created, changed=log_changed, deleted=logs_gone)
    registry.listen(UserProfile, created=profile_changed, changed=profile_changed)


# -- what was written --------------------------------------------------------------------------------
def entry_created(entry: Measurement) -> None:
    """Calculate what follows from a new entry."""
    if entry.source != CALCULATED:
        _follow_entries(entry.category_id, [entry.id], [Entered.of(entry)])


def entry_changed(entry: Measurement, names: frozenset[str]) -> None:
    """Calculate what follows from an entry."""
    entered = [Entered.of(entry)] if entry.source != CALCULATED else []
    _follow_entries(entry.category_id, [entry.id], entered, moved="category" in names)


def entries_gone(entries: list[Measurement]) -> None:
    """Take away what followed from entries that are gone."""
    gone: dict[UUID, list[UUID]] = {}
    for entry in entries:
        if entry.source != CALCULATED:
            gone.setdefault(entry.category_id, []).append(entry.id)
    for category, keys in gone.items():
        _follow_entries(category, keys, [])


def category_changed(category: Category, names: frozenset[str]) -> None:
    """Calculate a category; what follows from one with another unit is found at the next write that tells of it."""
    if category.dynamic_type != NOT_DYNAMIC:
        calculate(category)
    elif "unit" in names:
        _forget(found.id for found, _ in _of_user(category.user_id) if found.follows_measurements)


def categories_gone(categories: list[Category]) -> None:
    """Empty what followed from categories that are gone."""
    gone = {category.id for category in categories}
    for user in {category.user_id for category in categories}:
        for found, _ in _of_user(user):
            if found.kind == WHTR and source_of(found.params) in gone:
                _calculate_all(found)


def log_created(log: WorkoutLog) -> None:
    """Calculate what follows from a new log."""
    _follow_logs(log.user_id, [(log.exercise_id, log.date)])


def log_changed(log: WorkoutLog, names: frozenset[str]) -> None:
    """Calculate what follows from a log: all, where it may have been another day's or exercise's."""
    if names & _MOVED:
        _follow_logs(log.user_id, None)
    elif names & _WEIGHED:
        _follow_logs(log.user_id, [(log.exercise_id, log.date)])


def logs_gone(logs: list[WorkoutLog]) -> None:
    """Calculate what followed from logs that are gone."""
    of: dict[int, list] = {}
    for log in logs:
        of.setdefault(log.user_id, []).append((log.exercise_id, log.date))
    for user, moments in of.items():
        _follow_logs(user, moments)


def profile_changed(profile: UserProfile, names: frozenset[str] = frozenset()) -> None:
    """Calculate what follows from a height, and all where days begin at another time."""
    zone = zone_named(profile.time_zone) or server_zone()  # the request goes on in the one before
    for found, _ in _of_user(profile.user_id):
        if found.follows_measurements or "time_zone" in names:
            _calculate_all(replace(found, zone=zone))


def _follow_entries(category: UUID, keys: list[UUID], entered: list[Entered], moved: bool = False) -> None:
    """Calculate what follows from the entries ``keys`` of a category; ``entered`` are those that there are."""
    owner = Clause(_has_owner_of, (encode(Category.id, category),))
    for found, is_fresh in _calculated(owner, FROM_MEASUREMENTS):
        source = source_of_measurements(found)
        if found.kind == BMI and (source is None or source.id != category):
            if moved:
                _forget([found.id])  # an entry that left stays until the next weight, as recorded
        elif is_fresh:
            ours = entered if source is not None and source.id == category else []
            _store(found, from_measurements(found, source, ours), keys)
        else:
            _calculate_all(found)


def _follow_logs(user: int, moments: list[tuple] | None) -> None:
    for found, is_fresh in _calculated(equals(Category.user, user), tuple(EXERCISES_IN)):
        days = days_about(found, moments) if moments is not None and is_fresh else None
        if days is None:
            _calculate_all(found)
        elif days:
            _store(found, from_training(found, days), [found.key_of(day) for day in days])


def calculate(category: Category) -> None:
    """Calculate a category that was saved."""
    if category.dynamic_type != NOT_DYNAMIC:
        for found, _ in _calculated(equals(Category.id, category.id)):
            _calculate_all(found)


# -- which there are ---------------------------------------------------------------------------------
def _of_user(user: int) -> list[tuple[Calculated, bool]]:
    """Return the calculated categories of a user, and whether all their entries were calculated today."""
    return _calculated(equals(Category.user, user))


def _calculated(whose: Clause, kinds: tuple[str, ...] = ()) -> list[tuple[Calculated, bool]]:
    which = any_of(Category.dynamic_type, kinds) if kinds else Clause(_is_dynamic, (NOT_DYNAMIC,))
    rows = Selection(Category, (whose, which)).rows(_CALCULATED)
    if not rows:
        return []
    zone = zone_of(rows[0][1])
    now = today(zone)
    made = []
    for key, user, kind, params, day, height, place, unit in rows:
        weights = Source(decode(Category.id, place), unit) if place is not None else None
        found = Calculated(key, user, kind, params, zone, height, weights)
        if is_sound(found):
            made.append((found, decode(Calculation.day, day) == now))
    return made


def _day():
    return Calculation.select(Calculation.day).where(Calculation.category == Category.id)


def _height():
    return UserProfile.select(UserProfile.height).where(UserProfile.user == Category.user)


def _of_weights(name):
    other = Category.alias()
    theirs = other.select(getattr(other, name)).where(other.user == Category.user, other.is_official == True)  # noqa: E712
    return theirs.limit(1)


_CALCULATED = (
    "id", "user", "dynamic_type", "dynamic_params", Clause(_day), Clause(_height), Clause(_of_weights, (), ("id",)),
    Clause(_of_weights, (), ("unit",)),
)  # fmt: skip


def _has_owner_of(slot):
    other = Category.alias()
    # With IN, SQLite would walk the calculated categories of everybody.
    return Category.user == other.select(other.user).where(other.id == slot)


def _is_dynamic(slot):
    return Category.dynamic_type != slot


def _forget(categories: Iterable[UUID]) -> None:
    """Have all entries of categories be calculated at the next write that has to do with them."""
    keys = list(categories)
    if keys:
        Calculation.update(day=None).where(Calculation.category.in_(keys)).execute()


# -- what there should be ----------------------------------------------------------------------------
def _calculate_all(found: Calculated) -> None:
    if found.follows_measurements:
        _store(found, from_measurements(found, source_of_measurements(found)))
    else:
        _store(found, from_training(found))
    now = today(found.zone)
    if not Calculation.update(day=now).where(Calculation.category == found.id).execute():
        Calculation.create(category=found.id, day=now)


def _store(found: Calculated, wanted: Entries, about: Collection[UUID] | None = None) -> None:
    """Make ``wanted`` the entries of a category; those alone with the external ids ``about`` where these are given.

    An entry keeps its key while its moment or its value change.
    """
    held = Selection(Measurement, (equals(Measurement.category, found.id), equals(Measurement.source, CALCULATED)))
    if about is not None:
        held = held.where(any_of(Measurement.external_id, list(about)))
    names = ("id", "external_id", "date", "value")
    known, doomed = {}, []
    for key, external, *values in held.rows(names):
        if external in wanted and external not in known:
            known[external] = key, tuple(values)
        else:
            doomed.append(key)
    rows = [
        (known[external][0] if external in known else columns.uuid7(), external, *values)
        for external, values in wanted.items()
        if external not in known or known[external][1] != values
    ]
    for start in range(0, len(doomed), _AT_ONCE):
        Measurement.delete().where(Measurement.id.in_(doomed[start : start + _AT_ONCE])).execute()
    rest: tuple[object, ...] = (found.id, CALCULATED, "", {})
    upsert(Measurement, _WRITTEN, [(*row, *rest) for row in rows])


def recalculate_all(name: str | None = None) -> int:
    """Calculate all entries of everybody's calculated categories, or of those of the account ``name``.

    Each account is done in a transaction of its own; returns their number.  Raises ValueError for an unknown
    account.
    """
    query = User.select(User.id).where(
        User.id.in_(Category.select(Category.user).where(Category.dynamic_type != NOT_DYNAMIC))
    )
    if name is not None:
        query = query.where(User.id == account_named(name).id)
    users = list(query.order_by(User.id).scalars())
    for user in users:
        with transaction():
            recalculate_user(user)
    return len(users)


def recalculate_user(user: int) -> None:
    """Calculate all entries of the calculated categories of a user."""
    for found, _ in _of_user(user):
        _calculate_all(found)
