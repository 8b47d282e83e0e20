"""Hand one message over: to an SMTP server, or to the console.

Without a server the whole message is printed, so that a user who tries the project out finds
the links in it.  Both are callables that take a message and return when it is out of hand.
"""

from __future__ import annotations

import smtplib
import ssl
import sys
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from ..settings import Settings

Deliver = Callable[[EmailMessage], None]
PATIENCE = 20  # seconds that a mail server may take for each of its answers


def compose(sender: str, to: str, subject: str, text: str) -> EmailMessage:
    """Return a plain-text message.

    A domain that is not ASCII is written as the mail servers know it.  Raises ValueError when an
    address or the subject holds a line break.
    """
    message = EmailMessage()
    message["From"] = sender
    message["To"] = _deliverable(to)
    message["Subject"] = subject
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2].strip(" >") or None)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no automatic reply should answer
    message.set_content(text)
    return message


def _deliverable(address: str) -> str:
    local, at, domain = address.rpartition("@")
    try:
        return local + at + (domain if domain.isascii() else domain.encode("idna").decode())
    except UnicodeError:  # no mail server has that name: delivering will fail, and be logged
        return address


@dataclass(frozen=True, slots=True)
class Smtp:
    """Deliver to an SMTP server; raises :class:`OSError` (which ``smtplib``'s errors are) on failure.

    ``encryption`` is ``"none"``, ``"starttls"`` or ``"tls"`` (from the first byte); with either
    of the latter the server's certificate must be valid for ``host``.
    """

    host: str
    port: int
    user: str = ""
    password: str = ""
    encryption: str = "none"

    def __call__(self, message: EmailMessage) -> None:
        """Deliver ``message``."""
        with self._connect() as server:
            if self.encryption == "starttls":
                server.starttls(context=ssl.create_default_context())
            if self.user:
                server.login(self.user, self.password)
            server.send_message(message)

    def _connect(self) -> smtplib.SMTP:
        if self.encryption == "tls":
            return smtplib.SMTP_SSL(self.host, self.port, timeout=PATIENCE, context=ssl.create_default_context())
        return smtplib.SMTP(self.host, self.port, timeout=PATIENCE)

    def __repr__(self) -> str:
        return f"Smtp({self.host!r}, {self.port})"


@dataclass(frozen=True, slots=True)
class Console:
    """Print messages as a person wants to read them."""

    stream: TextIO | None = None

    def __call__(self, message: EmailMessage) -> None:
        """Print ``message``."""
        head = "\n".join(f"{name}: {message[name]}" for name in ("From", "To", "Subject"))
        rule = "-" * 72
        text = f"{rule}\n{head}\n\n{message.get_content().rstrip()}\n{rule}\n"
        stream = self.stream or sys.stdout
        stream.write(text)
        stream.flush()


def delivery(settings: Settings) -> Deliver:
    """Return the way that the ``EMAIL_*`` settings choose."""
    if not settings.EMAIL_HOST:
        return Console()
    encryption = "tls" if settings.EMAIL_USE_SSL else "starttls" if settings.EMAIL_USE_TLS else "none"
    return Smtp(
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD, encryption
    )
