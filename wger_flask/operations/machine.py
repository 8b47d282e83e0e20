"""Look at what the machine and the settings say: secret, permissions, database, files, disk, time, mail, backups."""

from __future__ import annotations

import smtplib
import ssl
import stat
import time
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from .. import sync
from ..rest.services import Services
from ..storage.database import address, database_file, version
from ..sync.app_walk import OK, PROBLEM, WARNING, Finding
from . import readiness

if TYPE_CHECKING:
    from ..settings import Settings

MAIL_SECONDS = 10
_ADVICE = {
    "database": "Is the database server up, and WGER_DATABASE_URL right? The log has what it said.",
    "migrations": "Stop the server, run wger-flask migrate, and start it again.",
    "media": "Let the server's user read and write WGER_MEDIA_ROOT (chown -R), or correct it; a bucket must answer.",
    "disk": "Make room, move the folder to another disk, or lower WGER_MIN_FREE_DISK.",
}


def findings(services: Services) -> Iterator[Finding]:
    """Yield what was found, ``ok`` too, each with what to do."""
    settings = services.settings
    for name, told in readiness.look(settings, services.registry).items():
        if told != readiness.OK:
            yield Finding(name, PROBLEM, f"The {name}: {told}.", _ADVICE[name])
        elif name == "database":
            yield Finding(name, OK, f"{address()} answers, version {version()}.")
        else:
            yield Finding(name, OK, _WELL[name])
    if sync.is_lacked(settings):
        yield Finding("database", WARNING, sync.IS_OFF, "Use another database, if phones are to sync.")
    yield secret(settings)
    yield permissions(settings)
    yield time_zone(settings)
    yield mail(settings)
    yield proxies(settings)
    yield backups(settings)


_WELL = {
    "migrations": "All migrations are applied.",
    "media": "Files can be stored.",
    "disk": "There is room on the disk.",
}


def secret(settings: Settings) -> Finding:
    """Look at who may read the secret key."""
    if settings.WGER_SECRET_KEY:
        return Finding("secret", OK, "The secret key comes from WGER_SECRET_KEY.")
    path = settings.WGER_SECRET_KEY_FILE
    if not path.is_file():
        return Finding("secret", PROBLEM, f"{path} is not there.", "Start the server once: it makes the file.")
    if path.stat().st_mode & 0o077:
        told = f"{path} may be read by others than its owner: who reads it can log in as any user."
        advice = (
            f"chmod 600 {path}; where it may have been read, delete it and start again: all sessions and tokens end."
        )
        return Finding("secret", PROBLEM, told, advice)
    return Finding("secret", OK, "The secret key is its owner's alone.")


def permissions(settings: Settings) -> Finding:
    """Look at who may read the database's file, and write to the folders of the server."""
    # Where the sticky bit is set, as in /tmp, everybody may add files and replace none.
    for folder in readiness.data_folders(settings).values():
        if folder.exists() and folder.stat().st_mode & (stat.S_IWOTH | stat.S_ISVTX) == stat.S_IWOTH:
            return Finding("permissions", PROBLEM, f"Everybody may write to {folder}.", f"chmod o-w {folder}")
    file = database_file()
    seen = file is not None and file.is_file() and file.stat().st_mode & stat.S_IROTH
    if file is not None and seen and all(parent.stat().st_mode & stat.S_IXOTH for parent in file.parents):
        told = f"Every user of this machine may read {file}: what people weigh and eat."
        return Finding("permissions", WARNING, told, f"chmod o-rwx {file}")
    return Finding("permissions", OK, "Other users of this machine may not change what the server keeps.")


