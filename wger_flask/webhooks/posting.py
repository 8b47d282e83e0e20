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
from urllib.parse import SplitResult, urlsplit

import urllib3
from urllib3.exceptions import HTTPError

SECONDS = 10.0
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


def shown_secret(secret: str) -> str:
    """Return a secret as libraries of that specification take it."""
    return "whsec_" + base64.b64encode(bytes.fromhex(secret)).decode()


def is_private(address: str) -> bool:
    """Tell whether an IP address is of this machine, of a local network, or otherwise not everybody's."""
    found = ipaddress.ip_address(address)
    inner = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    return not found.is_global or found.is_multicast or (inner is not None and is_private(str(inner)))


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
    Redirects are not followed.
    """
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    address = _resolve(host, port, allows_private)
    sent = {"Host": parts.netloc.rpartition("@")[2], "User-Agent": _USER_AGENT, "Content-Type": "application/json"}
    try:
        with _pool(parts, host, address, port) as pool:
            answer = pool.urlopen(
                "POST", _path(parts), body=body.encode(), headers=sent | headers, redirect=False, preload_content=False,
                assert_same_host=False,
            )  # fmt: skip
            status = answer.status
            answer.close()
    except HTTPError as wrong:
        raise NotDelivered(type(wrong).__name__) from None
    if not 200 <= status < 300:
        raise NotDelivered(f"The answer was {status}.", status)
    return status


def _pool(parts: SplitResult, host: str, address: str, port: int) -> urllib3.HTTPConnectionPool:
    timeout = urllib3.Timeout(total=SECONDS)
    if parts.scheme == "https":
        return urllib3.HTTPSConnectionPool(
            address, port, timeout=timeout, retries=False, server_hostname=host, assert_hostname=host
        )
    return urllib3.HTTPConnectionPool(address, port, timeout=timeout, retries=False)


def _path(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _resolve(host: str, port: int, allows_private: bool) -> str:
    """Return the address to call; raises :class:`NotDelivered` where one of a name's addresses is private."""
    try:
        found = {str(item[4][0]) for item in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError):
        raise NotDelivered("The host name is not known.") from None
    if not allows_private and any(is_private(address) for address in found):
        raise NotDelivered("The address is a private one.")
    return sorted(found, key=lambda address: (":" in address, address))[0]
