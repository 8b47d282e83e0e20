"""Read what clients send as it arrives: what breaks off, or breaks the protocol, is refused with 400.

So is a ``Host`` that is none: links repeat what it says.

A body in chunks is taken apart by the server in front (gunicorn), which finds a wrong chunk in
the middle of our reading.  One with a length ends early, without a word, where the connection
does: what came until then may well look whole, and must not be written.
"""

from __future__ import annotations

import io
import re
from tempfile import SpooledTemporaryFile
from typing import IO, Any, cast
from wsgiref.types import WSGIEnvironment

import flask
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.exceptions import ClientDisconnected, HTTPException
from werkzeug.utils import cached_property

from . import body_limits
from .errors import Detailed

_FILE_IN_MEMORY = 2**19  # bytes of an upload; what is larger goes to the disk
TOLD = "The request body did not arrive whole."
# A name or an IPv4 address, or an IPv6 address in brackets; then perhaps a port.
_NAME, _IN_BRACKETS = r"[a-z0-9](?:[a-z0-9-]|\.(?!\.))*", r"\[[0-9a-f]*:[0-9a-f:.]+\]"
_NONE: ImmutableMultiDict[str, str] = ImmutableMultiDict()
_host = re.compile(rf"(?:{_NAME}|{_IN_BRACKETS})(?::(\d{{1,5}}))?", re.ASCII | re.IGNORECASE)


class Request(flask.Request):
    """A request whose body is read to its end or not at all, and only if it is within bounds.

    A ``Host`` that is none is taken out of it, before anything can believe it.
    """

    def __init__(self, environ: WSGIEnvironment, populate_request: bool = True, shallow: bool = False):
        sent = environ.get("HTTP_HOST")  # HTTP/1.0 needs none: then it is the server's own name
        self.names_no_host = sent is not None and not is_host(sent)
        if self.names_no_host:
            del environ["HTTP_HOST"]
        super().__init__(environ, populate_request, shallow)

    form_data_parser_class = body_limits.FormParser

    @cached_property
    def args(self) -> MultiDict[str, str]:
        """The query parameters."""
        return super().args if self.query_string else _NONE

    def _get_file_stream(self, *args: Any, **kwargs: Any) -> Any:
        received = SpooledTemporaryFile(max_size=_FILE_IN_MEMORY, mode="rb+")  # noqa: SIM115  closed with the request
        self.__dict__.setdefault("received", []).append(received)
        return received

    def close(self) -> None:
        """Close the files that came, those of a form too that was refused half-way."""
        for received in self.__dict__.get("received", ()):
            received.close()
        super().close()

    @property
    def json_bytes(self) -> bytes:
        """The body, if it is small enough for JSON.

        Raises :class:`~.errors.TooLarge`, werkzeug's own 413, and :class:`~.errors.ParseError` for too deep nesting.
        """
        most = self.max_content_length or 0
        data = self._read_at_once(most) or self.get_data(cache=True)
        body_limits.check_json(data, body_limits.most_values(most))
        return data

    def _read_at_once(self, most: int) -> bytes | None:
        """Return a body that tells its length, of at most ``most`` bytes, as :attr:`stream` would give it.

        None where it does not, or was read in another way.
        """
        length = self.content_length
        if length is None or length > most or "stream" in self.__dict__ or "_cached_data" in self.__dict__:
            return None
        data = _Whole(self.environ["wsgi.input"], None).exactly(length)
        self._cached_data, self.stream = data, io.BytesIO()
        return data

    @cached_property
    def stream(self) -> Any:
        """The body; reading raises :class:`~werkzeug.exceptions.ClientDisconnected` where it is not whole."""
        return _Whole(super().stream, self.content_length)


class NoHost(Detailed):
    """400: what the request is addressed to is no host."""

    message = "The Host header is not valid."


def register(app: flask.Flask, size: int) -> None:
    """Have the application read requests in this way; to be called before anything else asks to see them.

    ``size`` is that of the largest body in bytes, where nothing else is said.
    """
    app.request_class = Request
    app.config["MAX_CONTENT_LENGTH"] = size
    app.before_request(_demand_host)


def _demand_host() -> None:
    if cast(Request, flask.request).names_no_host:
        raise NoHost()


def is_host(text: str) -> bool:
    """Tell whether ``text`` is a host, with or without a port."""
    match = _host.fullmatch(text)
    return match is not None and 0 < int(match[1] or 1) < 65536


class _Whole(io.RawIOBase):
    def __init__(self, stream: IO[bytes], length: int | None):
        self._stream, self._missing = stream, length

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        try:
            data = self._stream.read(size)
        except Exception as wrong:  # each server has errors of its own for this
            if isinstance(wrong, HTTPException) and not isinstance(wrong, ClientDisconnected):
                raise
            raise ClientDisconnected(TOLD) from wrong
        if self._missing is None and size < 0:
            self._stream.read(1)  # raises 413 where more was sent than may be: read in one go it is cut off there
        if self._missing is not None:
            self._missing -= len(data)
            ended = size < 0 or (size > 0 and not data)
            if ended and self._missing > 0:
                raise ClientDisconnected(TOLD)
        return data

    def exactly(self, length: int) -> bytes:
        """Return the next ``length`` bytes."""
        data = self.read(length)
        while len(data) < length:  # a server may give less at a time
            more = self.read(length - len(data))
            if not more:
                raise ClientDisconnected(TOLD)
            data += more
        return data

    def readinto(self, buffer: Any) -> int:
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)
