"""How gunicorn serves: `wger-flask serve` uses this file, and so does
`gunicorn -c config/gunicorn.conf.py wsgi:app`.

Sized for a small machine: two processes of four threads, each process below 80 MB. The
application is loaded once, before the processes part: they share its memory, the start costs one
loading, and a wrong setting stops the whole start with one line. Nothing is connected to the
database by then; every thread opens its own connection on first use.

A thread is taken for a request that has arrived whole, until its answer is written: clients that send
or read slowly, or not at all, cost no thread (`wger_flask/serving`).  On SQLite, which runs within the
process, one request is begun after the other, and the next one where that takes longer than a moment.

gunicorn believes X-Forwarded-Proto from 127.0.0.1 alone. A proxy on another machine or in another
container is named by gunicorn's own variable, FORWARDED_ALLOW_IPS=10.0.0.5, or counted by
NUMBER_OF_PROXIES, which covers the client's address too.
"""

import gc
import os

from wger_flask.jobs import worker as jobs
from wger_flask.logs import JSON
from wger_flask.memory import release_memory_early
from wger_flask.options import SettingsError
from wger_flask.server_log import ServerLog
from wger_flask.serving.receiving import Limits
from wger_flask.serving.worker import BufferingWorker
from wger_flask.settings_reader import load
from wger_flask.storage.database import runs_in_process, settle
from wger_flask.sync import stop_when
from wger_flask.webhooks import sender

try:
    _settings = load()
except SettingsError as wrong:
    raise SystemExit(f"Error: {wrong}") from None

bind = _settings.WGER_BIND
workers = _settings.WGER_WORKERS
threads = _settings.WGER_THREADS
preload_app = True
keepalive = 15  # longer than the pauses of a person who reads and clicks
worker_class = "wger_flask.serving.worker.BufferingWorker"
BufferingWorker.limits = Limits(
    head=_settings.WGER_HEAD_TIMEOUT,
    idle=keepalive,
    rate=_settings.WGER_MIN_BODY_RATE * 1000,
    body=_settings.WGER_MAX_BODY_SIZE * 2**20,
    text=max(_settings.WGER_MAX_JSON_SIZE, _settings.WGER_MAX_BULK_SIZE) * 2**20,
)
limit_request_line = 8190  # gunicorn's most: ?fields= and lists of UUIDs in a filter are long
timeout = 60  # of a process that hangs; a slow upload does not count
graceful_timeout = 20
forwarder_headers = ""  # no client says by a header where in the address space we are, not even from this machine
logger_class = "wger_flask.server_log.ServerLog"
ServerLog.as_json = _settings.WGER_LOG_FORMAT == JSON
loglevel = _settings.WGER_LOG_LEVEL
accesslog = "-" if _settings.WGER_ACCESS_LOG else None
control_socket_disable = True  # its one default place would be shared by every server of this user
if os.path.isdir("/dev/shm"):
    worker_tmp_dir = "/dev/shm"  # a disk that stalls must not make processes look hung

release_memory_early()
if _settings.WGER_METRICS_BIND:
    from wger_flask.operations import metrics, metrics_server

    metrics.prepare()  # before the application is loaded: what counts finds its folder by then


def on_starting(server):
    """Take the address of the metrics before processes part: they share it."""
    if _settings.WGER_METRICS_BIND:
        try:
            metrics_server.listen(_settings.WGER_METRICS_BIND)
        except metrics_server.CannotListen as wrong:
            metrics.clean_up()
            raise SystemExit(f"Error: {wrong}") from None


def post_worker_init(worker):
    """Let phones' streams end with the worker, where another worker class gives each a thread; send webhooks.

    Where the database runs in the process, its threads begin one request after the other.
    """
    if runs_in_process():
        worker.at_once = 1
    stop_when(lambda: not worker.alive)
    sender.start(worker.wsgi)
    jobs.start(worker.wsgi)
    if _settings.WGER_METRICS_BIND:
        worker.wsgi = metrics_server.start(worker.wsgi)


def worker_exit(server, worker):
    """Let the message that is being sent to a webhook end."""
    jobs.stop()
    sender.stop()


def child_exit(server, worker):
    """Leave what an ended process held out of the metrics."""
    if _settings.WGER_METRICS_BIND:
        metrics.forget(worker.pid)


def on_exit(server):
    """Leave the database's files whole: a stopped server's may be moved, copied and replaced."""
    settle()
    if _settings.WGER_METRICS_BIND:
        metrics_server.close()
        metrics.clean_up()


def when_ready(server):
    """Leave what is loaded out of garbage collection, whose marks would unshare its memory."""
    gc.collect()
    gc.freeze()
