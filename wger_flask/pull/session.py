"""A session that asks the source wherever it is, and where that leads to only what is public.

The source itself may be on this machine. Where it leads, by a redirect or by the address of a picture, is looked at on
the connection, so that a name cannot lead elsewhere after it was looked up.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import SplitResult, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from ..webhooks.posting import is_private


class PrivateAddress(Exception):
    """Say that the source leads to an address that is not everybody's."""


def private_in(wrong: BaseException | None) -> PrivateAddress | None:
    """Return the refusal that stands behind an error of the library."""
    for _ in range(10):
        if wrong is None or isinstance(wrong, PrivateAddress):
            return wrong
        wrong = wrong.__cause__ or wrong.__context__
    return None


class _PublicHTTP(HTTPConnection):
    def connect(self) -> None:
        super().connect()
        if self.sock is not None and self.proxy is None:
            peer = str(self.sock.getpeername()[0]).partition("%")[0]
            if is_private(peer):
                self.close()
                raise PrivateAddress("it lies at a private address that is not the source's")


class _PublicHTTPS(_PublicHTTP, HTTPSConnection):
    """The same, encrypted: what it connects with is the next class of both."""


class _PublicHTTPPool(HTTPConnectionPool):
    ConnectionCls = _PublicHTTP


class _PublicHTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _PublicHTTPS


class _PublicAdapter(HTTPAdapter):
    """Connects to public addresses alone."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _PublicHTTPPool, "https": _PublicHTTPSPool}


class Session(requests.Session):
    """Asks the source wherever it is, and others where they are public."""

    def __init__(self, source: SplitResult) -> None:
        super().__init__()
        self._host, self._public = source.hostname, _PublicAdapter()

    def get_adapter(self, url: str | bytes) -> Any:
        text = url.decode() if isinstance(url, bytes) else url
        return super().get_adapter(text) if urlsplit(text).hostname == self._host else self._public

    def close(self) -> None:
        super().close()
        self._public.close()
