"""Bring accounts into an application: one call, made by the application factory."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from typing import TYPE_CHECKING

from flask import Flask

from ..rest.registry import Registry
from ..storage.counters import Counters
from . import (
    account_pages,
    audit,
    audit_page,
    cookies,
    deletion_page,
    first_answers,
    page_parts,
    pages,
    passkey_pages,
    second_factor_pages,
    sync_status_page,
)
from .endpoints import endpoints
from .headless import blueprint as headless
from .models import MODELS, OWN_MODELS
from .policy import Policy, set_policy

if TYPE_CHECKING:
    from ..settings import Settings

PAGES = (
    pages,
    account_pages,
    second_factor_pages,
    sync_status_page,
    audit_page,
    passkey_pages,
    deletion_page,
)  # importing them puts their pages on the one blueprint


def register(
    app: Flask,
    registry: Registry,
    settings: Settings,
    secret: str,
    post: Callable[[EmailMessage], None],
    counters: Counters | None = None,
) -> None:
    """Register the models, endpoints and pages of accounts, and set the process's policy.

    ``secret`` is the generated key from which every signing key derives, ``post`` takes e-mails,
    ``counters`` is None where nothing is limited.
    """
    app.extensions["accounts"] = Policy(settings, secret, post, counters)
    set_policy(app.extensions["accounts"])
    registry.add_models(*MODELS, *OWN_MODELS, audit.AuditEntry, first_answers.FirstAnswer)
    registry.add_job("drop old audit entries", audit.drop_old, timedelta(days=1))
    registry.add_job("drop old first answers", first_answers.drop_old, timedelta(hours=1))
    registry.add_blueprint(endpoints)
    registry.add_blueprint(headless)
    cookies.register(app, settings.SESSION_COOKIE_SECURE)
    app.register_blueprint(page_parts.pages)
