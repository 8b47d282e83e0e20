"""Paths that lead out of the folders that files are served from, as they come over the wire: nothing reads them."""

from __future__ import annotations

import re
import socket

import pytest

from tests.serving.running import read_all, running
from tests.web.test_web_ui import unpacked
from wger_flask.web.web_ui import STATIC

UP = (
    "../ %2e%2e/ ..%2f %2e%2e%2f %252e%252e%252f ..%255c ..\\ ..%5c %c0%ae%c0%ae/ ..%c0%af %uff0e%uff0e/ ....// "
    ".././ ./../ ..;/ %00../ ..%00/ %e3%80%82%e3%80%82/ %ef%bc%8e%ef%bc%8e/"
).split()
GOALS = ["secret.key", "wger.sqlite", "package.json", "secret.js"]
ROOTS = ["/static/", "/media/", "/docs/", f"{STATIC}/", "/en/"]
SECRET = "b24e7f0d-the-key-of-this-server"


@pytest.fixture(scope="module")
def port(server_database, tmp_path_factory):
    """A server with files to serve, and secrets beside them."""
    folder = tmp_path_factory.mktemp("beside")
    ui = unpacked(folder / "web-ui")
    (ui / "package" / "secret.js").write_text(SECRET)
    (ui / "package" / "package.json").write_text(SECRET)
    (folder / "secret.key").write_text(SECRET * 2)
    (folder / "secret.key").chmod(0o600)
    (folder / "media").mkdir()
    (folder / "media" / "link.png").symlink_to(folder / "web-ui" / "package" / "secret.js")
    (folder / "site").mkdir()
    (folder / "site" / "index.html").write_text("<p>")
    settings = {
        "WGER_WEB_UI": str(ui),
        "WGER_BOOLEAN_FILTERS": "any-spelling",
        "WGER_DOCS_ROOT": str(folder / "site"),
    }
    with running(server_database.url, folder, **settings) as server:
        yield server.port


def paths(root: str) -> list[str]:
    found = [f"{root}{up * depth}{goal}" for up in UP for depth in (1, 2, 4) for goal in GOALS]
    found += [f"{root}{up * 9}etc/passwd" for up in UP]
    found += [f"{root}/etc/passwd", f"{root}%2fetc%2fpasswd", f"{root}file:///etc/passwd", f"{root}C:%5cwindows"]
    return found


@pytest.mark.parametrize("root", ROOTS)
def test_nothing_outside_is_read(port, root):
    asked = paths(root)
    with socket.create_connection(("127.0.0.1", port), timeout=600) as wire:
        for number, path in enumerate(asked, 1):
            last = "Connection: close\r\n" if number == len(asked) else ""
            wire.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n{last}\r\n".encode())
        found = read_all(wire)
    statuses = [int(code) for code in re.findall(rb"HTTP/1\.1 (\d{3}) ", found)]
    assert len(statuses) == len(asked) and not set(statuses) & {200, 206, 500}, sorted(set(statuses))
    assert SECRET.encode() not in found and b"SQLite format" not in found and b"root:x:" not in found
