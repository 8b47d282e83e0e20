"""Find out why phones do not sync: look at the settings and the clock, and go the app's own way (:mod:`.app_walk`).

An account is made for it in the database and deleted afterwards; all else goes over HTTP, as from a phone.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from ..auth import accounts
from ..auth.account_deletion import delete_account
from ..auth.models import User
from . import keeps_log
from .app_walk import CLOCKS_DIFFER, PROBLEM, WARNING, Finding, Walk

NAME = "wger-flask-doctor-"
_LEFT_BEHIND = timedelta(hours=1)


@contextmanager
def visitor() -> Iterator[tuple[str, str]]:
    """Make an account for the block, and delete it; gives its name and password.

    One that an earlier walk left behind, because it was killed, goes first.
    """
    for left in User.select().where(User.username.startswith(NAME)):
        if datetime.now(UTC) - left.date_joined > _LEFT_BEHIND:
            delete_account(left)
    name, password = NAME + secrets.token_hex(8), secrets.token_urlsafe(24)
    accounts.create_user(name, password)
    try:
        yield name, password
    finally:
        delete_account(accounts.account_named(name))


def local_findings(settings: Any) -> list[Finding]:
    """Return what settings and database say, before anything is asked over HTTP."""
    found = []
    if settings.POWERSYNC_URL:
        told = f"POWERSYNC_URL sends phones to {settings.POWERSYNC_URL}; the sync here is off."
        found.append(Finding("settings", WARNING, told, "Take POWERSYNC_URL away, unless that service is wanted."))
    elif not settings.WGER_SYNC:
        found.append(Finding("settings", PROBLEM, "WGER_SYNC is off: phones cannot sync.", "Set WGER_SYNC=1."))
    latest = User.select(User.last_login).where(User.last_login.is_null(False)).order_by(User.last_login.desc()).first()
    if latest is not None and latest.last_login.timestamp() > time.time() + CLOCKS_DIFFER * 10:
        told = f"A user logged in at {latest.last_login:%Y-%m-%d %H:%M} UTC, which is still to come."
        advice = "Set the clock of this machine (timedatectl set-ntp true); tokens are refused while it is wrong."
        found.append(Finding("clock", PROBLEM, told, advice))
    return found


def examine(settings: Any, base: str, report: Callable[[Finding], None]) -> None:
    """Report each finding about the server at ``base``, whose database is open here.

    ``base`` is the address that is typed into the app.
    """
    for finding in local_findings(settings):
        report(finding)
    if settings.SITE_URL.rstrip("/") != base.rstrip("/"):
        told = f"SITE_URL is {settings.SITE_URL}, which is where links in letters lead."
        report(Finding("settings", WARNING, told, f"Set SITE_URL={base}, if that is where people reach this server."))
    if settings.POWERSYNC_URL or keeps_log(settings):
        with visitor() as (name, password):
            Walk(base, name, password, report).go()
