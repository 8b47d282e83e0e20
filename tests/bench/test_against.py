"""The comparison with a server of one's own choice: what is asked there, and what is said where it refuses."""

from __future__ import annotations

import json
import threading
from argparse import Namespace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.bench.against import READS, Side, compared

ROWS = {"exercise": [{"id": 7}], "exerciseinfo": [{"id": 7}], "exercisecategory": [{"id": 8}], "routine": []}


class Answering(BaseHTTPRequestHandler):
    """A server below ``/gym`` that has a token, refuses muscles, and notes what it was asked."""

    asked: list[tuple[str, str | None]]

    def do_GET(self) -> None:
        path, token = self.path.partition("?")[0], self.headers["Authorization"]
        self.asked.append((self.path, token))
        name = path.removeprefix("/gym/api/v2/").split("/")[0]
        body = json.dumps({"results": ROWS.get(name, [])}).encode()
        self.send_response(404 if name == "muscle" or not path.startswith("/gym/") else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *told: object) -> None:
        """Say nothing."""


@pytest.fixture
def other():
    handler = type("Handler", (Answering,), {"asked": []})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Side(f"http://127.0.0.1:{server.server_port}/gym", "abc"), handler.asked
        server.shutdown()


def run(theirs: Side, only: str = ""):
    asked = []

    def measured(pairs, rounds, seconds):
        asked.append(pairs)
        return [100.0, 1000.0, 2000.0]

    chosen = Namespace(only=only, rounds=1, seconds=1)
    return compared(theirs, theirs, theirs, chosen, measured), asked


def test_both_are_asked_for_the_same_by_their_own_keys(other, capsys):
    theirs, asked = other
    lines, measured = run(theirs)
    requests = [pairs[0][1] for pairs in measured]
    assert {url for pairs in measured for url, _ in pairs} == {theirs.url.removesuffix("/gym")}
    paths = {request.path for request in requests}
    assert {"/gym/api/v2/exercise/7/", "/gym/api/v2/exercise/?category=8", "/gym/api/v2/weightentry/"} <= paths
    assert all(request.headers["Authorization"] == "Token abc" and request.body is None for request in requests)
    assert {token for _, token in asked} == {"Token abc"}
    left_out = [line for line in capsys.readouterr().out.splitlines() if "left out" in line]
    assert len(lines) == len(READS) - 4 and len(left_out) == 4  # the muscles, and what is computed of a routine
    assert any("there is no routine" in line for line in left_out) and any("404" in line for line in left_out)
    assert lines[0].told()[-3:] == ("10.0", "2000", "20.0") and lines[0].their_bytes > 0


def test_without_a_token_no_rows_of_a_user_are_asked_for(other, capsys):
    theirs, asked = other
    lines, _ = run(Side(theirs.url))
    assert len(lines) == len([read for read in READS if not read.owned]) - 1
    assert {token for _, token in asked} == {None}
    assert capsys.readouterr().out.count("needs --token") == len([read for read in READS if read.owned])


def test_only_what_is_named_is_measured(other):
    theirs, asked = other
    assert [line.endpoint for line in run(theirs, "exercise list,a user's logs")[0]] == [
        "exercise list",
        "a user's logs",
    ]
    assert len(asked) == 6
