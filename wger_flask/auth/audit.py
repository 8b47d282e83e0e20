"""Note who logged in and what was done to accounts and to the catalogue, for as long as ``WGER_AUDIT_DAYS``.

An act is noted in the transaction that does it, so that none is without its entry and none is noted that was undone.
What is noted are names, keys and words that the program chose: no password, no token, no code, and of a failed login
the name only where an account has it, since people type passwords into the wrong field.  Names are copied: an entry
outlives its account.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from flask import g, has_request_context, request

from ..rest.call import Call
from ..rest.request_id import current as request_id
from ..storage import columns
from ..storage.database import transaction, write_if_able
from ..storage.model import Model
from .models import User
from .policy import policy

LOGIN, LOGIN_FAILED, LOGOUT = "login", "login-failed", "logout"
PASSWORD_CHANGED, PASSWORD_RESET = "password-changed", "password-reset"
FACTOR_SET, FACTOR_REMOVED, FACTOR_FAILED = "second-factor-set", "second-factor-removed", "second-factor-failed"
CODES_RENEWED = "recovery-codes-renewed"
TOKEN_MADE, TOKEN_REVOKED = "token-made", "token-revoked"
USER_CREATED, USER_DELETED = "user-created", "user-deleted"
ROW_DELETED, COMMAND = "row-deleted", "command"
ACTS = (
    LOGIN, LOGIN_FAILED, LOGOUT, PASSWORD_CHANGED, PASSWORD_RESET, FACTOR_SET, FACTOR_REMOVED, FACTOR_FAILED,
    CODES_RENEWED, TOKEN_MADE, TOKEN_REVOKED, USER_CREATED, USER_DELETED, ROW_DELETED, COMMAND,
)  # fmt: skip
BY_COMMAND = "wger-flask"
"""The actor of what a command did."""
TABLE = "wger_flask_audit"
_LONGEST_ABOUT = 200


class AuditEntry(Model):
    """What was done: by which user (``actor``, "" where none was logged in), and whom or what it was done to."""

    id = columns.BigAuto()
    moment = columns.DateTime(default=columns.now, index=True)
    act = columns.Char(max_length=40)
    actor = columns.Char(max_length=150, default="")
    subject = columns.Char(max_length=150, default="", index=True)
    about = columns.Char(max_length=_LONGEST_ABOUT, default="")
    address = columns.Char(max_length=45, default="")
    request_id = columns.Char(max_length=128, default="")

    class Meta:
        table_name = TABLE


def is_kept() -> bool:
    """Tell whether acts are noted: ``WGER_AUDIT_DAYS`` is not 0."""
    return bool(policy().settings.WGER_AUDIT_DAYS > 0)


def note(act: str, subject: User | str | None = None, about: str = "") -> None:
    """Note an act, in the caller's transaction where one is open.

    ``subject`` is the account that it was done to, ``about`` says more in a few words.  The actor is who is logged in,
    who logs in or out, or the command.
    """
    if not is_kept():
        return
    settings, in_request = policy().settings, has_request_context()
    name = subject.username if isinstance(subject, User) else subject or ""
    with transaction():
        AuditEntry.create(
            act=act,
            actor=(name if act in (LOGIN, LOGOUT) else _actor())[:150],
            subject=name[:150],
            about=about[:_LONGEST_ABOUT],
            address=(request.remote_addr or "")[:45] if in_request and settings.WGER_AUDIT_ADDRESSES else "",
            request_id=request_id(),
        )


def note_if_able(act: str, subject: User | None, about: str = "") -> None:
    """Note what no transaction did, such as a failed login; where nothing can be written, the log tells."""
    write_if_able(f"the audit entry {act}", lambda: note(act, subject, about))


def note_deletion(call: Call, row: Any) -> None:
    """Note that a row of the catalogue, which belongs to no user, was deleted; in the transaction that does."""
    resource = call.required_resource
    if resource.owner is None and call.user is not None:
        note(ROW_DELETED, about=f"{resource.name} {row._pk}: {row}"[:_LONGEST_ABOUT])


def entries(
    user: str = "", act: str = "", since: datetime | None = None, before: int | None = None, most: int = 100
) -> list[AuditEntry]:
    """Return the newest entries first, at most ``most``.

    ``user`` is who did it or whom it was done to, ``before`` the key of the entry that the last page ended with.
    """
    found = AuditEntry.select().order_by(AuditEntry.id.desc()).limit(most)
    if user:
        found = found.where((AuditEntry.actor == user) | (AuditEntry.subject == user))
    if act:
        found = found.where(AuditEntry.act == act)
    if since is not None:
        found = found.where(AuditEntry.moment >= since)
    if before is not None:
        found = found.where(AuditEntry.id < before)
    return list(found)


def drop_old(now: datetime | None = None) -> int:
    """Delete the entries that are older than ``WGER_AUDIT_DAYS``; returns how many."""
    until = (now or columns.now()) - timedelta(days=policy().settings.WGER_AUDIT_DAYS)
    with transaction():
        dropped: int = AuditEntry.delete().where(AuditEntry.moment < until).execute()
    return dropped


def as_rows(found: Iterable[AuditEntry]) -> list[dict[str, str]]:
    """Return entries as programs read them: texts by name, the moment in ISO 8601 (UTC)."""
    return [
        {
            "time": entry.moment.isoformat(timespec="seconds").replace("+00:00", "Z"), "act": entry.act,
            "actor": entry.actor, "subject": entry.subject, "about": entry.about, "address": entry.address,
            "request_id": entry.request_id,
        }
        for entry in found
    ]  # fmt: skip


def _actor() -> str:
    if not has_request_context():
        return BY_COMMAND
    user = g.get("user")
    return user.username if user is not None else ""
