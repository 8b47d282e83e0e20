"""Answers leave in order and whole, however slowly they are read; nobody waits for that."""

from __future__ import annotations

import os
import socket

import pytest

from wger_flask.serving.room import Room
from wger_flask.serving.sending import Sending


@pytest.fixture
def pair():
    """A socket that sends, and the one that reads."""
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    with ours, theirs:
        yield ours, theirs


def drain(sending: Sending, reader: socket.socket, size: int) -> bytes:
    """Read ``size`` bytes, while what remains is sent."""
    found = bytearray()
    while len(found) < size:
        sending.flush()
        found += reader.recv(65536)
    return bytes(found)


def test_little_is_sent_at_the_end_and_together(pair):
    ours, theirs = pair
    theirs.setblocking(False)
    sending = Sending(ours, Room(0))
    sending.sendall(b"head ")
    sending.sendall(b"")
    sending.sendall(b"body")
    with pytest.raises(BlockingIOError):
        theirs.recv(100)
    assert sending.flush()
    assert theirs.recv(100) == b"head body"


@pytest.mark.parametrize("piece", [1000, 70_000, 1_500_000])
def test_all_of_it_arrives_in_order(pair, tmp_path, piece):
    ours, theirs = pair
    room = Room(10**8)
    sending = Sending(ours, room)
    content = os.urandom(3_000_000)
    file = tmp_path / "file"
    file.write_bytes(content[::-1])
    for start in range(0, len(content), piece):
        sending.sendall(content[start : start + piece])
    with file.open("rb") as opened:
        sending.sendfile(opened, offset=0, count=2_000_000)
        sending.sendfile(opened, offset=2_000_000)
    file.unlink()
    sending.sendall(b"the end")
    sending.sendall(content[:100_000])
    whole = content + content[::-1] + b"the end" + content[:100_000]
    assert not sending.flush()
    assert drain(sending, theirs, len(whole)) == whole
    assert sending.flush()
    sending.close()
    room.take(10**8)


def test_what_finds_no_room_breaks_off(pair):
    ours, _ = pair
    room = Room(1_000_000)
    sending = Sending(ours, room)
    with pytest.raises(OSError, match="too much lies"):
        for _ in range(1000):
            sending.sendall(b"x" * 10_000)
    sending.close()
    room.take(1_000_000)


def test_a_reader_that_is_gone_is_told(pair):
    ours, theirs = pair
    theirs.close()
    sending = Sending(ours, Room(0))
    sending.sendall(b"hello")
    with pytest.raises(OSError):
        sending.flush()
    sending.close()


def test_a_file_that_became_shorter_breaks_off(pair, tmp_path):
    ours, _ = pair
    (tmp_path / "file").write_bytes(b"abc")
    sending = Sending(ours, Room(0))
    with (tmp_path / "file").open("rb") as opened:
        sending.sendfile(opened, count=100)
    with pytest.raises(OSError, match="shorter"):
        sending.flush()
    sending.close()


def test_whether_to_go_ahead_is_told_elsewhere(pair):
    ours, theirs = pair
    sending = Sending(ours, Room(0))
    line = b"HTTP/1.1 100 Continue\r\n\r\n"
    assert sending.send(line) == len(line)
    assert sending.send(b"more") == 4
    sending.flush()
    assert theirs.recv(100) == b"more"
