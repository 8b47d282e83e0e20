"""Send messages in the background of a process that serves, as soon as something has changed."""

from __future__ import annotations

import logging
import threading

from flask import Flask

from ..storage.database import is_elected
from ..sync import keeps_log
from ..sync.background import LogFollower, run_periodically
from . import deliveries, posting
from .lanes import Lanes

logger = logging.getLogger("wger_flask.webhooks")

LOOK_SECONDS = 1.0
"""Between two looks at whether something was committed."""
RETRY_LOOKS = 15
"""Looks after which messages are sent that failed before, though nothing was committed."""


class Sender:
    """The background work of one process; ``allows_private`` lets messages go to private addresses."""

    def __init__(self, app: Flask, allows_private: bool):
        self._app = app
        self.lanes = Lanes(app, allows_private)
        self._follower, self._looks = LogFollower(), 0
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin, in a thread of its own."""
        self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the messages that are on their way."""
        self._stopped.set()
        self.lanes.stop()
        if self._thread is not None:
            self._thread.join(posting.SECONDS + 2)
        self.lanes.join(posting.SECONDS + 2)

    def look(self) -> None:
        """Make the messages for what has changed since the last look, and begin to send those that are due.

        One process of all hosts does so; each looks whether it is the one.
        """
        if not is_elected():
            return
        try:
            changes = self._follower.changes()
            self._looks += 1
            if changes is None and self._looks < RETRY_LOOKS and not self.lanes.has_ended:
                return
            self._looks = 0
            with self._app.app_context():
                if changes is not None:
                    deliveries.make_due(changes)
                self.lanes.send_due()
        except Exception:
            self._follower = LogFollower()  # what was not made is made the next time
            raise

    def _run(self) -> None:
        def goes_on() -> bool:
            return not self._stopped.is_set()

        run_periodically(self.look, goes_on, lambda: self._stopped.wait(LOOK_SECONDS), logger)


_sender: Sender | None = None


def start(app: Flask) -> None:
    """Send in the background of this process, where the application has webhooks."""
    global _sender
    ours = getattr(app, "extensions", {}).get("wger_flask")  # gunicorn may serve another application with our settings
    settings = ours.settings if ours is not None else None
    if settings is not None and settings.WGER_JOBS and keeps_log(settings):
        _sender = Sender(app, settings.WGER_WEBHOOK_PRIVATE_ADDRESSES)
        _sender.start()


def stop() -> None:
    """Send no more."""
    if _sender is not None:
        _sender.stop()
