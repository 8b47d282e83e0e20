"""Set up the log: one line an event on standard error, for people or as JSON for programs.

What clients send gets into it (paths, names, addresses), so nothing of that may look like a line of
its own or talk to the terminal: what cannot be printed is spelled out (``\\n``, ``\\x1b``), and a
traceback stands indented below its line.  In JSON it is a text like any other.
"""

from __future__ import annotations

import json
import logging
import logging.config
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

TEXT, JSON = "text", "json"


def configure(level: str, format: str = TEXT, request_id: Callable[[], str] = str) -> None:
    """Log events of the package from ``level`` on (a name such as ``info``).

    ``format`` is ``text`` or ``json``; ``request_id()`` returns the id of the request that is being answered, or "".
    """
    line = "%(asctime)s %(levelname)s %(name)s: %(message)s%(of_request)s"
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"text": {"()": LineFormatter, "format": line}, "json": {"()": JsonFormatter}},
            "filters": {"request": {"()": RequestFilter, "request_id": request_id}},
            "handlers": {"console": {"class": "logging.StreamHandler", "formatter": format, "filters": ["request"]}},
            "loggers": {"wger_flask": {"level": level.upper(), "handlers": ["console"], "propagate": True}},
        }
    )


class RequestFilter(logging.Filter):
    """Let each event know the id of the request during which it happened."""

    def __init__(self, request_id: Callable[[], str]):
        super().__init__()
        self._request_id = request_id

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = found = self._request_id()
        record.of_request = f" [{found}]" if found else ""
        return True


class JsonFormatter(logging.Formatter):
    """Format an event as one JSON object in a line.

    ``time`` (ISO 8601, UTC), ``level``, ``logger``, ``message``; ``request_id`` during a request, ``exception`` with a
    traceback where there is one, and what an event brings as ``fields``.
    """

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC)
            .isoformat(timespec="milliseconds")
            .replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if found := getattr(record, "request_id", ""):
            told["request_id"] = found
        told |= getattr(record, "fields", {})
        if record.exc_info:
            told["exception"] = self.formatException(record.exc_info)
        return json.dumps(told, default=str)


class LineFormatter(logging.Formatter):
    """Format an event as one line, and its traceback as indented lines below."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        record.message = printable(record.message)
        return super().formatMessage(record)

    def formatException(self, ei: Any) -> str:
        return _indented(super().formatException(ei))

    def formatStack(self, stack_info: str) -> str:
        return _indented(super().formatStack(stack_info))


def printable(text: str) -> str:
    """Return ``text`` with everything spelled out that cannot be printed in a line."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)


def _indented(text: str) -> str:
    return "\n".join(f"    {printable(line)}" for line in text.split("\n"))
