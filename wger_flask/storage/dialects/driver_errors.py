"""What a driver says went wrong, below Peewee's own errors."""

from __future__ import annotations

import peewee


class Unavailable(peewee.OperationalError):
    """The database cannot work at the moment, as found out before it was asked."""


def told_by_driver(error: Exception) -> BaseException | None:
    """Return the driver's own exception, which Peewee wraps into ``error``, twice where it was connecting.

    :class:`Unavailable` is its own.
    """
    told: BaseException | None = error
    while isinstance(told, peewee.PeeweeException) and not isinstance(told, Unavailable):
        told = getattr(told, "orig", None) or told.__context__
    return told
