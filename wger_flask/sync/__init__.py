"""Sync with phones: what they are sent, the upload of what was written offline, and the tokens for both."""

from __future__ import annotations

from typing import Any

from flask import Flask

from ..rest.registry import Registry
from . import events, log, routes, tokens, upload
from .routes import stop_when

__all__ = ["close", "keeps_log", "prepare", "register", "serve", "stop_when"]


def keeps_log(settings: Any) -> bool:
    """Tell whether there is a log of changes: the settings want one."""
    return bool(settings.serves_sync)


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
