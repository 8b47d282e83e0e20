"""A server for the browser: the application in a thread, with a year of somebody's weight."""

from __future__ import annotations

import math
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from werkzeug.serving import make_server

from tests.weights import weigh as weigh_once
from wger_flask.auth.models import User
from wger_flask.storage.database import transaction


@contextmanager
def serving(app):
    """Serve ``app`` on a free port and yield its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def weigh(name: str, days: int) -> None:
    """Record a weight of the user ``name`` on each of the ``days`` before 2025-07-01."""
    user, last = User.get(User.username == name), datetime(2025, 7, 1, 6, 30, tzinfo=UTC)
    with transaction():
        for day in range(days):
            value = 84 - 6 * (1 - day / days) + math.sin(day / 5) * 0.7 + math.sin(day * 1.7) * 0.25
            weigh_once(user, Decimal(f"{value:.2f}"), last - timedelta(days=day))
