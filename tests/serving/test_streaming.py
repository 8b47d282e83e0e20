"""Answers that go on: they hold no thread, end with their reader, and with the server."""

from __future__ import annotations

import http.client
import json
from contextlib import AbstractContextManager, ExitStack, closing
from pathlib import Path

import pytest

from tests.serving.running import Running, read_all, running


def streaming(folder: Path, **env: str) -> AbstractContextManager[Running]:
    """Return a server of answers that go on: one process with two threads."""
    url = "sqlite:///" + str(folder / "unused")
    return running(url, folder, app="tests.serving.streaming_app:app", WGER_WORKERS="1", WGER_THREADS="2", **env)


@pytest.fixture
def server(tmp_path):
    with streaming(tmp_path) as made:
        yield made


def ask(server: Running, method: str, path: str, body: bytes = b"") -> bytes:
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=600)) as wire:
        wire.request(method, path, body)
        return wire.getresponse().read()


class Reader:
    """Somebody who listens."""

    def __init__(self, server: Running, size: int = 0):
        self.wire = http.client.HTTPConnection("127.0.0.1", server.port, timeout=600)
        self.wire.request("GET", f"/stream?{size}")
        self.answer = self.wire.getresponse()

    def line(self) -> bytes:
        return self.answer.readline()

    def close(self) -> None:
        self.answer.close()
        self.wire.close()


def test_many_streams_need_no_threads(server):
    with ExitStack() as all_of_them:
        readers = [all_of_them.enter_context(closing(Reader(server))) for _ in range(30)]
        assert [reader.line() for reader in readers] == [b"\n"] * 30
        is_open, threads = map(int, ask(server, "GET", "/count").split())
        assert is_open == 30 and threads < 10
        for word in (b"one\n", b"two\n"):
            ask(server, "POST", "/say", word)
            assert [reader.line() for reader in readers] == [word] * 30
        ask(server, "POST", "/say", b"end\n")
        assert [reader.line() for reader in readers] == [b""] * 30
    assert ask(server, "GET", "/count").split()[0] == b"0"


def test_whoever_goes_is_noticed_at_once(server):
    with closing(Reader(server)) as stays, closing(Reader(server)) as goes:
        assert stays.line() == goes.line() == b"\n"
        goes.close()
        while ask(server, "GET", "/count").split()[0] != b"1":
            pass
        ask(server, "POST", "/say", b"still here\n")
        assert stays.line() == b"still here\n"


def test_more_than_a_socket_takes(server):
    with closing(Reader(server, 30_000_000)) as slow:
        assert ask(server, "GET", "/count").split()[0] == b"1"
        ask(server, "POST", "/say", b"behind it\n")
        assert len(slow.line()) == 30_000_001 and slow.line() == b"behind it\n"


def test_a_stream_that_fails_is_cut_short(server):
    with closing(Reader(server)) as reader:
        assert reader.line() == b"\n"
        ask(server, "POST", "/say", b"fail\n")
        with pytest.raises(http.client.IncompleteRead):
            reader.answer.read()
    assert "it was told to" in server.log.read_text()


def test_a_reader_of_http_1_0(server):
    with server.connect() as wire:
        wire.sendall(b"GET /stream HTTP/1.0\r\n\r\n")
        assert wire.recv(100).startswith(b"HTTP/1.0 200 OK")
        ask(server, "POST", "/say", b"line\n")
        ask(server, "POST", "/say", b"end\n")
        assert read_all(wire).endswith(b"\r\n\r\n\nline\n")


def test_a_server_that_stops_ends_its_streams(tmp_path):
    with streaming(tmp_path) as server:
        reader = Reader(server)
        assert reader.line() == b"\n"
    # the block ended: the server is gone, with the whole answer behind it, not after its grace of 20 seconds
    assert reader.line() == b""
    assert "Worker exiting" in server.log.read_text() and "was sent SIGKILL" not in server.log.read_text()


def test_no_answer_takes_less_than_no_time_where_clocks_are_set_back(tmp_path):
    with streaming(tmp_path, TZ="SUMMER0", WGER_LOG_FORMAT="json", WGER_ACCESS_LOG="1") as server:
        with closing(Reader(server)) as reader:
            assert reader.line() == b"\n"
            ask(server, "GET", "/winter")
            ask(server, "POST", "/say", b"end\n")
            assert reader.line() == b""
    lines = [json.loads(line) for line in server.log.read_text().splitlines()]
    taken = [line["ms"] for line in lines if line["logger"] == "gunicorn.access"]
    assert len(taken) == 3 and min(taken) >= 0
