"""Make messages out of what changed, and send those that are due.

Several processes and hosts may do so at once: a message belongs to the process that moved its next attempt first, and
as long as it is on its way no other of that webhook is; the cursor of a webhook moves with the messages up to there
in one transaction. So each change is told at least once, and twice where a process dies before it has noted an
answer.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from wger_flask.api import columns, fn, insert, transaction
from wger_flask.sync import event_formats, log
from wger_flask.tallies import WEBHOOK, count

from .models import Delivery, Webhook
from .posting import NotDelivered, post, sign

logger = logging.getLogger("wger_flask.webhooks")

LOST = "lost"
"""The type of the message whose reader must look at everything again."""
MOST_EVENTS = 200
"""Events of one message."""
PAUSES = (60, 300, 1800, 7200, 18_000, 36_000, 86_400)
"""Seconds until the next attempt, after the first, second ... that failed; then a message is given up."""
MOST_WAITING = 50
"""Messages to a webhook that wait; what changes beyond that stays in the log until there is room for it."""
MOST_FAILURES = 5
"""Messages in a row that are given up before a webhook is switched off."""
KEPT = timedelta(days=7)
LEASE = timedelta(seconds=120)
"""For how long a message is its sender's; longer than a lane goes on, and sending takes."""


def begin(webhook: Webhook) -> None:
    """Tell of what changes from now on, where that has not begun; in a transaction of its own.

    The log is never brought up to date within another's writes: it would show them before they are committed.
    """
    cursor = event_formats.format_cursor(log.read_events(webhook.user_id, None, 1).cursor)
    Webhook.update(cursor=cursor).where(Webhook.id == webhook.id, Webhook.cursor == "").execute()


def add(webhook: Webhook, told: Iterable[Mapping[str, Any]], kind: str = "changes") -> Delivery:
    """Store a message to a webhook, to be sent at once; inside the caller's transaction."""
    body = {"type": kind, "webhook": webhook.id, "events": list(told)}
    made = Delivery(webhook=webhook.id, body=json.dumps(body, separators=(",", ":")))
    insert(made)
    return made


def make_due(changes: log.Changes | None = None) -> int:
    """Make the messages for everything that changed since the last time; returns how many.

    Where ``changes`` are known, only the webhooks of the users whom they concern are looked at.
    """
    made = 0
    # All at once: no write may begin while this connection still reads what others have changed meanwhile.
    for row in list(Webhook.select().where(Webhook.is_active)):
        if not row.cursor:
            begin(row)
        elif changes is None or changes.concerns(row.user_id):
            made += _make(row)
    return made


def _make(row: Webhook) -> int:
    made = 0
    more = True
    while more and not _is_full(row.id):
        told, kind, found = _read(row)
        more, cursor = found.more, event_formats.format_cursor(found.cursor)
        if not (found.events or more or kind == LOST):
            return made
        # It moves past what it does not want, too: the log is compacted up to what was read.
        with transaction():
            moved = Webhook.update(cursor=cursor).where(
                Webhook.id == row.id, Webhook.cursor == row.cursor, Webhook.is_active
            )
            if not moved.execute():
                return made  # another process did
            if told or kind == LOST:
                add(row, told, kind)
                made += 1
            Delivery.delete().where(
                Delivery.webhook == row.id, Delivery.created < columns.now() - KEPT, Delivery.next_attempt.is_null()
            ).execute()
        row.cursor = cursor
    return made


def _is_full(webhook_id: int) -> bool:
    waiting = Delivery.select().where(Delivery.webhook == webhook_id, Delivery.next_attempt.is_null(False))
    return bool(waiting.count() >= MOST_WAITING)


def _read(row: Webhook) -> tuple[list[dict[str, Any]], str, log.Events]:
    """Return what a webhook is to be told next, the type of the message, and where in the log that leads."""
    try:
        found = log.read_events(row.user_id, event_formats.parse_cursor(row.cursor), MOST_EVENTS)
    except log.EventsLost:
        return [], LOST, log.read_events(row.user_id, None, 1)
    names = event_formats.resource_names()
    shown = [event_formats.serialize_event(event, names) for event in found.events]
    return [event for event in shown if not row.resources or event["resource"] in row.resources], "changes", found


