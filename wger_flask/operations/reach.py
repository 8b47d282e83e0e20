"""Look at a server as its clients reach it: the host in its links, what it believes of headers, its media."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from urllib.parse import urlsplit

from ..rest.services import Services
from ..sync.app_client import Answer, Unreachable, ask
from ..sync.app_walk import OK, PROBLEM, WARNING, Finding

_FOREIGN = "doctor.invalid"  # a host that no server has
_TEXT = b"wger-flask doctor\n"


def findings(services: Services, base: str) -> Iterator[Finding]:
    """Yield what was found of the server at ``base``, whose database and media are those of ``services``."""
    root = f"{base}/api/v2/"
    try:
        answer = ask("GET", root)
        forged = ask("GET", root, None, {"X-Forwarded-Host": _FOREIGN})
        ready = ask("GET", f"{base}/readyz")
    except Unreachable as wrong:
        yield Finding("links", PROBLEM, f"{root} is not reached: {wrong}.", "Does the server run, and the proxy?")
        return
    yield links(answer, base)
    yield forged_host(forged)
    yield readiness(ready, base)
    yield media(services, base)


def links(answer: Answer, base: str) -> Finding:
    """Compare the addresses that the server gives with the one by which it was asked: scheme, host, port, path."""
    listed = answer.json()
    first = next(iter(listed.values()), None) if isinstance(listed, dict) else None
    if answer.status != 200 or not isinstance(first, str):
        told = f"{base}/api/v2/ is answered with {answer.status}, not by a wger."
        advice = "The proxy must pass /api/, /allauth/, /user/, /media/, /static/ and /ps/ to this server."
        return Finding("links", PROBLEM, told, advice)
    given, asked = urlsplit(first), urlsplit(base)
    scheme = "The proxy must send X-Forwarded-Proto, and NUMBER_OF_PROXIES say how many proxies there are."
    host = "The proxy must pass Host on: proxy_set_header Host $http_host;."
    port = (
        "The proxy must pass Host on with its port: $http_host and not $host in nginx. Where a router forwards "
        "another port, clients must name that one."
    )
    for what, here, there, advice in (
        ("scheme", asked.scheme, given.scheme, scheme),
        ("host", asked.hostname, given.hostname, host),
        ("port", asked.port, given.port, port),
        ("path", f"{asked.path}/api", given.path[: len(asked.path) + 4], "Give SITE_URL the path."),
    ):
        if here != there:
            told = f"Links, next among them, have another {what} than {base}: {first}."
            return Finding("links", PROBLEM, told, advice)
    return Finding("links", OK, f"Links lead to {given.scheme}://{given.netloc}, as they should.")


def forged_host(answer: Answer) -> Finding:
    """Tell whether a client chooses the host of links by a header."""
    if _FOREIGN in answer.text:
        told = "A client that sends X-Forwarded-Host chooses the host of links."
        advice = (
            "Let the proxy overwrite that header (proxy_set_header X-Forwarded-Host $http_host;), or take "
            "USE_X_FORWARDED_HOST away."
        )
        return Finding("forwarded host", PROBLEM, told, advice)
    return Finding("forwarded host", OK, "No client chooses the host of links.")


def readiness(answer: Answer, base: str) -> Finding:
    """Tell what the running server says of itself."""
    said = answer.json()
    if answer.status == 200:
        return Finding("readiness", OK, "The running server says that it is ready.")
    checks = said.get("checks") if isinstance(said, dict) else None
    if isinstance(checks, dict):
        wrong = "; ".join(f"{name}: {state}" for name, state in sorted(checks.items()) if state != "ok")
        return Finding(
            "readiness", PROBLEM, f"The running server is not ready: {wrong}.", "See the findings about these."
        )
    told = f"{base}/readyz is answered with {answer.status}."
    return Finding("readiness", WARNING, told, "Where the proxy does not pass it on, ask the server itself.")


def media(services: Services, base: str) -> Finding:
    """Store a small file, and ask for it as a client does."""
    settings = services.settings
    if settings.WGER_PRIVATE_MEDIA:
        return Finding("served media", OK, "Not looked at: WGER_PRIVATE_MEDIA keeps files to their owners.")
    name = services.media.save(_TEXT, f"doctor/{secrets.token_hex(16)}.txt")
    try:
        answer = ask("GET", f"{base}/media/{name}")
        while answer.status in (301, 302, 303, 307) and (onward := answer.headers.get("location", "")).startswith(
            "http"
        ):
            answer = ask("GET", onward)
    except Unreachable as wrong:
        return Finding(
            "served media", PROBLEM, f"A file is not reached: {wrong}.", "Is the address of the files right?"
        )
    finally:
        services.media.delete(name)
    if answer.status != 200 or answer.text.encode() != _TEXT:
        told = f"A file that was stored just now is answered with {answer.status}."
        advice = (
            "The proxy must pass /media/ to this server, or serve WGER_MEDIA_ROOT itself; and the running server "
            "must have the WGER_MEDIA_ROOT of the settings here."
        )
        return Finding("served media", PROBLEM, told, advice)
    policy = answer.headers.get("content-security-policy", "")
    for header, is_there in (
        ("X-Content-Type-Options: nosniff", answer.headers.get("x-content-type-options") == "nosniff"),
        ("Content-Security-Policy: default-src 'none'; sandbox", "sandbox" in policy or "script-src 'none'" in policy),
    ):
        if not is_there:
            told = f"Files come without {header}: what is in an upload might run in a browser."
            return Finding("served media", WARNING, told, "Let what serves them, a proxy or a bucket, add the header.")
    return Finding("served media", OK, "Files that are stored are served.")
