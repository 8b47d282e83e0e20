"""Servers to copy from: lists in memory behind a socket, and what older releases answered once, out of recordings."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from base64 import b64decode, b64encode
from collections.abc import Callable
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from tests.conftest import SHARED
from wger_flask.transfer.shipped import shipped_rows

SUITES = SHARED / "conformance"
_ROWS = re.compile(r"^/api/v2/([a-z-]+)/(?:([^/?.]+)/)?(?:\?.*)?$")
TOKEN = "f" * 40
ANSWER = tuple[int, dict, bytes]


class Source:
    """What a server has: lists by name, files by path; ``asked`` are the requests, ``hook`` may answer before it.

    Rows of ``own`` are shown to the token alone.
    """

    def __init__(self, version: str = "2.7.0", has_etags: bool = False, has_sync: bool = True):
        self.version, self.has_etags, self.has_sync = version, has_etags, has_sync
        self.lists: dict[str, list[dict]] = {}
        self.own: dict[str, list[dict]] = {}
        self.profile: dict = {"weight_unit": "kg"}
        self.files: dict[str, tuple[int, dict, bytes]] = {}
        self.asked: list[tuple[str, dict]] = []
        self.hook: Callable[[Source, str, dict], ANSWER | None] = lambda source, path, headers: None
        self.base = ""

    def answer(self, path: str, headers: dict) -> ANSWER:
        """Return status, headers and body."""
        self.asked.append((path, headers))
        hooked = self.hook(self, path, headers)
        if hooked is not None:
            return hooked
        parts = urlsplit(path)
        if parts.path in self.files:
            return self.files[parts.path]
        name = parts.path.removeprefix("/api/v2/").rstrip("/")
        query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
        is_known = headers.get("Authorization") == f"Token {TOKEN}"
        if name == "version":
            return self._json(self.version, headers)
        if name in self.own or name == "userprofile":
            if not is_known:
                return self._json({"detail": "Invalid token."}, headers, 403)
            return self._json(
                self.profile if name == "userprofile" else self._page(self.own[name], name, query), headers
            )
        if name == "ingredient-sync" and self.has_sync:
            return self._json(self._cursor(query), headers)
        rows = self.lists.get("ingredient-sync" if name == "ingredientinfo" else name)
        if rows is None or name == "ingredient-sync":
            return 404, {"Content-Type": "text/html"}, b"<h1>Not found</h1>"
        return self._json(self._page(rows, name, query), headers)

    def _json(self, data, headers, status: int = 200) -> ANSWER:
        body = json.dumps(data).replace("{base}", self.base).encode()
        told = {"Content-Type": "application/json"}
        if self.has_etags and status == 200:
            told["ETag"] = f'"{hashlib.sha1(body).hexdigest()}"'
            if headers.get("If-None-Match") == told["ETag"]:
                return 304, told, b""
        return status, told, body

    @staticmethod
    def _wanted(rows: list[dict], query: dict) -> list[dict]:
        if "id__in" in query:
            keys = set(query["id__in"].split(","))
            rows = [row for row in rows if str(row["id"]) in keys]
        if "last_update__gt" in query:
            rows = [row for row in rows if row["last_update"] > query["last_update__gt"]]
        if "language__code" in query:
            codes = query["language__code"].split(",")
            rows = [row for row in rows if row["language"]["short_name"] in codes]
        return rows

    def _page(self, rows: list[dict], name: str, query: dict) -> dict:
        rows = self._wanted(rows, query)
        limit, offset = int(query.get("limit", 20)), int(query.get("offset", 0))
        more = f"{self.base}/api/v2/{name}/?limit={limit}&offset={offset + limit}&ordering={query.get('ordering', '')}"
        following = more if offset + limit < len(rows) else None
        return {"count": len(rows), "next": following, "previous": None, "results": rows[offset : offset + limit]}

    def _cursor(self, query: dict) -> dict:
        after = int(b64decode(query["cursor"])[2:]) if "cursor" in query else 0
        size = int(query.get("page_size", 200))
        rows = sorted(self._wanted(self.lists["ingredient-sync"], query), key=lambda row: row["id"])
        rows = [row for row in rows if row["id"] > after]
        following = None
        if len(rows) > size:
            cursor = b64encode(f"p={rows[size - 1]['id']}".encode()).decode()
            following = f"{self.base}/api/v2/ingredient-sync/?cursor={cursor}&page_size={size}"
        return {"next": following, "previous": None, "results": rows[:size]}


@contextmanager
def serving(source: Source):
    """Answer for ``source`` behind a socket while the block runs."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 1 << 16  # head and body in one packet: the second would wait for the first one's acknowledgement

        def do_GET(self):
            status, headers, body = source.answer(self.path, dict(self.headers))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if "Content-Length" not in headers:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        source.base = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield source
        finally:
            server.shutdown()


