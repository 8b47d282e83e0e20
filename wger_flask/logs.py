"""Set up the log: one line an event on standard error, with what a person needs."""

from __future__ import annotations

import logging
import logging.config


def configure(level: str) -> None:
    """Log events of the package from ``level`` on (a name such as ``info``)."""
    logging.config.dictConfig({
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "loggers": {"wger_flask": {"level": level.upper(), "handlers": ["console"], "propagate": True}},
    })
