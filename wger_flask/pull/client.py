"""Ask another server politely: one request at a time, as seldom as it wishes, and never for more than fits.

Who runs the command chooses the source, which may be anywhere, on this machine too. Where the source itself leads, by a
redirect or by the address of a picture, is its own host or a public address (:mod:`.session`): it cannot make this
server ask what stands beside it. The token goes to the source alone.
"""

from __future__ import annotations

import email.utils
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from tempfile import SpooledTemporaryFile
from typing import IO, Any, cast
from urllib.parse import SplitResult, parse_qsl, urlencode, urljoin, urlsplit

import orjson
import requests

from .. import __version__
from .session import PrivateAddress, Session, private_in

MOST_JSON = 32 << 20
_CHUNK, _IN_MEMORY = 1 << 16, 1 << 20
_CONNECT, _READ, _ALL = 15, 60, 900  # seconds: for a connection, between two pieces, for a whole answer
_TRIES, _LONGEST_WAIT, _MOST_REDIRECTS = 6, 900, 5
_LATER = (429, 502, 503, 504)


class PullFailure(Exception):
    """Say in one line why copying cannot go on."""


class Missing(Exception):
    """Say why there is nothing at an address."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered: ``data`` is the JSON; ``is_as_it_was`` where the answer was that nothing has changed (304).

    ``moment`` is when, by the source's clock.
    """

    data: Any
    etag: str
    moment: datetime
    is_as_it_was: bool = False


def site_of(address: str) -> str:
    """Return the address of a server without what follows its root; raises ValueError for what is none."""
    parts = urlsplit(address if "://" in address else f"https://{address}")
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        raise ValueError(f"{address!r} is not the address of a server: give one like https://wger.de")
    path = parts.path.rstrip("/").removesuffix("/api/v2").rstrip("/")
    return f"{parts.scheme}://{parts.netloc.lower()}{path}"


class _Token(requests.auth.AuthBase):
    """Credentials of the source, and no others: what a netrc file says of it is not asked."""

    def __init__(self, token: str) -> None:
        scheme = "Bearer" if token.count(".") == 2 else "Token"
        self._header = f"{scheme} {token}" if token else ""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._header:
            request.headers["Authorization"] = self._header
        return request


class Client:
    """A source. ``pause`` is how many seconds lie between two requests at least; ``sleep`` waits."""

    def __init__(
        self, address: str, token: str = "", pause: float = 0.0, sleep: Callable[[float], object] = time.sleep
    ) -> None:
        self.site = site_of(address)
        self.api = f"{self.site}/api/v2/"
        self._auth = _Token(token)
        self._pause, self._sleep, self._last = pause, sleep, 0.0
        self._session = Session(urlsplit(self.site))
        self._session.max_redirects = _MOST_REDIRECTS
        self._session.headers["User-Agent"] = f"wger_flask/{__version__} (pull)"

    def close(self) -> None:
        """Hang up."""
        self._session.close()

    def get(self, path: str, etag: str = "") -> Answer:
        """Return what the API answers to ``path`` (``exercise/?limit=2``).

        With ``etag`` it may say that nothing has changed. Raises :class:`Missing` where there is nothing (404), and
        :class:`PullFailure`.
        """
        headers = {"Accept": "application/json"} | ({"If-None-Match": etag} if etag else {})
        with self._asked(self.api + path, headers) as response:
            said, moment = response.headers.get("ETag", ""), _moment(response)
            if response.status_code == 304:
                return Answer(None, etag, moment, True)
            self._demand(response)
            with _read(response, MOST_JSON) as body:
                try:
                    data = orjson.loads(body.read())
                except ValueError:
                    kind = response.headers.get("Content-Type", "nothing").split(";")[0]
                    raise PullFailure(f"{self.site} answers no JSON but {kind}: is it a wger?") from None
            return Answer(data, said[:200], moment)

    def download(self, address: str, most: int) -> IO[bytes]:
        """Return the file at ``address``, of at most ``most`` bytes, at its beginning.

        Raises :class:`Missing` where there is none, it is larger, or it lies where the source may not lead, and
        :class:`PullFailure`.
        """
        url = urljoin(self.site + "/", address)
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Missing("its address is none")
        with self._asked(url, {"Accept": "*/*"}, self._is_own(parts)) as response:
            if response.status_code != 200:
                raise Missing(f"the answer was {response.status_code}")
            try:
                return _read(response, most)
            except PullFailure as wrong:
                raise Missing(str(wrong)) from None

    def _is_own(self, parts: SplitResult) -> bool:
        own = urlsplit(self.site)
        return (parts.scheme, parts.netloc.lower()) == (own.scheme, own.netloc)

    def _demand(self, response: requests.Response) -> None:
        """Raise what an answer means that is not 200."""
        status = response.status_code
        if status == 404:
            raise Missing(f"{response.url} is not there")
        if status in (401, 403):
            raise PullFailure(f"{self.site} refuses: {_detail(response) or status}")
        if status != 200:
            raise PullFailure(
                f"{self.site} answers {status} to {urlsplit(response.url).path} {_detail(response)}".strip()
            )

    @contextmanager
    def _asked(self, url: str, headers: Mapping[str, str], with_token: bool = True) -> Iterator[requests.Response]:
        """Send a request, again after a while where the answer is that it is too early, and give the answer."""
        auth = self._auth if with_token else _Token("")
        for attempt in range(_TRIES):
            self._sleep(max(0.0, self._last + self._pause - time.monotonic()))
            try:
                response = self._session.get(
                    url, headers=headers, auth=auth, stream=True, timeout=(_CONNECT, _READ), allow_redirects=True
                )
            except PrivateAddress as private:
                raise Missing(str(private)) from None
            except requests.TooManyRedirects:
                raise Missing("it is redirected too often") from None
            except requests.RequestException as wrong:
                if refused := private_in(wrong):
                    raise Missing(str(refused)) from None
                why, wait = f"cannot be reached: {_short(wrong)}", None
            else:
                self._last = time.monotonic()
                if response.status_code not in _LATER:
                    with response:
                        yield response
                    return
                why, wait = f"answers {response.status_code}", _retry_after(response)
                response.close()
            if wait is not None and wait > _LONGEST_WAIT:
                raise PullFailure(f"{self.site} asks to come back in {round(wait / 60)} minutes: run this again then")
            if attempt + 1 < _TRIES:
                self._sleep(2.0**attempt if wait is None else wait)
        raise PullFailure(f"{self.site} {why}; run this again later, it goes on where it was")


