"""Flask, with what it does anew for every request done once.

Nothing that Flask offers is left out: handlers, signals and blueprints of plugins work as they do elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Self
from wsgiref.types import StartResponse, WSGIEnvironment

import flask
from flask import Flask
from werkzeug.datastructures import Headers
from werkzeug.exceptions import BadHost
from werkzeug.routing import MapAdapter

from .answer_cache import AnswerCache
from .static_files import compressing
from .url_rules import LateRule

_MOST_FUNCTIONS = 2048  # views that are made for each request are among them
_MOST_PATHS, _LONGEST_PATH = 2048, 200  # letters; about 1 MB in all
_WITHOUT_BODY = frozenset((204, 304))


class Response(flask.Response):
    """An answer; one whose body is there as bytes is handed to the server as it is, without copies of its headers."""

    @classmethod
    def of(cls, body: bytes, status: int, headers: Mapping[str, str]) -> Self:
        """Return the answer with ``body`` and ``headers``, which are the server's own words, and its length."""
        return cls([body], status, _own_words([*headers.items(), ("Content-Length", str(len(body)))]))

    def replace_headers(self, headers: list[tuple[str, str]]) -> None:
        """Say ``headers``, which are the server's own words, in the place of all that there are."""
        self.headers = _own_words(headers)

    @property
    def whole(self) -> bytes | None:
        """The body where it is there as bytes, None where it has yet to be put together."""
        body = self.response
        return body[0] if type(body) is list and len(body) == 1 and type(body[0]) is bytes else None

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        whole = self.whole
        if (
            whole is not None
            and not self._on_close
            and environ["REQUEST_METHOD"] != "HEAD"
            and self._status_code not in _WITHOUT_BODY
        ):
            headers = self.headers.to_wsgi_list()
            told = dict(headers)
            if "Content-Length" in told and "Location" not in told:
                start_response(self._status, headers)
                return (whole,)
        return super().__call__(environ, start_response)


def _own_words(headers: list[tuple[str, str]]) -> Headers:
    made = Headers()
    made._list = headers  # not through add(), which looks at each for what a client might have slipped in
    return made


class Application(Flask):
    """The application; what does not change between requests is found out once."""

    response_class = Response
    url_rule_class = LateRule

    def __init__(self, name: str):
        super().__init__(name)
        # Whether a function is a coroutine.
        self.ensure_sync = lru_cache(_MOST_FUNCTIONS)(super().ensure_sync)  # type: ignore[method-assign]
        self.answers = AnswerCache(0)
        self.matches: dict[tuple[str, str], Any] = {}  # the rule and the values in a path, by method and path

    def send_static_file(self, filename: str) -> flask.Response:
        """Return the answer with a file that ships, compressed where that is asked for."""
        return compressing(super().send_static_file(filename))

    def wsgi_app(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request: with what is kept, if there is any, else as Flask does."""
        kept = self.answers.find(environ)
        if kept is None:
            return super().wsgi_app(environ, start_response)
        return self.answers.send(kept, environ, start_response)

    def create_url_adapter(self, request: flask.Request | None) -> MapAdapter | None:
        """Return what finds the view of ``request``: Flask's own, for a server whose hosts are all alike."""
        if request is None or self.config["SERVER_NAME"] or self.config["TRUSTED_HOSTS"] or self.url_map.host_matching:
            return super().create_url_adapter(request)
        return _Adapter(self, request)


class _Adapter(MapAdapter):
    """Find the view of a request; what was found for a path is kept, since the rules do not change."""

    def __init__(self, app: Application, request: flask.Request):
        path = request.path if request.environ.get("PATH_INFO") else ""
        host, asked = _server_name(request.host), request.query_string.decode("utf-8", "replace")
        super().__init__(app.url_map, host, request.root_path, "", request.scheme, path, request.method, asked)
        self._matches = app.matches

    def match(self, *args: Any, **kwargs: Any) -> Any:
        asked = self.default_method, self.path_info
        if args or kwargs != {"return_rule": True} or len(asked[0]) + len(asked[1]) > _LONGEST_PATH:
            return super().match(*args, **kwargs)
        found = self._matches.get(asked)
        if found is None:
            found = super().match(return_rule=True)
            if len(self._matches) >= _MOST_PATHS:
                self._matches.clear()
            self._matches[asked] = found
        rule, values = found
        return rule, dict(values)


@lru_cache(64)
def _server_name(host: str) -> str:
    """Return ``host`` as rules know it; raises BadHost, a 400, for a name that can be no server's."""
    name, colon, port = host.lower().partition(":")
    try:
        return f"{name.encode('idna').decode('ascii')}{colon}{port}"
    except UnicodeError as wrong:
        raise BadHost() from wrong
