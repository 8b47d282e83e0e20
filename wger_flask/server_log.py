"""Let gunicorn write its log, and its list of requests, in lines as :mod:`.logs` writes them.

``config/gunicorn.conf.py`` names this class.
"""

from __future__ import annotations

from typing import Any

from gunicorn import glogging

from .logs import JsonFormatter, LineFormatter, RequestFilter
from .serving.refusing import current_id


class ServerLog(glogging.Logger):  # type: ignore[misc]  # gunicorn declares no types
    """Gunicorn's logger, with nothing in a line that cannot be printed; ``as_json``: each line is a JSON object."""

    as_json = False

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for log in (self.error_log, self.access_log):
            for handler in log.handlers:
                handler.addFilter(RequestFilter(current_id))
                if self.as_json:
                    handler.setFormatter(JsonFormatter())
                elif (known := handler.formatter) is not None:
                    line = f"{known._fmt}%(of_request)s" if log is self.error_log else known._fmt
                    handler.setFormatter(LineFormatter(line, known.datefmt))

    def access(self, resp: Any, req: Any, environ: dict[str, Any], request_time: Any) -> None:
        """Note a request; as JSON without what tells who sent it: no address, no query, no key in a path."""
        if not self.as_json:
            super().access(resp, req, environ, request_time)
        elif self.access_log_enabled:
            fields = {
                "method": environ.get("REQUEST_METHOD", "-"),
                "route": environ.get("wger_flask.route", "-"),
                "status": int(str(resp.status)[:3]),
                "bytes": getattr(resp, "sent", None),
                "ms": round(request_time.total_seconds() * 1000, 1),
                "request_id": environ.get("wger_flask.request_id"),
            }
            self.access_log.info("request", extra={"fields": fields})
