"""Databases by the scheme of their URL: one module each, of this package or of another one that is installed.

A difference between databases is a named question on :class:`~.base.Dialect`, answered in
the module of each: nothing else asks which one it is talking to.

A scheme leads to a function ``open(addresses, line)``, spelled ``"module:function"`` as entry points are: it returns
the :class:`~.base.Database`, without a connection.  Those that ship are listed here; other packages register theirs as
entry points of the group :data:`GROUP`.  A module is imported when its scheme is opened, its driver with it.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING

from .addresses import Addresses

if TYPE_CHECKING:
    from .base import Database
    from .wait_limits import Line

    Opener = Callable[[Addresses, Line], Database]

__all__ = ["GROUP", "SHIPPED", "Addresses", "opener_of", "schemes"]

GROUP = "wger_flask.dialects"
SHIPPED = {
    "mariadb": "mariadb_database:open_mariadb",
    "sqlite": "sqlite:open_sqlite",
    "postgresql": "postgresql_database:open_postgresql",
    "postgres": "postgresql_database:open_postgresql",
}


def opener_of(scheme: str) -> Opener:
    """Return what opens databases of a scheme; one that ships comes before one that is registered.

    Raises KeyError for a scheme that is not known, ImportError where the module or its driver is missing, and
    AttributeError where an entry point names a function that is not there.
    """
    if scheme in SHIPPED:
        module, _, name = SHIPPED[scheme].partition(":")
        shipped: Opener = getattr(import_module(f".{module}", __name__), name)
        return shipped
    registered: Opener = _registered()[scheme].load()
    return registered


def schemes() -> list[str]:
    """Return the schemes that are known, in order."""
    return sorted({*SHIPPED, *_registered()})


def _registered() -> dict[str, EntryPoint]:
    return {found.name: found for found in entry_points(group=GROUP)}
