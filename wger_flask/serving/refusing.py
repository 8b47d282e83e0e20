"""Tell a client in JSON why its request was not read, or that it failed outside of the application.

gunicorn's worker has one method for that, which answers with a page of HTML; ours answers by :func:`refuse`.
The answer and the line in the log have one id, which is made here: what a client sent was not read.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from contextvars import ContextVar
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from gunicorn import util
from gunicorn.http.wsgi import Response, default_environ

from .connection import short_answer

if TYPE_CHECKING:
    from .worker import BufferingWorker

# By the names of classes, as gunicorn's releases know more and more of them.  What is none of these is our own fault.
_STATUSES = {
    "ParseException": 400,
    "ForbiddenProxyRequest": 403,
    "SSLError": 403,
    "LimitRequestLine": 414,
    "ExpectationFailed": 417,
    "LimitRequestHeaders": 431,
    "InvalidResponseHeader": 500,
    "InvalidResponseHeaderName": 500,
    "ConfigurationProblem": 500,
    "UnsupportedTransferCoding": 501,
}

_refused: ContextVar[str] = ContextVar("refused", default="")


def current_id() -> str:
    """Return the id of the request that is being refused in this thread, "" for none."""
    return _refused.get()


def status_of(wrong: BaseException) -> int:
    """Return the status of the answer to a request that failed with ``wrong``: 400 to 599."""
    return next((_STATUSES[kind.__name__] for kind in type(wrong).__mro__ if kind.__name__ in _STATUSES), 500)


def refuse(worker: BufferingWorker, parsed: Any, out: Any, client: Any, wrong: BaseException) -> None:
    """Log what is ``wrong``, and answer with it; ``parsed`` is the request as far as gunicorn has read it, or None.

    ``out`` is a socket, or a :class:`.Sending`, and ``client`` its address.  That the client is gone is no error.
    """
    status, name, address = status_of(wrong), secrets.token_hex(16), client or ("", -1)  # a Unix socket's has none
    begun = _refused.set(name)
    try:
        if status == 500:
            worker.log.error("Error handling request %s", _line(parsed), exc_info=wrong)
        else:
            worker.log.warning("Invalid request from ip=%s: %s", address[0], wrong)
        if parsed is None and hasattr(getattr(wrong, "req", None), "uri"):
            parsed = wrong.req  # type: ignore[attr-defined]  # some errors know it
        if parsed is not None:
            _list(worker, parsed, out, address, status, name)
    finally:
        _refused.reset(begun)
    reason = HTTPStatus(status).phrase
    with suppress(OSError):
        util.write_nonblock(out, short_answer(status, reason, reason if status == 500 else str(wrong) or reason, name))


def _line(parsed: Any) -> str:
    return f"{parsed.method} {parsed.uri}" if parsed is not None else "that was not read"


def _list(worker: BufferingWorker, parsed: Any, out: Any, address: Any, status: int, name: str) -> None:
    """Note the request in the list of requests."""
    environ = default_environ(parsed, out, worker.cfg)
    environ |= {"REMOTE_ADDR": address[0], "REMOTE_PORT": str(address[1]), "wger_flask.request_id": name}
    answer = Response(parsed, out, worker.cfg)
    answer.status = f"{status} {HTTPStatus(status).phrase}"
    worker.log.access(answer, parsed, environ, timedelta())