class Due(NamedTuple):
    """A webhook with messages whose time has come."""

    webhook_id: int
    url: str
    user_id: int


def find_due(moment: datetime) -> Iterator[Due]:
    """Return the webhooks that have messages to be sent at ``moment``, those first that wait the longest."""
    waiting = (
        Webhook.select(Webhook.id, Webhook.url, Webhook.user)
        .join(Delivery)
        .where(_is_due(moment))
        .group_by(Webhook.id, Webhook.url, Webhook.user)
        .order_by(fn.MIN(Delivery.next_attempt))
    )
    rows: Any = waiting.tuples()  # Peewee's types say models
    return (Due(*row) for row in rows)


def _is_due(moment: datetime) -> Any:
    """Return the condition of messages whose time has come, to webhooks to which no process is sending one.

    An attempt that is later than any pause leads to was noted by a clock that was wrong: its time has come as well.
    """
    latest = moment + timedelta(seconds=PAUSES[-1]) + LEASE
    sent = Delivery.alias()
    is_sent = (sent.next_attempt > moment) & (sent.next_attempt <= latest)
    on_their_way = sent.select(sent.webhook).where(is_sent, sent.attempts > 0, sent.error == "")
    has_come = (Delivery.next_attempt <= moment) | (Delivery.next_attempt > latest)
    return has_come & Webhook.is_active & Webhook.id.not_in(on_their_way)


def send_due(webhook_id: int, allows_private: bool, moment: datetime, goes_on: Callable[[], bool]) -> int:
    """Send the messages of a webhook that are due at ``moment``, in the order in which they were made.

    Ends with the first one that is not taken, or when ``goes_on()`` is false; returns how many were tried.  No
    transaction is open while one is sent.
    """
    was_full = _is_full(webhook_id)
    tried = 0
    taken = True
    while taken and goes_on() and (row := _claim(webhook_id, moment)) is not None:
        tried += 1
        taken = _send(row, moment, allows_private)
    if tried and was_full and (webhook := Webhook.get_or_none(Webhook.id == webhook_id, Webhook.is_active)):
        _make(webhook)  # what there was no room for
    return tried


def _claim(webhook_id: int, moment: datetime) -> Delivery | None:
    """Make the next message of a webhook this sender's own, and return it; None where another sender has it.

    All senders ask for the oldest, so that no two have messages of a webhook.
    """
    due = Delivery.select(Delivery.id, Delivery.next_attempt).join(Webhook)
    row = due.where(Delivery.webhook == webhook_id, _is_due(moment)).order_by(Delivery.id).first()
    if row is None:
        return None
    with transaction():
        claimed = (
            Delivery.update(next_attempt=moment + LEASE, attempts=Delivery.attempts + 1, error="")
            .where(Delivery.id == row.id, Delivery.next_attempt == row.next_attempt)
            .execute()
        )
    return Delivery.get_by_id(row.id) if claimed else None


def _send(row: Delivery, moment: datetime, allows_private: bool) -> bool:
    """Send a message and note what became of it; returns whether it was taken."""
    webhook = row.webhook
    name, timestamp = f"delivery_{row.id}", int(time.time())
    headers = {
        "webhook-id": name,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign(webhook.secret, name, timestamp, row.body),
    }
    status: int | None
    try:
        status, why = post(webhook.url, row.body, headers, allows_private), ""
    except NotDelivered as failed:
        status, why = failed.status, str(failed)
    with transaction():
        _note(row, webhook, moment, status, why)
    return not why


def _note(row: Delivery, webhook: Webhook, moment: datetime, status: int | None, why: str) -> None:
    """Note what became of an attempt; a webhook that fails again and again is switched off."""
    count(WEBHOOK, "failed" if why else "sent")
    if not why:
        taken = Delivery.update(status=status, error="", delivered=columns.now(), next_attempt=None)
        taken.where(Delivery.id == row.id).execute()
        Webhook.update(failures=0).where(Webhook.id == webhook.id).execute()
        return
    given_up = row.attempts > len(PAUSES)
    pause = None if given_up else moment + timedelta(seconds=PAUSES[row.attempts - 1])
    Delivery.update(status=status, error=why[:200], next_attempt=pause).where(Delivery.id == row.id).execute()
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
