"""Send in the background, so that no request waits for a mail server.

It also keeps a secret: how long an answer takes must not tell whether an address belongs to an
account.  One thread a process works the messages off in order; a message that cannot be
delivered is logged, by recipient and reason and never by content, and is not tried again.
"""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage

from .delivery import Deliver

log = logging.getLogger("wger_flask.mail")


class Outbox:
    """Messages on their way out through ``deliver``."""

    def __init__(self, deliver: Deliver):
        self.deliver = deliver
        self._worker = _worker()

    def post(self, message: EmailMessage) -> None:
        """Take ``message`` and return at once."""
        self._worker.submit(self._send, message)

    def close(self) -> None:
        """Wait until everything is sent."""
        before, self._worker = self._worker, _worker()
        before.shutdown(wait=True)

    def _send(self, message: EmailMessage) -> None:
        try:
            self.deliver(message)
        except Exception as wrong:  # a message lost is no reason to lose the worker
            log.error("no e-mail to %s: %s: %s", message["To"], type(wrong).__name__, wrong)


def _worker() -> ThreadPoolExecutor:
    # its thread begins with the first message, which is after a fork: threads do not survive one
    return ThreadPoolExecutor(1, thread_name_prefix="mail")
