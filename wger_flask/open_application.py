"""Let one application at a time work in a process.

Models are bound to one database when they are imported, what they are asked is compiled for it, and code without a
request (commands, listeners, transactions) works on them too.  What is set at start therefore holds for the process:
the database, the server's zone, how filters spell booleans, the largest page, the search, what deletions take along,
the policy of accounts, who listens to what, and the tables that phones are told of.  All of it is set here, and nowhere
else.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask import Flask

from . import sync
from .auth import accounts, trust
from .auth.policy import set_policy
from .rest import pagination
from .rest.filtering import booleans
from .settings import Settings
from .storage import cascade
from .storage.database import disconnect, hang_up, open_database
from .storage.name_search import search
from .storage.server_zone import set_server_zone
from .storage.signals import set_listeners

_open: Flask | None = None


class ApplicationOpen(RuntimeError):
    """Say that another application of this process is open."""

    def __init__(self) -> None:
        super().__init__(
            "an application is open in this process, and there can be one at a time: close it with "
            "wger_flask.app.close_app(app), or start another process"
        )


def claim(app: Flask) -> None:
    """Make ``app`` the one application of this process; raises :class:`ApplicationOpen` where there is another."""
    global _open
    if _open is not None and _open is not app:
        raise ApplicationOpen
    _open = app


def open_app(app: Flask) -> None:
    """Let an application that was closed work again; raises :class:`ApplicationOpen` where another one is open.

    It opens the database of its settings.
    """
    claim(app)
    use_settings(app.extensions["wger_flask"].settings)
    use_declarations(app)


def close_app(app: Flask) -> None:
    """Let another application of this process be made or opened; ``app`` answers no more until :func:`open_app`.

    Its streams end, and this thread's connection to the database is closed.  Does nothing where ``app`` is not the
    open one.
    """
    global _open
    if _open is app:
        sync.close(app)
        hang_up()
        disconnect()
        set_listeners({})
        set_policy(None)
        _open = None


def opened_app() -> Flask | None:
    """Return the application that is open in this process, if one is."""
    return _open


def check_open(app: Flask) -> None:
    """Raise RuntimeError where ``app`` is closed: what is set in this process, the database too, is of another one."""
    if _open is not app:
        raise RuntimeError("this application is closed: open it with wger_flask.app.open_app(app)")


def use_settings(settings: Settings) -> None:
    """Set what holds for the process and follows from settings; opens no connection."""
    set_server_zone(ZoneInfo(settings.TIME_ZONE))
    any_spelling = settings.WGER_BOOLEAN_FILTERS == "any-spelling"
    booleans.set_boolean_spellings(booleans.ANY_BOOLEANS if any_spelling else booleans.DOCUMENTED_BOOLEANS)
    pagination.set_largest_page(settings.WGER_MAX_PAGE_SIZE)
    search.use(settings.WGER_SEARCH)
    cascade.take_history(settings.WGER_DELETED_ROUTINES == "cascade")
    open_database(
        settings.WGER_DATABASE_URL,
        settings.WGER_WRITE_WAIT,
        settings.WGER_THREADS,
        settings.WGER_DATABASE_DIRECT_URL,
        settings.WGER_DATABASE_REPLICAS,
    )


def use_declarations(app: Flask) -> None:
    """Set what holds for the process and follows from what is registered with ``app``."""
    registry = app.extensions["wger_flask"].registry
    set_policy(app.extensions["accounts"])
    set_listeners(registry.listeners())
    accounts.set_new_user_hooks(registry.new_user_hooks)
    trust.set_doubts(registry.doubts)
    sync.prepare(registry)
