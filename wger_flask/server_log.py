"""Let gunicorn write its log, and its list of requests, in lines as :mod:`.logs` writes them.

``config/gunicorn.conf.py`` names this class.
"""

from __future__ import annotations

from typing import Any

from gunicorn import glogging

from .logs import LineFormatter


class ServerLog(glogging.Logger):  # type: ignore[misc]  # gunicorn declares no types
    """Gunicorn's logger, with nothing in a line that cannot be printed."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for log in (self.error_log, self.access_log):
            for handler in log.handlers:
                if (known := handler.formatter) is not None:
                    handler.setFormatter(LineFormatter(known._fmt, known.datefmt))
