"""Send messages to several addresses side by side, so that one that is slow delays no others.

An address is a host and its port: at most one message is on its way to it, and those of a webhook are sent in the order
in which they were made.  A lane is a thread that sends the messages of one webhook until none is due or one is not
taken; there are as many as :data:`MOST_LANES` of them, each with one message in memory, and none while nothing is due.
"""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime
from time import monotonic
from typing import NamedTuple
from urllib.parse import urlsplit

from flask import Flask

from ..sync.background import run_once
from . import deliveries

logger = logging.getLogger("wger_flask.webhooks")

MOST_LANES = 8
"""Addresses of one process to which messages are on their way at the same moment."""
MOST_LANES_OF_USER = 2
"""Of these, those of one user: no user takes them all with addresses that never answer."""
TURN_SECONDS = 60.0
"""After these a lane begins with no further message, so that others have their turn."""


class Lane(NamedTuple):
    """Who sends where: the thread, and the user whose webhook it is."""

    thread: threading.Thread
    user_id: int


class Lanes:
    """The messages of one process that are on their way; ``has_ended`` says that a lane is free again."""

    def __init__(self, app: Flask, allows_private: bool):
        self._app, self._allows_private = app, allows_private
        self._lanes: dict[str, Lane] = {}
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self.has_ended = False

    def send_due(self, now: datetime | None = None) -> None:
        """Begin to send what is due at ``now``, to addresses to which nothing is on its way; does not wait."""
        moment = now or datetime.now(UTC)
        self.has_ended = False
        if len(self._lanes) >= MOST_LANES or self._stopped.is_set():
            return
        for due in deliveries.find_due(moment):
            self._begin(due, moment)
            if len(self._lanes) >= MOST_LANES:
                return

    def stop(self) -> None:
        """Begin with no further message."""
        self._stopped.set()

    def join(self, seconds: float) -> None:
        """Wait until what is on its way has arrived, for so long at most."""
        end = monotonic() + seconds
        for lane in list(self._lanes.values()):
            lane.thread.join(max(0.0, end - monotonic()))

    def _begin(self, due: deliveries.Due, moment: datetime) -> None:
        address = urlsplit(due.url).netloc.rpartition("@")[2].lower()
        with self._lock:
            of_user = sum(lane.user_id == due.user_id for lane in self._lanes.values())
            if address in self._lanes or of_user >= MOST_LANES_OF_USER:
                return
            thread = threading.Thread(target=self._run, args=(address, due, moment), name="webhook", daemon=True)
            self._lanes[address] = Lane(thread, due.user_id)
        thread.start()

    def _run(self, address: str, due: deliveries.Due, moment: datetime) -> None:
        end = monotonic() + TURN_SECONDS

        def goes_on() -> bool:
            return not self._stopped.is_set() and monotonic() < end

        def send() -> None:
            with self._app.app_context():
                deliveries.send_due(due.webhook_id, self._allows_private, moment, goes_on)

        run_once(send, logger)
        with self._lock:
            del self._lanes[address]
        self.has_ended = True
