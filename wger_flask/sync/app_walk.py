"""Walk the way that the phone app goes: address, login, token, stream, upload; and tell what is wrong on it."""

from __future__ import annotations

import ipaddress
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple, NoReturn
from urllib.parse import urlsplit

from .app_client import PROBE_SECONDS, Answer, Lines, Unreachable, ask

OK, WARNING, PROBLEM = "ok", "warning", "problem"
STREAM_SECONDS = 15.0  # until something that was sent must have arrived
FIRST_SYNC_SECONDS = 120.0
SLOW = 3.0  # seconds for a change to reach a phone
CLOCKS_DIFFER = 30.0  # seconds

_PROXY = (
    "Let the proxy pass answers on as they come: nginx needs `proxy_buffering off;` and `proxy_read_timeout 75s;` for "
    "/ps/, Apache `flushpackets=on`, Traefik and Caddy nothing. Where that cannot be had (some tunnels and hosts), set "
    "WGER_SYNC_ONE_CHECKPOINT=1: changes then take some five seconds."
)
_PS = "Let the proxy pass everything below /ps/ to this server, as it does /api/ and /allauth/; docs/sync.md says how."
_HEADERS = "The proxy must pass the Authorization header on, and POST to /ps/."
_MANY = "Too many phones are connected for now: see WGER_SYNC_STREAMS."
_OF_STREAMS = {404: _PS, 405: _PS, 401: _HEADERS, 403: _HEADERS, 503: _MANY}
_SITE = (
    "Phones are told the address by which this server was asked: the proxy must pass on Host and X-Forwarded-Proto, "
    "and NUMBER_OF_PROXIES must say how many there are; docs/deployment.md says how."
)


class Finding(NamedTuple):
    """What was looked at, ``ok``, ``warning`` or ``problem``, what was found, and what to do about it."""

    check: str
    status: str
    found: str
    advice: str = ""


class Blocked(Exception):
    """End the walk: what follows needs what did not work."""


