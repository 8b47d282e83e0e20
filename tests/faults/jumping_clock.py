"""The server with a clock that a file sets: how many seconds it is off, looked at before each request.

What only counts on (``time.monotonic``) is left alone, as the kernel leaves it when somebody sets the time.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import time_machine

from wsgi import app

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_FILE = Path(os.environ["JUMPING_CLOCK"])
_begun = time.monotonic(), time.time()
_off = 0.0
_travelled: time_machine.Coordinates | None = None
_lock = threading.Lock()  # of the threads that look at once, one travels


def _jump() -> None:
    global _off, _travelled
    off = float(_FILE.read_text())
    with _lock:
        if off == _off:
            return
        real = _begun[1] + time.monotonic() - _begun[0]
        there = datetime.fromtimestamp(0, UTC) + timedelta(seconds=real + off)
        if _travelled is None:
            _travelled = time_machine.travel(there, tick=True).start()
        else:
            _travelled.move_to(there, tick=True)
        _off = off


def _at_that_time(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    _jump()
    return _answer(environ, start_response)


_answer = app.wsgi_app
app.wsgi_app = _at_that_time  # type: ignore[method-assign]