def query_of(link: object) -> str:
    """Return the query of a link to the next page, empty without one; where it leads to is the source's own matter."""
    if not isinstance(link, str) or not link:
        return ""
    return urlencode(parse_qsl(urlsplit(link).query, keep_blank_values=True))


def _moment(response: requests.Response) -> datetime:
    try:
        found = email.utils.parsedate_to_datetime(response.headers["Date"])
        return found.astimezone(UTC)
    except (KeyError, ValueError, TypeError, OverflowError):
        return datetime.now(UTC)


def _retry_after(response: requests.Response) -> float | None:
    said = response.headers.get("Retry-After", "").strip()
    if said.isdecimal() and len(said) < 10:
        return float(said)
    try:
        moment = email.utils.parsedate_to_datetime(said)
    except (ValueError, TypeError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _read(response: requests.Response, most: int) -> IO[bytes]:
    """Return a body, unpacked; raises :class:`PullFailure` for one that is too large, too slow or cut off."""
    body = cast(IO[bytes], SpooledTemporaryFile(_IN_MEMORY))  # noqa: SIM115  the caller closes it
    end, size = time.monotonic() + _ALL, 0
    try:
        for piece in response.iter_content(_CHUNK):
            size += len(piece)
            if size > most:
                raise PullFailure(f"the answer is larger than {most >> 20} MB")
            if time.monotonic() > end:
                raise PullFailure(f"the answer takes more than {_ALL // 60} minutes")
            body.write(piece)
        expected = response.headers.get("Content-Length", "")
        if expected.isdecimal() and response.raw.tell() < int(expected):
            raise PullFailure("the answer was cut off")
    except requests.RequestException as wrong:
        body.close()
        raise PullFailure(f"the answer was cut off: {_short(wrong)}") from None
    except BaseException:
        body.close()
        raise
    body.seek(0)
    return body


def _detail(response: requests.Response) -> str:
    """Return what an answer says that is wrong, in short."""
    try:
        with _read(response, 1 << 16) as body:
            said = orjson.loads(body.read())
    except (PullFailure, ValueError):
        return ""
    text = said.get("detail", said) if isinstance(said, dict) else said
    return " ".join(str(text).split())[:200]


def _short(wrong: Exception) -> str:
    return " ".join(str(wrong).split())[:200] or type(wrong).__name__
