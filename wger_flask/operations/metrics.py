"""Count and time what a process does, for Prometheus; off unless ``WGER_METRICS_BIND`` is set.

Each worker writes its numbers into files of its own in a folder in memory; whichever worker is asked adds up those of
all.  :func:`prepare` makes the folder in the process that starts the workers, :func:`begin` wraps the application in
each of them.  Nothing of this, and not even the client library, is loaded where it is off.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, g, request

from .. import tallies
from ..storage.database import database
from ..sync.routes import EXTENSION as STREAMS

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

    from prometheus_client import CollectorRegistry

RESOURCE = "wger_flask.resource"
"""The key in the environment of a request under which its resource stands: what answers before Flask may set it."""
FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # by which the client library finds it
_PREFIX = "wger-metrics-"
_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_PAGE = os.sysconf("SC_PAGE_SIZE")


def prepare() -> None:
    """Make the folder of the numbers, in memory where the system has that; before the application is loaded."""
    if os.environ.get(FOLDER):  # the configuration was read again
        return
    parent = Path("/dev/shm" if os.path.isdir("/dev/shm") else tempfile.gettempdir())
    for left in parent.glob(f"{_PREFIX}*"):  # of a server that was killed
        owner = left.name.removeprefix(_PREFIX).partition("-")[0]
        if owner.isdecimal() and not os.path.exists(f"/proc/{owner}"):
            shutil.rmtree(left, ignore_errors=True)
    os.environ[FOLDER] = tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=parent)


def clean_up() -> None:
    """Remove the folder: the server has stopped."""
    folder = os.environ.pop(FOLDER, "")
    if Path(folder).name.startswith(_PREFIX):
        shutil.rmtree(folder, ignore_errors=True)


def forget(pid: int) -> None:
    """Leave out what a worker that has ended held: its memory, its streams; what it counted stays."""
    from prometheus_client import multiprocess

    with suppress(OSError):
        multiprocess.mark_process_dead(pid)  # type: ignore[no-untyped-call]  # declared without


class Metrics:
    """The numbers of one process; ``app`` is the application that it serves."""

    def __init__(self, app: Flask, registry: CollectorRegistry | None = None):
        from prometheus_client import REGISTRY, Counter, Gauge, Histogram

        kept: dict[str, Any] = {"registry": registry or REGISTRY}
        self._app = app
        self._seen: dict[tuple[str, ...], int] = {}
        self.requests = Counter(
            "wger_http_requests", "Requests that were answered.", ("resource", "method", "status"), **kept
        )
        self.seconds = Histogram(
            "wger_http_request_duration_seconds",
            "Time until an answer was made, or a stream began.",
            ("resource", "method"),
            buckets=_BUCKETS,
            **kept,
        )
        self.statements = Counter("wger_database_statements", "Statements that the database was sent.", **kept)
        self.caches = Counter("wger_cache_lookups", "Lookups in caches.", ("cache", "result"), **kept)
        self.webhooks = Counter(
            "wger_webhook_messages", "Attempts to send a message to a webhook.", ("result",), **kept
        )
        self.streams = Gauge("wger_sync_streams", "Streams that are open.", multiprocess_mode="livesum", **kept)
        self.lag = Gauge(
            "wger_sync_lag_seconds",
            "Longest time for which a stream has waited to tell a change that is known.",
            multiprocess_mode="livemax",
            **kept,
        )
        self.memory = Gauge(
            "wger_worker_resident_memory_bytes",
            "Memory of a worker, what it shares with others included.",
            multiprocess_mode="liveall",
            **kept,
        )
        self._children: dict[tuple[str, str, str], tuple[Counter, Histogram]] = {}

    def note(self, resource: str, method: str, code: str, seconds: float) -> None:
        """Note an answer; ``code`` is its HTTP status."""
        key = resource, method if method in _METHODS else "other", code
        children = self._children.get(key)
        if children is None:
            children = self._children[key] = self.requests.labels(*key), self.seconds.labels(*key[:2])
        counter, histogram = children
        counter.inc()
        histogram.observe(seconds)

    def count_statements(self) -> None:
        """Count what the database is sent from now on."""
        held, execute = database.obj, database.obj.execute_sql
        inc = self.statements.inc

        def counted(*args: Any, **kwargs: Any) -> Any:
            inc()
            return execute(*args, **kwargs)

        held.execute_sql = counted  # type: ignore[method-assign]  # of this process's one database

    def sample(self) -> None:
        """Look at what is not told of when it happens; called every few seconds."""
        for name, number in tallies.counts().items():
            if new := number - self._seen.get(name, 0):
                if name[0] == tallies.CACHE:
                    self.caches.labels(*name[1:]).inc(new)
                elif name[0] == tallies.WEBHOOK:
                    self.webhooks.labels(*name[1:]).inc(new)
                self._seen[name] = number
        if (streams := self._app.extensions.get(STREAMS)) is not None:
            self.streams.set(len(streams))
            self.lag.set(streams.lag())
        self.memory.set(resident_bytes())


class Measured:
    """A WSGI application in front of ``app``, which notes each answer."""

    def __init__(self, app: Callable[..., Iterable[bytes]], note: Callable[[str, str, str, float], None]):
        self._app, self._note = app, note

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        began, code = time.perf_counter(), "500"

        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            nonlocal code
            code = status[:3]
            return start_response(status, headers, *error)

        try:
            return self._app(environ, start)
        finally:
            spent = time.perf_counter() - began
            self._note(environ.get(RESOURCE, "none"), environ["REQUEST_METHOD"], code, spent)


def begin(app: Flask) -> tuple[Measured, Metrics]:
    """Return ``app`` so wrapped that its answers are counted, and the numbers; before its first request."""
    metrics = Metrics(app)
    metrics.count_statements()
    app.after_request(_name_resource)
    return Measured(app, metrics.note), metrics


def _name_resource(response: Response) -> Response:
    """Leave the name of what answered where :class:`Measured` finds it: a resource, an endpoint or a page."""
    call = g.get("call")
    if call is None:
        name = request.endpoint or "none"
    else:
        name = call.target.resource.name if call.target.resource else call.target.name
    request.environ[RESOURCE] = name
    return response


def exposition() -> bytes:
    """Return the numbers of all processes as Prometheus reads them, in its text format 0.0.4."""
    from prometheus_client import CollectorRegistry, generate_latest, multiprocess

    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # declared without
    return generate_latest(registry)


def resident_bytes() -> int:
    """Return the memory of this process that is in use; 0 where the system does not tell."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE
    except (OSError, ValueError, IndexError):
        return 0