# -- out of recordings -----------------------------------------------------------------------------------
PUBLIC = tuple(
    (
        "language license exercisecategory equipment muscle setting-repetitionunit setting-weightunit exerciseinfo "
        "deletion-log"
    ).split()
)
OWN = tuple(
    (
        "measurement-category measurement weightentry routine templates public-templates day slot slot-entry "
        "weight-config max-weight-config repetitions-config max-repetitions-config sets-config max-sets-config "
        "rest-config max-rest-config rir-config max-rir-config workoutsession workoutlog nutritionplan meal mealitem "
        "nutritiondiary gallery"
    ).split()
)


@cache
def _recorded(folder: str, suite: str) -> dict[tuple[str, str | None], dict]:
    """Return the rows that were answered to GET: by list, user (None: whoever) and key."""
    found: dict[tuple[str, str | None], dict] = {}
    for step in json.loads((SUITES / folder / f"{suite}.json").read_text())["steps"]:
        request, expected = step["request"], step["expect"]
        answer, path = expected.get("json"), _ROWS.match(request["path"])
        if request["method"] != "GET" or expected["status"] != 200 or not path or not isinstance(answer, dict):
            continue
        for row in answer.get("results", [answer] if path[2] else []):
            if (
                isinstance(row, dict)
                and ("id" in row or path[1] == "deletion-log")
                and "$volatile" not in json.dumps(row)
            ):
                found.setdefault((path[1], request.get("as")), {})[row.get("id", row.get("uuid"))] = row
    return found


def older_source(user: str = "grace") -> Source:
    """Return a 2.7.0a2 as the recordings show it to a user."""
    found, source = _recorded("suites", "reads"), Source("2.7.0a2")

    def rows(name: str, whose: tuple[str | None, ...]) -> list[dict]:
        merged: dict = {}
        for one in whose:
            merged |= found.get((name, one), {})
        return [
            json.loads(json.dumps(row)) for _, row in sorted(merged.items(), key=lambda item: str(item[0]).zfill(40))
        ]

    everybody = tuple({one for _, one in found})
    for name in PUBLIC:
        source.lists[name] = rows(name, everybody)
    known = {row["id"] for row in source.lists["language"]}  # which were never asked for all at once
    every = [{"id": row["pk"], **row["fields"]} for row in shipped_rows("core.language")]
    source.lists["language"] += [row for row in every if row["id"] not in known]
    foods = {row["id"]: row for name in ("ingredientinfo", "ingredient-sync") for row in rows(name, everybody)}
    source.lists["ingredient-sync"] = [foods[key] for key in sorted(foods)]
    for name in OWN:
        source.own[name] = rows(name, (user,))
    return source


def oldest_source(user: str = "grace") -> Source:
    """Return the same as 2.5 showed it: rows that have UUIDs since are numbered, and some columns are not there yet."""
    source = older_source(user)
    source.version, source.has_sync = "2.5.0", False
    numbers: dict[str, int] = {}
    for name in (
        "measurement-category",
        "measurement",
        "workoutsession",
        "workoutlog",
        "nutritionplan",
        "meal",
        "mealitem",
        "nutritiondiary",
    ):
        for row in source.own[name]:
            numbers[row["id"]] = len(numbers) + 1
    for name, rows in source.own.items():
        source.own[name] = [
            {key: numbers.get(value, value) if isinstance(value, str) else value for key, value in row.items()}
            for row in rows
        ]
    for exercise in source.lists["exerciseinfo"]:
        for translation in exercise["translations"]:
            del translation["description_source"]
        for picture in exercise["images"]:
            picture.pop("thumbnails", None)
    return source
