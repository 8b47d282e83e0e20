"""Set up the log: one line an event on standard error, with what a person needs.

What clients send gets into it (paths, names, addresses), so nothing of that may look like a line of
its own or talk to the terminal: what cannot be printed is spelled out (``\\n``, ``\\x1b``), and a
traceback stands indented below its line.
"""

from __future__ import annotations

import logging
import logging.config
from typing import Any


def configure(level: str) -> None:
    """Log events of the package from ``level`` on (a name such as ``info``)."""
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"line": {"()": LineFormatter, "format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
            "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
            "loggers": {"wger_flask": {"level": level.upper(), "handlers": ["console"], "propagate": True}},
        }
    )


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
