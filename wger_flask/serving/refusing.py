"""Tell a client in JSON why its request was not read: gunicorn, which finds that out, has pages of HTML for it.

The answer and gunicorn's line in the log have one id, which is made here: what a client sent was not read.
"""

from __future__ import annotations

import html
import secrets
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from .connection import short_answer

if TYPE_CHECKING:
    from .sending import Sending
    from .worker import BufferingWorker


_refused: ContextVar[str] = ContextVar("refused", default="")


def current_id() -> str:
    """Return the id of the request that is being refused in this thread, "" for none."""
    return _refused.get()


def refuse(worker: BufferingWorker, parsed: Any, out: Sending, client: Any, wrong: Exception) -> None:
    """Have gunicorn log what is ``wrong`` and choose the status, and answer that."""
    page, name = _Page(), secrets.token_hex(16)
    begun = _refused.set(name)
    try:
        worker.handle_error(parsed, page, client, wrong)
    finally:
        _refused.reset(begun)
    head, _, body = page.written.decode("latin-1").partition("\r\n\r\n")
    if head:
        _, status, reason = head.partition("\r\n")[0].split(" ", 2)
        said = body.partition("</h1>")[2].partition("</body>")[0].strip()
        out.sendall(short_answer(int(status), reason, html.unescape(said) or reason, name))


class _Page:
    """What gunicorn takes for a socket, for a page that is sent to no client."""

    written = b""

    def sendall(self, data: bytes) -> None:
        self.written += data

    def gettimeout(self) -> float:
        return 0.0
