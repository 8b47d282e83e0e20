"""Sync with phones: what they are sent, the upload of what was written offline, and the tokens for both."""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask

from ..rest.registry import Registry
from ..storage.database import can_keep_log
from . import events, log, routes, tokens, upload
from .routes import stop_when

__all__ = ["IS_OFF", "close", "is_lacked", "keeps_log", "prepare", "register", "serve", "stop_when", "tell_what_is_off"]
IS_OFF = "Sync with phones, events and webhooks are off: this database cannot keep the log of changes."
logger = logging.getLogger("wger_flask")


def keeps_log(settings: Any) -> bool:
    """Tell whether there is a log of changes: the settings want one, and the database can keep it."""
    return bool(settings.serves_sync) and can_keep_log()


def is_lacked(settings: Any) -> bool:
    """Tell whether the settings want sync, events and webhooks, and the database cannot keep the log."""
    return bool(settings.serves_sync) and not can_keep_log()


def tell_what_is_off(settings: Any) -> None:
    """Let the log say once, at the start, what the database cannot do."""
    if is_lacked(settings):
        logger.warning(IS_OFF)


def register(registry: Registry, settings: Any) -> None:
    """Register the endpoints."""
    registry.add_blueprint(tokens.powersync)
    registry.add_blueprint(upload.uploads)
    if keeps_log(settings):
        events.register(registry)


def prepare(registry: Registry) -> None:
    """Let the log of changes hold what is registered by now."""
    log.use(registry.nodes)


def close(app: Flask) -> None:
    """End the streams of an application, and what watches the database for them."""
    if routes.EXTENSION in app.extensions:
        app.extensions[routes.EXTENSION].close()


def serve(app: Flask, settings: Any) -> None:
    """Serve the streams, where there is a log to tell of; without, phones are sent elsewhere or nowhere."""
    if log.is_kept():
        routes.register(app, settings)
