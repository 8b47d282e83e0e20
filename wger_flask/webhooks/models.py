"""Addresses that are told what changed, and what became of each message."""

from __future__ import annotations

import secrets

from wger_flask.api import Model, User, columns


def new_secret() -> str:
    """Return a key of 256 bits for signatures, as hexadecimal digits."""
    return secrets.token_hex(32)


class Webhook(Model):
    """An address that is told what changed of its user's rows.

    ``cursor`` is the place in the log of changes up to which it was told; ``failures`` counts the messages in a row
    that were given up.
    """

    id = columns.Auto()
    user = columns.ForeignKey(User)
    user_id: int
    url = columns.Char(max_length=500)
    secret = columns.Char(max_length=64, default=new_secret)
    resources = columns.Json(default=list)
    is_active = columns.Boolean(default=True)
    created = columns.DateTime(default=columns.now)
    cursor = columns.Char(max_length=40, default="")
    failures = columns.Integer(default=0)

    class Meta:
        table_name = "wger_flask_webhook"
        title = "webhook"
        ordering = ("id",)


class Delivery(Model):
    """A message to a webhook; ``next_attempt`` is null once it was taken or given up."""

    id = columns.Auto()
    webhook = columns.ForeignKey(Webhook)
    created = columns.DateTime(default=columns.now)
    body = columns.Text()
    attempts = columns.Integer(default=0)
    next_attempt = columns.DateTime(null=True, default=columns.now, index=True)
    delivered = columns.DateTime(null=True)
    status = columns.Integer(null=True)
    error = columns.Char(max_length=200, default="")

    class Meta:
        table_name = "wger_flask_webhook_delivery"
        title = "delivery"
        ordering = ("-id",)
