"""The resources of webhooks: addresses, and what became of the messages to them."""

from __future__ import annotations

from typing import Any

from wger_flask.api import (
    READ,
    WRITE,
    Action,
    Call,
    Computed,
    Hooks,
    Invalid,
    Key,
    Resource,
    Schema,
    advisory_lock,
    after_commit,
    compared,
    exact,
    fields,
    owned_by,
    services,
)
from wger_flask.sync import event_formats

from . import deliveries
from .models import Delivery, Webhook
from .posting import format_secret, is_address, is_refused

MOST = 20
"""Webhooks of one user."""


class WebhookSchema(Schema):
    """An address that is told what changes of your rows."""

    id = fields.Integer(dump_only=True)
    url = fields.URL(required=True, max_length=500, help="where messages are posted to: http or https")
    resources = fields.Json(
        most=2000, help='names of resources, such as ["workoutlog"]; an empty list means all of them'
    )
    is_active = fields.Boolean(label="Active")
    secret = Computed(
        lambda context, secret: format_secret(secret),
        of=("secret",),
        describes=fields.String(help="the key of the signatures, as libraries for Standard Webhooks take it"),
    )
    created = fields.DateTime(dump_only=True)
    failures = fields.Integer(dump_only=True, help="messages in a row that were given up")


class DeliverySchema(Schema):
    """A message to a webhook, and what became of it."""

    id = fields.Integer(dump_only=True)
    webhook = Key(Webhook, dump_only=True)
    created = fields.DateTime(dump_only=True)
    attempts = fields.Integer(dump_only=True)
    next_attempt = fields.DateTime(dump_only=True, help="when it is sent again; null once it was taken or given up")
    delivered = fields.DateTime(dump_only=True)
    status = fields.Integer(dump_only=True, help="the status of the last answer")
    error = fields.String(dump_only=True, blank=True)
    body = fields.String(dump_only=True)


def check(call: Call, data: dict[str, Any], row: Webhook | None) -> dict[str, list[str]]:
    """Return what is wrong with the address or with the names of resources."""
    wrong: dict[str, list[str]] = {}
    url, names = data.get("url"), data.get("resources")
    if url is not None and not is_address(url):
        wrong["url"] = ["The address begins with http:// or https://, a host, and maybe a port, without a user's name."]
    elif url is not None and is_refused(url) and not services().settings.WGER_WEBHOOK_PRIVATE_ADDRESSES:
        wrong["url"] = ["This server sends nothing to private addresses."]
    if names is not None:
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            wrong["resources"] = ["A list of names of resources."]
        elif unknown := sorted(set(names) - set(event_formats.resource_names().values())):
            wrong["resources"] = [f"Nothing is told of {', '.join(unknown)}."]
    return wrong


def prepare(call: Call, data: dict[str, Any], row: Webhook | None) -> None:
    """Begin to tell at this moment, where that was not so before."""
    if row is None:
        advisory_lock(f"webhooks of user {call.required_user.id}")
        if Webhook.select().where(Webhook.user == call.required_user.id).count() >= MOST:
            raise Invalid({"non_field_errors": [f"There are {MOST} webhooks already."]})
    if data.get("is_active", row is None) and not (row is not None and row.is_active):
        data |= {"cursor": "", "failures": 0}


def saved(call: Call, row: Webhook, created: bool) -> None:
    """Tell of what changes once this is stored."""
    if row.is_active and not row.cursor:
        after_commit(lambda: deliveries.begin(row))


def ping(call: Call) -> tuple[dict[str, int], int]:
    """Send a message without events, to see whether the address takes it."""
    row = call.row()
    return {"delivery": deliveries.add(row, [], "ping").id}, 201


class PingSchema(Schema):
    """The message that is on its way."""

    delivery = fields.Integer(dump_only=True, help="the key of the message in the list of deliveries")


webhook = Resource(
    "webhook", Webhook, WebhookSchema,
    label="Webhooks",
    about="Addresses that are told what changes of your rows.",
    group="Changes",
    methods=WRITE,
    filters={"id": exact, "is_active": exact},
    secret=True,
    owner=owned_by("user"),
    hooks=Hooks(check=check, prepare=prepare, saved=saved),
    actions=(
        Action(
            "ping", ping, methods=("POST",), schema=PingSchema, creates=True, label="Send a message to try it",
            about="Sends a message without events.",
        ),
    ),
    listed=False,
)  # fmt: skip

delivery = Resource(
    "webhook-delivery",
    Delivery,
    DeliverySchema,
    about="Messages to your webhooks of the last days, and what became of them.",
    group="Changes",
    methods=READ,
    filters={"id": exact, "webhook": exact, "created": compared, "status": exact},
    owner=owned_by("webhook.user"),
    listed=False,
)

RESOURCES = (webhook, delivery)
