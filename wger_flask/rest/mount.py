"""The path below which the server is reached: each address that the server makes begins with it.

It is the WSGI server's ``SCRIPT_NAME``, or the path of the setting ``SITE_URL``.  No request header decides it: a
client could otherwise write the links in answers.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import quote, unquote, urlsplit
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import flask
from werkzeug.sansio.utils import get_current_url


def root_url(request: flask.Request) -> str:
    """Return the server's own address without a slash behind it: ``https://example.org/wger``."""
    return _host_url(request.scheme, request.host) + mount_of(request)


def mount_of(request: flask.Request) -> str:
    """Return the path below which the server is reached, such as ``/wger``; empty at the root of its host."""
    name = request.environ.get("SCRIPT_NAME")
    return _spelt(name) if name else ""


@lru_cache(64)
def _host_url(scheme: str, host: str) -> str:
    return get_current_url(scheme, host)[:-1]


@lru_cache(8)
def _spelt(name: str) -> str:
    return quote(name.encode("latin-1"), safe="!$&'()*+,/:;=@").rstrip("/")


def path_of(site: str) -> str:
    """Return the path in the web address ``site`` as WSGI spells it, without a slash behind it."""
    path = unquote(urlsplit(site).path, "latin-1").strip("/")
    return f"/{path}" if path else ""


def link_for_people(site: str, path: str) -> str:
    """Return the absolute address of a ``path`` of the application, for an e-mail; ``site`` is ``SITE_URL``.

    Where ``site`` has no path and the WSGI server serves below one, that one is used.
    """
    below = "" if path_of(site) or not flask.has_request_context() else mount_of(flask.request)
    return site.rstrip("/") + below + path


class MountedBelow:
    """WSGI middleware: ``app`` is reached below ``path``, whether a proxy passes that on or cuts it off."""

    def __init__(self, app: WSGIApplication, path: str):
        self.app, self.path = app, path

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request; a ``SCRIPT_NAME`` of the WSGI server is taken for a part of its path."""
        whole = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
        if f"{whole}/".startswith(f"{self.path}/"):
            environ["PATH_INFO"] = whole[len(self.path) :]
        environ["SCRIPT_NAME"] = self.path
        return self.app(environ, start_response)
