"""Clients that are slow, or break off half-way, while others write: nothing of what is not whole is written."""

from __future__ import annotations

import json
import socket
import struct
from contextlib import ExitStack

from tests.conftest import key_of
from tests.faults.load import ask_until, assert_nothing_lost, load
from tests.faults.test_processes import SERVED, assert_whole
from tests.serving.running import read_all, running, statuses

NEVER = "1990-01-01T00:00:00Z"
FORM, JSON = b"date=1990-01-01T00:00:00Z&weight=70", json.dumps({"date": NEVER, "weight": 70}).encode()
CUT = {
    "a form that could be whole": ("application/x-www-form-urlencoded", f"Content-Length: {len(FORM) + 2}", FORM),
    "JSON that could be whole": ("application/json", f"Content-Length: {len(JSON) + 2}", JSON),
    "JSON": ("application/json", f"Content-Length: {len(JSON)}", JSON[:-9]),
    "a chunk": ("application/json", "Transfer-Encoding: chunked", b"%x\r\n" % len(JSON) + JSON[:-9]),
    "chunks without an end": (
        "application/json",
        "Transfer-Encoding: chunked",
        b"%x\r\n" % len(JSON) + JSON + b"\r\n",
    ),
}


def head(kind: str, length: str) -> bytes:
    lines = ["POST /api/v2/weightentry/ HTTP/1.1", "Host: localhost", f"Authorization: Token {key_of('grace')}"]
    return "\r\n".join([*lines, "Connection: close", f"Content-Type: {kind}", length, "", ""]).encode()


def reset(wire: socket.socket) -> None:
    """Hang up as a phone does that has no network any more: what was sent may be thrown away."""
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def stop_sending(wire: socket.socket) -> None:
    """Send no more, and read what comes of it."""
    wire.shutdown(socket.SHUT_WR)
    found = read_all(wire)
    assert statuses(found) == [400] and b"did not arrive whole" in found, found


def test_bodies_that_are_cut_short(held, tmp_path, rounds):
    with running(held.url, tmp_path, **SERVED) as server:
        ask_until(server.port, 200)
        with load(server.port) as told:
            for _ in rounds:
                told.wait_for(20)
                for end in (reset, stop_sending, socket.socket.close):
                    for kind, length, body in CUT.values():
                        with server.connect() as wire:
                            wire.sendall(head(kind, length) + body)
                            end(wire)
                told.wait_for(20)
        assert_nothing_lost(server.port, told)
        found = ask_until(server.port, 200, path=f"weightentry/?date={NEVER}")
        assert json.loads(found)["count"] == 0
        assert "Traceback" not in server.log.read_text()
    assert_whole(held.url)


def test_clients_that_take_their_time(held, tmp_path, rounds):
    """They cost nobody a thread, and what they send in the end is written."""
    with running(held.url, tmp_path, WGER_HEAD_TIMEOUT="3600", WGER_WRITE_WAIT="600", **SERVED) as server:
        ask_until(server.port, 200)
        with load(server.port) as told:
            for number in rounds:
                with ExitStack() as wires:
                    slow = []
                    for minute in range(24):  # three for each thread
                        moment = f"19{10 + number}-01-01T00:{minute:02}:00Z"
                        body = json.dumps({"date": moment, "weight": 70}).encode()
                        sent = head("application/json", f"Content-Length: {len(body)}") + body
                        wire = wires.enter_context(server.connect())
                        part = len(sent) * (minute + 1) // 25
                        wire.sendall(sent[:part])
                        slow.append((wire, sent, part))
                    told.wait_for(40)
                    for wire, sent, part in slow:
                        wire.sendall(sent[part:])
                        found = read_all(wire)
                        while statuses(found) == [503]:  # where the machine stands still for seconds
                            with server.connect() as again:
                                again.sendall(sent)
                                found = read_all(again)
                        assert statuses(found) == [201], found
        assert_nothing_lost(server.port, told)
        assert "Traceback" not in server.log.read_text()