class Walk:
    """The app's way through a server at ``base``, as the user ``name``; ``report`` gets each finding."""

    def __init__(self, base: str, name: str, password: str, report: Callable[[Finding], None]):
        self.base, self.name, self.password, self._report = base.rstrip("/"), name, password, report
        self.access = self.token = self.sync_url = ""
        self.client_id = str(uuid.uuid4())
        self.stream: Lines | None = None

    def go(self) -> None:
        """Go step by step; the first step that fails is the last."""
        try:
            for step in (self._address, self._login, self._get_token, self._alive, self._first_sync, self._change):
                step()
        except Blocked:
            return
        finally:
            if self.stream is not None:
                self.stream.close()

    # -- the steps -----------------------------------------------------------------------------------------------
    def _address(self) -> None:
        host = urlsplit(self.base).hostname or ""
        if _is_only_here(host):
            told = f"{self.base} means this machine alone: no phone reaches it."
            advice = (
                "Set SITE_URL to the address that phones use, or give it: wger-flask doctor https://wger.example.org"
            )
            self._found("address", WARNING, told, advice)
        answer = self._asked("address", "GET", f"{self.base}/api/v2/min-app-version/")
        if 300 <= answer.status < 400:
            told = f"{self.base} leads on to {answer.headers.get('location', 'elsewhere')}."
            self._stop("address", told, "Give the app, and SITE_URL, the address that it leads to.")
        if answer.status != 200 or not isinstance(answer.json(), str):
            told = f"{self.base}/api/v2/ is answered with {_told(answer)}, not by a wger."
            advice = "Is it the right address? A proxy must pass /api/, /allauth/, /media/ and /ps/ to this server."
            self._stop("address", told, advice)
        self._found("address", OK, f"{self.base} is reached, and is a wger.")
        self._clocks(answer)

    def _clocks(self, answer: Answer) -> None:
        try:
            theirs = parsedate_to_datetime(answer.headers["date"]).timestamp()
        except (KeyError, ValueError):
            return
        apart = theirs - time.time()
        if abs(apart) > CLOCKS_DIFFER:
            told = f"The clock of {self.base} differs from the one here by {apart:+.0f} seconds."
            advice = "Set the clocks of both (timedatectl set-ntp true); tokens and times of entries depend on them."
            self._found("clock", PROBLEM, told, advice)
        else:
            self._found("clock", OK, "The clocks agree.")

    def _login(self) -> None:
        sent = {"username": self.name, "password": self.password}
        answer = self._asked("login", "POST", f"{self.base}/allauth/app/v1/auth/login", sent)
        found = answer.json()
        access = found.get("meta", {}).get("access_token") if isinstance(found, dict) else None
        if answer.status == 429:
            told = "Too many logins came from this address."
            advice = "Wait a minute; behind a proxy set NUMBER_OF_PROXIES, or all clients count as one."
            self._stop("login", told, advice)
        if answer.status != 200 or not isinstance(access, str):
            told = f"Logging in as the app does is answered with {_told(answer)}."
            advice = (
                "Is this the server whose database is used here? A proxy must pass /allauth/ to it, bodies included."
            )
            self._stop("login", told, advice)
        self.access = access
        answer = self._asked("login", "GET", f"{self.base}/api/v2/userprofile/", None, self._bearer)
        if answer.status != 200:
            told = f"A fresh access token is answered with {_told(answer)}."
            advice = (
                "The proxy must pass the Authorization header on (Apache: CGIPassAuth On, WSGIPassAuthorization On)."
            )
            self._stop("login", told, advice)
        self._found("login", OK, "Logging in works, and access tokens are taken.")

    def _get_token(self) -> None:
        answer = self._asked("token", "GET", f"{self.base}/api/v2/powersync-token", None, self._bearer)
        found = answer.json()
        if answer.status != 200 or not isinstance(found, dict) or not isinstance(found.get("token"), str):
            self._stop("token", f"No sync token is given: {_told(answer)}.", "See the server's log.")
        self.token, url = found["token"], str(found.get("powersync_url") or "")
        here, there = urlsplit(self.base), urlsplit(url)
        if there.scheme not in ("http", "https") or not there.hostname:
            self._stop("token", f"Phones are told to sync at {url!r}, which is no address.", "Correct POWERSYNC_URL.")
        if there.scheme != here.scheme or there.netloc != here.netloc:
            only_here = " On a phone that means the phone." if _is_only_here(there.hostname) else ""
            self._found(
                "token",
                PROBLEM if only_here or there.scheme != here.scheme else WARNING,
                f"Phones that use {self.base} are told to sync at {url}.{only_here}",
                _SITE,
            )
        else:
            self._found("token", OK, f"A sync token is given, for {url}.")
        self.sync_url = url if url.endswith("/") else url + "/"

    def _alive(self) -> None:
        tried = []
        for url in dict.fromkeys((self.sync_url, f"{self.base}/ps/")):
            try:
                answer = ask("GET", f"{url}probes/liveness", seconds=PROBE_SECONDS)
            except Unreachable as wrong:
                tried.append(f"{url}: {wrong}")
                continue
            if answer.status == 200:
                self.sync_url = url
                if tried:
                    why = "; ".join(tried)
                    self._found("liveness", WARNING, f"Phones fall back to {url}, because of {why}.", _SITE)
                else:
                    self._found("liveness", OK, "The sync says that it is alive.")
                return
            tried.append(f"{url}: {_told(answer)}")
        self._stop("liveness", f"The app says that sync is unavailable: {'; '.join(tried)}.", _PS)

    def _first_sync(self) -> None:
        body = {
            "client_id": self.client_id, "buckets": [], "include_checksum": True, "raw_data": True,
            "binary_data": True, "parameters": {}, "streams": {"include_defaults": True, "subscriptions": []},
        }  # fmt: skip
        began = time.monotonic()
        self.stream = stream = Lines(f"{self.sync_url}sync/stream", self.token, body)
        if not stream.wait_for_head(STREAM_SECONDS):
            why = stream.trouble or "nothing has come"
            self._stop("stream", f"The stream does not begin ({why}): something holds it back.", _PROXY)
        if stream.status != 200:
            advice = _OF_STREAMS.get(stream.status or 0, "See the server's log.")
            self._stop("stream", f"The stream is answered with {stream.status}.", advice)
        if stream.headers.get("content-encoding", "identity") != "identity":
            told = "The stream comes compressed though that was not asked for."
            advice = "Switch compression off for /ps/ in the proxy: it holds lines back until enough has gathered."
            self._found("stream", PROBLEM, told, advice)
        operations = 0
        while line := stream.next(FIRST_SYNC_SECONDS if operations else STREAM_SECONDS):
            operations += len(line.value["data"]) if line.kind == "data" else 0
            if line.kind == "checkpoint_complete":
                took = line.moment - began
                self._found("stream", OK, f"A first sync of {operations} rows took {took:.1f} seconds.")
                return
        self._stop("stream", "The stream begins, but its lines do not arrive: something holds them back.", _PROXY)

    def _change(self) -> None:
        assert self.stream is not None
        key = str(uuid.uuid4())
        row = {"id": key, "description": "wger-flask doctor", "start": f"{datetime.now(UTC):%Y-%m-%d}"}
        sent = {"table": "nutrition_nutritionplan", "data": row}
        url = f"{self.base}/api/v2/upload-powersync-data"
        answer = self._asked("upload", "PUT", url, sent, self._bearer)
        if answer.status != 200 or answer.json() != {"status": "ok!"}:
            told = f"A row that a phone uploads is answered with {_told(answer)}."
            advice = (
                "The proxy must let PUT, PATCH and DELETE through."
                if answer.status in (403, 405, 501)
                else "See the server's log."
            )
            self._stop("upload", told, advice)
        began = time.monotonic()
        url = f"{self.sync_url}write-checkpoint2.json?client_id={self.client_id}"
        answer = self._asked("upload", "GET", url, None, {"Authorization": f"Token {self.token}"})
        found = answer.json()
        number = found.get("data", {}).get("write_checkpoint") if isinstance(found, dict) else None
        if answer.status != 200 or not isinstance(number, str) or not number.isdecimal():
            self._stop("upload", f"The upload is not acknowledged: {_told(answer)}.", _PS)
        self._found("upload", OK, "A row that a phone writes is taken and acknowledged.")
        arrived = acknowledged = False
        while line := self.stream.next(STREAM_SECONDS - (time.monotonic() - began)):
            if line.kind == "data":
                arrived = arrived or any(one.get("object_id") == key for one in line.value["data"])
            elif line.kind in ("checkpoint", "checkpoint_diff"):
                acknowledged = acknowledged or int(line.value.get("write_checkpoint") or 0) >= int(number)
            elif line.kind == "checkpoint_complete" and arrived and acknowledged:
                took = line.moment - began
                why = "The server has too much to do, or a proxy gathers lines before it passes them on."
                found = f"A change reaches a connected phone after {took:.1f} seconds."
                self._found("live", *((WARNING, found, why) if took > SLOW else (OK, found)))
                return
        told = "What changes does not reach a connected phone: the first lines came, later ones do not."
        advice = (
            f"{_PROXY} Where it is the same without the proxy (wger-flask doctor http://127.0.0.1:8000), see the log."
        )
        self._stop("live", told, advice)

    # -- helpers ---------------------------------------------------------------------------------------------------
    @property
    def _bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.access}"}

    def _asked(
        self, check: str, method: str, url: str, body: object = None, headers: dict[str, str] | None = None
    ) -> Answer:
        try:
            return ask(method, url, body, headers)
        except Unreachable as wrong:
            told = f"{url} is not reached: {wrong}."
            advice = (
                "Does the server run (wger-flask serve), and do name, port and certificate fit? "
                "Behind a proxy: does it know where the server listens (WGER_BIND)?"
            )
            self._stop(check, told, advice)

    def _found(self, check: str, status: str, found: str, advice: str = "") -> None:
        self._report(Finding(check, status, found, advice))

    def _stop(self, check: str, found: str, advice: str) -> NoReturn:
        self._found(check, PROBLEM, found, advice)
        raise Blocked


def _told(answer: Answer) -> str:
    kind = answer.headers.get("content-type", "").partition(";")[0]
    text = " ".join(answer.text.split())[:120] if kind == "application/json" else kind or "nothing"
    return f"{answer.status} ({text})"


def _is_only_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
