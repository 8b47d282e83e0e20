"""The page on which administrators see who logged in and what was done to accounts and the catalogue."""

from __future__ import annotations

from flask import Response, request

from . import audit
from .page_parts import administrators, page, show

ROWS = 50


@page("/user/audit", methods=("GET",), access=administrators)
def audit_log() -> Response:
    """Show administrators the audit log, the newest entry first."""
    user, act, before = (request.args.get(name, "").strip() for name in ("user", "act", "before"))
    until = int(before) if before.isascii() and before.isdecimal() and len(before) < 19 else None
    found = audit.entries(user.replace("\x00", ""), act if act in audit.ACTS else "", before=until, most=ROWS + 1)
    older = found[ROWS - 1].id if len(found) > ROWS else None
    return show(
        "audit", entries=found[:ROWS], older=older, user=user, act=act, acts=audit.ACTS, is_kept=audit.is_kept()
    )
