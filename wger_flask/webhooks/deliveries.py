"""Make messages out of what changed, and send those that are due.

Several processes and hosts may do so at once: a message belongs to whoever moved its next attempt first, and the cursor
of a webhook moves with the messages up to there in one transaction.  So each change is told at least once, and twice
where a process dies between the answer and the note of it.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from wger_flask.api import advisory_lock, columns, insert, transaction
from wger_flask.sync import event_forms, log

from .models import Delivery, Webhook
from .posting import NotDelivered, post, sign

logger = logging.getLogger("wger_flask.webhooks")

MOST_EVENTS = 200
"""Events of one message."""
PAUSES = (60, 300, 1800, 7200, 18_000, 36_000, 86_400)
"""Seconds until the next attempt, after the first, second ... that failed; then a message is given up."""
MOST_FAILURES = 5
"""Messages in a row that are given up before a webhook is switched off."""
KEPT = timedelta(days=7)
LEASE = timedelta(seconds=120)
"""For how long a message is its sender's; longer than sending takes."""


def resource_names() -> frozenset[str]:
    """Return the names of resources of which something may be told."""
    return frozenset(event_forms.resource_names().values())


def cursor_of_now(user_id: int) -> str:
    """Return the place in the log from which a user's changes are told; begins to note them there."""
    return event_forms.text_of(log.read_events(user_id, None, 1).cursor)


def add(webhook: Webhook, told: Iterable[Mapping[str, Any]], kind: str = "changes") -> Delivery:
    """Store a message to a webhook, to be sent at once; inside the caller's transaction."""
    body = {"type": kind, "webhook": webhook.id, "events": list(told)}
    made = Delivery(webhook=webhook.id, body=json.dumps(body, separators=(",", ":")))
    insert(made)
    return made


def make_due() -> int:
    """Make the messages for everything that changed since the last time; returns how many."""
    made = 0
    for row in Webhook.select().where(Webhook.is_active):
        made += _make(row)
    return made


def _make(row: Webhook) -> int:
    made = 0
    while True:
        try:
            found = log.read_events(row.user_id, event_forms.cursor_of(row.cursor), MOST_EVENTS)
        except (log.EventsLost, ValueError):
            found = log.read_events(row.user_id, None, 1)
            told, kind = [], "lost"  # its reader must look at everything again
        else:
            names = event_forms.resource_names()
            shown = [event_forms.shown(event, names) for event in found.events]
            told, kind = [event for event in shown if _is_wanted(row, event)], "changes"
        cursor = event_forms.text_of(found.cursor)
        if cursor == row.cursor:
            return made
        if not told and kind == "changes" and not found.more:
            return made  # nothing for it: the cursor moves with the next message
        with transaction():
            advisory_lock(f"webhook {row.id}")
            moved = (
                Webhook.update(cursor=cursor)
                .where(Webhook.id == row.id, Webhook.cursor == row.cursor, Webhook.is_active)
                .execute()
            )  # fmt: skip
            if not moved:
                return made  # another process did
            if told or kind != "changes":
                add(row, told, kind)
                made += 1
            old = columns.now() - KEPT
            Delivery.delete().where(
                Delivery.webhook == row.id, Delivery.created < old, Delivery.next_attempt.is_null()
            ).execute()
        row.cursor = cursor
        if not found.more:
            return made


def _is_wanted(row: Webhook, event: Mapping[str, Any]) -> bool:
    return not row.resources or event["resource"] in row.resources


def send_due(allows_private: bool, now: datetime | None = None, most: int = 50) -> int:
    """Send the messages whose time has come, at most ``most``; returns how many were tried.

    No transaction is open while one is sent.
    """
    moment = now or datetime.now(UTC)
    due = list(
        Delivery.select(Delivery.id, Delivery.next_attempt)
        .join(Webhook)
        .where(Delivery.next_attempt <= moment, Webhook.is_active)
        .order_by(Delivery.next_attempt)
        .limit(most)
    )
    tried = 0
    for row in due:
        with transaction():
            taken = (
                Delivery.update(next_attempt=moment + LEASE, attempts=Delivery.attempts + 1)
                .where(Delivery.id == row.id, Delivery.next_attempt == row.next_attempt)
                .execute()
            )
        if taken:
            tried += 1
            _send(Delivery.get_by_id(row.id), moment, allows_private)
    return tried


def _send(row: Delivery, moment: datetime, allows_private: bool) -> None:
    webhook = row.webhook
    name, timestamp = f"delivery_{row.id}", int(time.time())
    headers = {
        "webhook-id": name, "webhook-timestamp": str(timestamp),
        "webhook-signature": sign(webhook.secret, name, timestamp, row.body),
    }  # fmt: skip
    try:
        status, why = post(webhook.url, row.body, headers, allows_private), ""
    except NotDelivered as failed:
        status, why = failed.status, str(failed)
    with transaction():
        _note(row, webhook, moment, status, why)


def _note(row: Delivery, webhook: Webhook, moment: datetime, status: int | None, why: str) -> None:
    """Note what became of an attempt; a webhook that fails again and again is switched off."""
    mine = Delivery.update
    if not why:
        mine(status=status, error="", delivered=columns.now(), next_attempt=None).where(Delivery.id == row.id).execute()
        Webhook.update(failures=0).where(Webhook.id == webhook.id).execute()
        return
    given_up = row.attempts > len(PAUSES)
    pause = None if given_up else moment + timedelta(seconds=PAUSES[row.attempts - 1])
    mine(status=status, error=why[:200], next_attempt=pause).where(Delivery.id == row.id).execute()
    logger.info("webhook %d of user %d, message %d: %s", webhook.id, webhook.user_id, row.id, why)
    if given_up:
        Webhook.update(failures=Webhook.failures + 1).where(Webhook.id == webhook.id).execute()
        off = (
            Webhook.update(is_active=False)
            .where(Webhook.id == webhook.id, Webhook.failures >= MOST_FAILURES, Webhook.is_active)
            .execute()
        )
        if off:
            logger.warning(
                "webhook %d of user %d is switched off: it failed again and again", webhook.id, webhook.user_id
            )
