"""What a server counts, over all of its processes; and that it counts nothing unless it is told to."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from tests.conftest import ROOT
from tests.ports import free_port
from tests.serving.running import running
from wger_flask import tallies
from wger_flask.operations import metrics, metrics_server
from wger_flask.options import SettingsError
from wger_flask.settings_reader import load
from wger_flask.sync.source import Pace, Source


def asked(port: int, path: str, method: str = "GET", **headers: str) -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=300)
    try:
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def numbers(port: int) -> dict[str, float]:
    status, text = asked(port, "/metrics")
    assert status == 200
    lines = (line.rpartition(" ") for line in text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _, value in lines}


def folders(pid: int) -> list[Path]:
    return [path for parent in ("/dev/shm", "/tmp") for path in Path(parent).glob(f"wger-metrics-{pid}-*")]


def test_two_processes_count_together(template, tmp_path):
    port = free_port()
    with running(template.url, tmp_path, WGER_METRICS_BIND=f"127.0.0.1:{port}", WGER_WORKERS="2") as server:
        for number in range(1, 13):  # each on a connection of its own, which either process may take
            assert asked(server.port, f"/api/v2/exercise/?limit={number}")[0] == 200
        assert asked(server.port, "/api/v2/exercise/99999999/")[0] == 404
        assert asked(server.port, "/nowhere/at/all")[0] == 404
        assert asked(server.port, "/api/v2/exercise/", "BREW")[0] == 403
        found = numbers(port)
        assert found['wger_http_requests_total{method="GET",resource="exercise",status="200"}'] == 12
        assert found['wger_http_requests_total{method="GET",resource="exercise",status="404"}'] == 1
        assert found['wger_http_requests_total{method="GET",resource="none",status="404"}'] == 1
        assert found['wger_http_requests_total{method="other",resource="exercise",status="403"}'] == 1
        assert found['wger_http_request_duration_seconds_count{method="GET",resource="exercise"}'] == 13
        assert found['wger_http_request_duration_seconds_bucket{le="+Inf",method="GET",resource="exercise"}'] == 13
        assert found["wger_database_statements_total"] >= 12
        memory = [name for name in found if name.startswith("wger_worker_resident_memory_bytes{")]
        assert max(found[name] for name in memory) > 2**20
        assert found["wger_sync_streams"] == found["wger_sync_lag_seconds"] == 0
        assert not any("BREW" in name or "99999999" in name or "nowhere" in name for name in found)
        assert asked(port, "/")[0] == asked(port, "/api/v2/exercise/")[0] == 404
        assert asked(server.port, "/metrics")[0] == 404
        assert folders(server.process)
    assert not folders(server.process)


def test_a_worker_that_is_killed_is_replaced_and_what_it_counted_stays(template, tmp_path):
    port = free_port()
    with running(template.url, tmp_path, WGER_METRICS_BIND=f"127.0.0.1:{port}", WGER_WORKERS="1") as server:
        assert asked(server.port, "/api/v2/exercise/?limit=1")[0] == 200
        first = next(name for name in numbers(port) if name.startswith("wger_worker_resident_memory_bytes{"))
        os.kill(int(re.search(r'pid="(\d+)"', first)[1]), 9)
        assert asked(server.port, "/api/v2/exercise/?limit=1")[0] == 200  # by the next one
        found = numbers(port)
        assert found['wger_http_requests_total{method="GET",resource="exercise",status="200"}'] == 2
        assert first not in found


def test_an_address_that_is_taken_stops_the_start_with_one_line(template, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = subprocess.run(
            [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.conf.py", "wsgi:app", "--bind", "127.0.0.1:0"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=600,
            env=dict(
                os.environ,
                WGER_DATABASE_URL=template.url,
                WGER_INSTANCE_PATH=str(tmp_path),
                WGER_PROFILE="testing",
                WGER_METRICS_BIND=f"127.0.0.1:{taken.getsockname()[1]}",
            ),
        )
    assert done.returncode != 0 and "Traceback" not in done.stderr
    assert "WGER_METRICS_BIND" in done.stderr.splitlines()[-1]


def test_nothing_is_loaded_where_it_is_off(template, tmp_path):
    looks = "import sys, wsgi; print(sorted(n for n in sys.modules if 'prometheus' in n or n.endswith('.metrics')))"
    env = dict(os.environ, WGER_DATABASE_URL=template.url, WGER_INSTANCE_PATH=str(tmp_path), WGER_PROFILE="testing")
    done = subprocess.run([sys.executable, "-c", looks], cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr


def test_what_other_layers_tally_becomes_numbers_once(app):
    registry = CollectorRegistry()
    kept = metrics.Metrics(app, registry)
    kept.sample()
    before = registry.get_sample_value("wger_cache_lookups_total", {"cache": "tests", "result": "hit"}) or 0
    tallies.count(tallies.CACHE, "tests", "hit")
    tallies.count(tallies.CACHE, "tests", "hit")
    for _ in range(2):
        kept.sample()
    assert registry.get_sample_value("wger_cache_lookups_total", {"cache": "tests", "result": "hit"}) == before + 2


def test_a_stream_lags_from_when_it_was_woken():
    class Token:
        user_id, expires = 1, time.time() + 600

    class Silent(Source):
        def _run(self):
            yield b""

    now = [0.0]
    stream = Silent(Token(), "phone", Pace(20, 300), now=lambda: now[0])
    now[0] = 5.0
    assert stream.lag == 0
    stream.wake()
    now[0] = 7.0
    stream.wake()
    assert stream.lag == 2
    stream._woken.clear()
    assert stream.lag == 0


@pytest.mark.parametrize("bind", ["9100", "127.0.0.1", "127.0.0.1:", ":9100", "127.0.0.1:0", "127.0.0.1:65536", "a:b"])
def test_what_is_no_address_is_refused(bind):
    with pytest.raises(SettingsError, match="WGER_METRICS_BIND"):
        load(environ={}, WGER_METRICS_BIND=bind)


def test_an_address_of_ipv6_is_taken():
    try:
        metrics_server.listen(f"[::1]:{free_port('::1')}")
    except metrics_server.CannotListen as wrong:
        pytest.skip(str(wrong))
    try:
        assert metrics_server.address()[0] == "::1"
    finally:
        metrics_server.close()
