"""Know who is asking, at the price of one query and no more.

What a request needs of its user is little, so a :class:`Caller` is made of a raw row; what few
requests need (permissions, trust) it asks for when it is asked.
"""

from __future__ import annotations

import hmac
from functools import cached_property

from peewee import Expression

from ..rest.timezone import zone_named
from ..storage.keys import storable
from ..storage.predicates import Clause, equals
from ..storage.query import Selection
from . import credential_stamps, trust
from .models import Permission, SecurityStamp, Token, User, group_permissions, user_groups, user_permissions
from .zones import profile_value

_OF_PROFILE = ("time_zone", "weight_unit")
_NAMES = ("id", "username", "is_active", "is_staff", "is_superuser")


def columns_of(user: str = "") -> tuple[str | Clause, ...]:
    """Return the columns to select for a :class:`Caller`, built ones first; the path ``user`` leads to their row."""
    of_profile = (profile_value(name, user or "id") for name in _OF_PROFILE)
    return *of_profile, *(f"{user}.{name}" if user else name for name in _NAMES)


_OF_USER, _OF_TOKEN = columns_of(), (*columns_of("user"), "key")
_OF_STAMP = (*columns_of("user"), "stamp", "mark", "user.password")


class Caller:
    """A user who is logged in.

    ``zone`` is the time zone of their profile, None without one, ``weight_unit`` the unit of weights in it.
    ``ends`` is when the credentials end that they were known by, in seconds since 1970.
    """

    def __init__(
        self,
        time_zone: str | None,
        weight_unit: str | None,
        id: int,
        username: str,
        is_active: bool = True,
        is_staff: bool = False,
        is_superuser: bool = False,
    ):
        self.ends = float("inf")
        self.weight_unit = weight_unit
        self.zone = zone_named(time_zone) if time_zone else None
        self.id, self.username = id, username
        self.is_active, self.is_staff, self.is_superuser = bool(is_active), bool(is_staff), bool(is_superuser)

    def __repr__(self) -> str:
        return f"Caller({self.id}, {self.username!r})"

    def may(self, permission: str) -> bool:
        """Tell whether the user has a permission such as ``exercises.add_exercise``.

        Their own permissions count and those of their groups; a superuser has every one.
        """
        return self.is_active and (self.is_superuser or permission in self.permissions)

    @cached_property
    def permissions(self) -> frozenset[str]:
        """The permissions that were given to the user or to their groups."""
        granted = Selection(Permission, (Clause(_granted, (self.id, self.id)),))
        rows = granted.rows(("content_type.app_label", "codename"))
        return frozenset(f"{app}.{codename}" for app, codename in rows)

    @cached_property
    def _account(self) -> tuple[User | None, bool]:
        return trust.account_of(self.id)

    @cached_property
    def is_trustworthy(self) -> bool:
        """Whether the user may contribute without any permission; see :mod:`.trust`."""
        return trust.is_trustworthy(*self._account)

    @property
    def lacks(self) -> list[str]:
        """What the user lacks to contribute without any permission, in sentences."""
        return trust.lacking(*self._account)


def by_id(key: int) -> Caller | None:
    """Return the user with a primary key."""
    rows = Selection(User, (equals(User.id, key),)).rows(_OF_USER) if key > 0 and storable(key) else ()
    return Caller(*rows[0]) if rows else None


def by_token(key: str) -> Caller | None:
    """Return the owner of a permanent token."""
    if not storable(key):
        return None
    for *columns, stored in Selection(Token, (equals(Token.key, key),)).rows(_OF_TOKEN):
        if hmac.compare_digest(stored.encode(), key.encode()):  # whatever the database takes for equal
            return Caller(*columns)
    return None


def by_stamp(key: int, sent: str) -> Caller | None:
    """Return the user with a primary key, None where what carries the stamp ``sent`` has ended.

    See :mod:`.credential_stamps`.
    """
    if not storable(key):
        return None
    rows = Selection(SecurityStamp, (equals(SecurityStamp.user, key),)).rows(_OF_STAMP)
    if not rows:  # it could not be stored
        unstamped = Selection(User, (equals(User.id, key),)).rows((*_OF_USER, "password"))
        rows = [(*columns, "", "", password) for *columns, password in unstamped]
    for *columns, stamp, mark, password in rows:
        if credential_stamps.holds(sent, stamp, mark, password):
            return Caller(*columns)
    return None


def _granted(own: object, through_groups: object) -> Expression:
    of_user, of_group, groups = user_permissions, group_permissions, user_groups
    direct = of_user.through.select(of_user.target).where(of_user.source == own)
    joined = groups.through.select(groups.target).where(groups.source == through_groups)
    through = of_group.through.select(of_group.target).where(of_group.source.in_(joined))
    return Permission.id.in_(direct) | Permission.id.in_(through)
