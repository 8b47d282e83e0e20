"""Send requests: one, some after each other, or as many as a server answers."""

from __future__ import annotations

import http.client
import re
import statistics
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

CONNECTIONS = 8


@dataclass(frozen=True, slots=True)
class Request:
    """A GET of ``path``, or a POST where there is a body of JSON."""

    path: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None

    @property
    def method(self) -> str:
        """The HTTP method."""
        return "GET" if self.body is None else "POST"

    @property
    def all_headers(self) -> dict[str, str]:
        """The headers, with the type of the body."""
        return self.headers if self.body is None else {**self.headers, "Content-Type": "application/json"}


class Refused(SystemExit):
    """Say what a server would not answer, or not as often as it was asked; it ends a run that does not expect it."""


class Connection:
    """A connection that is kept open, as clients do."""

    def __init__(self, url: str):
        parts = urlsplit(url)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._held = kind(parts.netloc, timeout=30)

    def send(self, request: Request) -> bytes:
        """Return the body of an answer that is a success; raises :class:`Refused`."""
        self._held.request(request.method, request.path, request.body, request.all_headers)
        answer = self._held.getresponse()
        body = answer.read()
        if answer.status not in (200, 201):
            raise Refused(f"{request.method} {request.path}: {answer.status} {body[:600]!r}")
        return body

    def milliseconds(self, request: Request) -> float:
        """Return how long one answer takes."""
        started = time.perf_counter()
        self.send(request)
        return (time.perf_counter() - started) * 1000

    def usual_milliseconds(self, request: Request, times: int = 60) -> float:
        """Return the median over answers that are asked for one after the other."""
        return statistics.median(self.milliseconds(request) for _ in range(times))


def median_throughputs(asked: list[tuple[str, Request]], rounds: int, seconds: int) -> list[float]:
    """Return the median throughput of each pair of a server's address and a request; their rounds alternate."""
    results: list[list[float]] = [[] for _ in asked]
    for _ in range(rounds):
        for (url, request), found in zip(asked, results, strict=True):
            found.append(throughput(url, request, seconds))
    return [statistics.median(found) for found in results]


def throughput(url: str, request: Request, seconds: int) -> float:
    """Return the requests a second that wrk counts on eight connections; raises :class:`Refused`."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s"]
    for name, value in request.all_headers.items():
        command += ["-H", f"{name}: {value}"]
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        if request.body is not None:
            script.write(f'wrk.method = "POST"\nwrk.body = [==[{request.body.decode()}]==]\n')
            script.flush()
            command += ["-s", script.name]
        said = subprocess.run([*command, url + request.path], capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        why = [line.strip() for line in said.splitlines() if "Non-2xx" in line or "Socket errors" in line]
        raise Refused(f"{request.path} failed under load: {', '.join(why)}")
    return float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])
