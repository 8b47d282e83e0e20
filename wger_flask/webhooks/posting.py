"""Post a signed message to an address that a user named, but never into the network of this server.

Messages are signed as the Standard Webhooks specification says (standardwebhooks.com), for which most languages have
a library: HMAC-SHA256 over ``<id>.<timestamp>.<body>``.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import socket
import ssl
import threading
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from urllib.parse import SplitResult, quote, urlsplit

SECONDS = 10.0
_PORTS = {"http": 80, "https": 443}
_IN_PATHS = "%/?:@!$&'()*+,;=~-._"
_USER_AGENT = "wger_flask"


class NotDelivered(Exception):
    """Say in a short sentence why a message was not taken; ``status`` is that of the answer, None without one."""

    def __init__(self, why: str, status: int | None = None):
        super().__init__(why)
        self.status = status


def sign(secret: str, name: str, timestamp: int, body: str) -> str:
    """Return the value of the header ``webhook-signature``; ``secret`` is in hexadecimal digits."""
    signed = f"{name}.{timestamp}.{body}".encode()
    return "v1," + base64.b64encode(hmac.digest(bytes.fromhex(secret), signed, hashlib.sha256)).decode()


def format_secret(secret: str) -> str:
    """Return a secret as libraries of that specification take it."""
    return "whsec_" + base64.b64encode(bytes.fromhex(secret)).decode()


def is_private(address: str) -> bool:
    """Tell whether an IP address is of this machine, of a local network, or otherwise not everybody's."""
    found = ipaddress.ip_address(address)
    inner = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    return not found.is_global or found.is_multicast or (inner is not None and is_private(str(inner)))


def is_address(url: str) -> bool:
    """Tell whether a message can be posted there at all: a host, a port that exists, no name or password of a user."""
    try:
        parts = urlsplit(url)
        return parts.scheme in _PORTS and bool(parts.hostname) and parts.port != 0 and "@" not in parts.netloc
    except ValueError:
        return False


def is_refused(url: str) -> bool:
    """Tell, without a look at the network, whether an address can only be a private one."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith((".localhost", ".local", ".internal")):
        return True
    try:
        return is_private(host)
    except ValueError:
        return False


def post(url: str, body: str, headers: dict[str, str], allows_private: bool) -> int:
    """Post ``body`` and return the status, one of 200 to 299; raises :class:`NotDelivered`.

    The name is resolved once, and that address is called, so that a name cannot lead elsewhere after it was looked at.
    Redirects are not followed, and all of it takes :data:`SECONDS` at most, however slowly the other side sends.
    """
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port or _PORTS[parts.scheme]
        told = {"Host": _host_header(host, parts.port), "User-Agent": _USER_AGENT, "Content-Type": "application/json"}
        with socket.create_connection((_resolve(host, port, allows_private), port), SECONDS) as sock:
            if parts.scheme == "https":
                sock = ssl.create_default_context().wrap_socket(sock, server_hostname=host)
            status = _exchange(sock, host, _path(parts), body, told | headers)
    except (OSError, HTTPException, ValueError) as wrong:
        raise NotDelivered(type(wrong).__name__) from None
    if not 200 <= status < 300:
        raise NotDelivered(f"The answer was {status}.", status)
    return status


def _exchange(sock: socket.socket, host: str, path: str, body: str, headers: dict[str, str]) -> int:
    """Send a request and return the status of its answer; the connection is cut when the time is over.

    Raises OSError and HTTPException.
    """
    connection = HTTPConnection(host)
    connection.sock = sock
    is_over = threading.Event()

    def cut() -> None:
        is_over.set()
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)

    deadline = threading.Timer(SECONDS, cut)
    deadline.start()
    try:
        connection.request("POST", path, body=body.encode(), headers=headers)
        with connection.getresponse() as answer:
            if is_over.is_set():
                raise TimeoutError  # what was cut reads like the end of an answer
            return answer.status
    finally:
        deadline.cancel()
        connection.close()


def _host_header(host: str, port: int | None) -> str:
    shown = f"[{host}]" if ":" in host else host
    return shown if port is None else f"{shown}:{port}"


def _path(parts: SplitResult) -> str:
    return quote((parts.path or "/") + (f"?{parts.query}" if parts.query else ""), safe=_IN_PATHS)


def _resolve(host: str, port: int, allows_private: bool) -> str:
    """Return the address to call; raises :class:`NotDelivered` where one of a name's addresses is private."""
    try:
        found = {str(item[4][0]) for item in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError):
        raise NotDelivered("The host name is not known.") from None
    if not allows_private and any(is_private(address) for address in found):
        raise NotDelivered("The address is a private one.")
    return sorted(found, key=lambda address: (":" in address, address))[0]