def time_zone(settings: Settings) -> Finding:
    """Compare the zone in which days begin with that of the machine."""
    now = time.time()
    ours = datetime.fromtimestamp(now, ZoneInfo(settings.TIME_ZONE)).utcoffset()
    theirs = datetime.fromtimestamp(now).astimezone().utcoffset()
    if ours != theirs:
        told = f"Days begin in {settings.TIME_ZONE}, which is not the zone of this machine."
        advice = "Set TIME_ZONE to the zone of those who use it, unless it is meant so."
        return Finding("time zone", WARNING, told, advice)
    return Finding("time zone", OK, f"Days begin in {settings.TIME_ZONE}.")


def mail(settings: Settings) -> Finding:
    """Speak to the mail server, and log in; no message is sent."""
    if not settings.EMAIL_HOST:
        told = "There is no mail server: letters that confirm addresses or reset passwords are printed."
        return Finding("mail", WARNING, told, "Set EMAIL_HOST, and FROM_EMAIL.")
    where = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    try:
        _greet(settings)
    except (OSError, smtplib.SMTPException) as wrong:
        told = f"{type(wrong).__name__}: {' '.join(str(wrong).split())}"
        return Finding(
            "mail",
            PROBLEM,
            f"{where} takes no letters: {told[:200]}.",
            "Correct EMAIL_HOST, EMAIL_PORT, EMAIL_USE_TLS or EMAIL_USE_SSL, EMAIL_HOST_USER and EMAIL_HOST_PASSWORD.",
        )
    if "@localhost" in settings.FROM_EMAIL:
        return Finding("mail", WARNING, f"Letters are from {settings.FROM_EMAIL}.", "Set FROM_EMAIL to one of yours.")
    return Finding("mail", OK, f"{where} would take letters.")


def _greet(settings: Settings) -> None:
    context = ssl.create_default_context()
    if settings.EMAIL_USE_SSL:
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            settings.EMAIL_HOST, settings.EMAIL_PORT, timeout=MAIL_SECONDS, context=context
        )
    else:
        server = smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT, timeout=MAIL_SECONDS)
    with server:
        if settings.EMAIL_USE_TLS:
            server.starttls(context=context)
        if settings.EMAIL_HOST_USER:
            server.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
        server.noop()


def proxies(settings: Settings) -> Finding:
    """Compare what the settings say of proxies with the address of the site."""
    if settings.SITE_URL.startswith("https:") and settings.NUMBER_OF_PROXIES == 0:
        told = (
            "SITE_URL is https, which a proxy must end, and NUMBER_OF_PROXIES is 0: all clients "
            "have the proxy's address for the rate limits."
        )
        return Finding("proxies", WARNING, told, "Set NUMBER_OF_PROXIES=1, or how many there are.")
    return Finding("proxies", OK, f"{settings.NUMBER_OF_PROXIES} proxies are believed.")


def backups(settings: Settings) -> Finding:
    """Say when the last backup was made, and whether that is long ago."""
    found = readiness.look_at_backups(settings)
    if found is None:
        return Finding(
            "backups", WARNING, "The database does not tell when one was made.", "Correct the database first."
        )
    last = f"The last one was made {found['last']}" if found["last"] else "None was ever made"
    if found["status"] == readiness.FAILED:
        told = f"The one that was due was not made. {last}."
        advice = f"The log says why; look at WGER_BACKUP_DIR ({settings.WGER_BACKUP_DIR})."
        return Finding("backups", PROBLEM, told, advice)
    if found["status"] == readiness.OVERDUE:
        told = f"{last}; one is due every {settings.WGER_BACKUP_EVERY} hours."
        advice = "Does the server run, and has one process WGER_JOBS? The first is made half a minute after the start."
        return Finding("backups", PROBLEM if found["last"] else WARNING, told, advice)
    if not settings.WGER_BACKUP_DIR:
        told = f"None are configured. {last}."
        advice = "Set WGER_BACKUP_DIR to a folder on another disk, or let cron run wger-flask backup; try restoring."
        return Finding("backups", WARNING, told, advice)
    return Finding("backups", OK, f"{last}, into {settings.WGER_BACKUP_DIR}.")
