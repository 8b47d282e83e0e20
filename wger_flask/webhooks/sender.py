"""Send messages in the background of a process that serves, as soon as something has changed."""

from __future__ import annotations

import logging
import threading

from flask import Flask

from ..storage.database import DatabaseError, disconnect, release_connection, take_up
from ..sync import keeps_log, log
from . import deliveries, posting
from .models import Webhook

logger = logging.getLogger("wger_flask.webhooks")

LOOK_SECONDS = 1.0
"""Between two looks at whether something was committed."""
RETRY_LOOKS = 15
"""Looks after which messages are sent that failed before, though nothing was committed."""


class Sender:
    """The background work of one process; ``allows_private`` lets messages go to private addresses."""

    def __init__(self, app: Flask, allows_private: bool, pause: float = LOOK_SECONDS):
        self._app, self._allows_private, self._pause = app, allows_private, pause
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin, in a thread of its own."""
        self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the message that is being sent."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join(posting.SECONDS + 2)

    def look(self) -> None:
        """Make and send what is due."""
        with self._app.app_context():
            if Webhook.select(Webhook.id).where(Webhook.is_active).limit(1).exists():
                deliveries.make_due()
                deliveries.send_due(self._allows_private)

    def _run(self) -> None:
        marker, looks = object(), 0
        while not self._stopped.is_set():
            try:
                take_up()
                now, looks = log.change_marker(), looks + 1
                if now != marker or looks >= RETRY_LOOKS:
                    marker, looks = now, 0
                    self.look()
            except DatabaseError as wrong:
                logger.debug("webhooks: %s", " ".join(str(wrong).split()))
            except Exception:
                logger.exception("webhooks failed")
            finally:
                release_connection()
            self._stopped.wait(self._pause)
        disconnect()


_sender: Sender | None = None


def start(app: Flask) -> None:
    """Send in the background of this process, where the application has webhooks."""
    global _sender
    ours = getattr(app, "extensions", {}).get("wger_flask")  # gunicorn may serve another application with our settings
    settings = ours.settings if ours is not None else None
    if settings is not None and keeps_log(settings):
        _sender = Sender(app, settings.WGER_WEBHOOK_PRIVATE_ADDRESSES)
        _sender.start()


def stop() -> None:
    """End that."""
    if _sender is not None:
        _sender.stop()
