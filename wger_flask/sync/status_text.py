"""Tell the state of the log and of the phones on a terminal, and to programs."""

from __future__ import annotations

import json
from datetime import datetime

from ..storage.sync_log.status import Status


def as_json(status: Status) -> str:
    """Return a :class:`Status` as JSON; moments are UTC."""
    told = {**status._asdict(), "phones": [phone._asdict() for phone in status.phones]}
    return json.dumps(told, indent=2, default=lambda moment: f"{moment:%Y-%m-%dT%H:%M:%SZ}")


def as_text(status: Status) -> str:
    """Return a :class:`Status` in lines for a person."""
    lines = [
        f"phones      {status.connected} of {status.all_phones} connected",
        f"log         {status.live} rows, {status.dead} past operations, about {status.size / (1 << 20):.1f} MB",
        f"waiting     {status.waiting} changes that no phone has asked for yet",
        f"compacted   {_told(status.compacted)}",
    ]
    if status.phones:
        lines += ["", f"{'user':20} {'phone':10} {'connected':10} {'last came (UTC)':20} {'behind':>8}  last error"]
    for phone in status.phones:
        yes = "yes" if phone.is_connected else "no"
        name, came = phone.username[:20], _told(phone.seen)
        lines.append(f"{name:20} {phone.client_id[:8]:10} {yes:10} {came:20} {phone.behind:8}  {phone.error}".rstrip())
    return "\n".join(lines)


def _told(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}" if moment else "never"
