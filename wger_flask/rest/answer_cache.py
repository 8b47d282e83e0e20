"""Keep finished answers, and give them again as long as nothing is written to the database.

An answer is found by what it was made for: address, format, host, origin, and for whom.  For whom is what the same
credentials stood for when the answer was made, so no user is looked up.  It is good while the database's commit marker
is the one that was read *before* it was made, within the day on which it was made, and until the credentials end.
Commits of other threads, processes and programs move the marker; one commit lets everything go.

What may be kept follows from declarations, see :mod:`.caching`.  Kept answers are given before Flask sees the request,
but those whose reading is counted (``throttle``): these are given in the middle of :func:`.dispatch.dispatch`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from flask import Response, g, has_request_context, request
from werkzeug.datastructures import Headers
from werkzeug.http import http_date

from ..storage.database import commit_marker, database
from ..tallies import CACHE, count
from .bounded import Bounded
from .caching import NEVER, PUBLIC
from .representations import Form, Representation
from .request_id import HEADER as ID
from .request_id import ROUTE, SENT, id_of
from .timezone import midnight, zone_for

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

    import flask

    from .call import Call

ASKED = "wger_flask.asked"
RESOURCE = "wger_flask.resource"  # where the metrics of requests look for it
_PATHS = "/api/"
_SESSION = "sessionid="
_NO_USER = NEVER, False, ""
_LONGEST = 2000  # characters of an address and its query
_MOST_CALLERS = 4096
_OVERHEAD = 2000  # bytes of an answer besides its body, at most about


class Caller(NamedTuple):
    """Whom credentials stood for: the user's key and whether a session's cookie said so, their zone; from when to when.

    Before ``since``, when they were looked at, a clock that was set back may find that they are not valid yet.
    """

    whom: tuple[int | None, bool]
    zone: str
    since: float
    until: float


@dataclass(slots=True)
class Kept:
    """An answer, from when to when (seconds since 1970) it may be given again, and how that is to be done.

    ``resource`` is whose answer it is.  ``is_counted``: each time it is read counts against a rate.  ``max_age``: the
    seconds for which it says that clients may keep it, None where it does not.
    """

    answer: Representation
    resource: str
    since: float
    until: float
    is_counted: bool
    max_age: int | None

    def headers(self, form: Form, *, brief: bool = False) -> list[tuple[str, str]]:
        """Return the headers for now."""
        headers = form.brief if brief else form.headers
        if self.max_age is None:
            return headers
        return [*headers, ("Expires", http_date(time.time() + self.max_age))]


class Asked(NamedTuple):
    """A question that the cache was asked: what was true of the database, the question, who asked, what was found."""

    marker: object
    question: tuple[Hashable, ...]
    credentials: tuple[str, str]
    found: Kept | None


class AnswerCache:
    """Answers of one process, ``most`` bytes of them, those that were asked for last; 0 keeps none.

    ``says_ids``: each answer carries the id of its request, and the server's list of requests says where it led.
    """

    def __init__(self, most: int, says_ids: bool = False):
        self.most, self._says_ids = most, says_ids
        self._lock = threading.Lock()
        self._marker: object = None
        self._callers: dict[tuple[str, str], Caller] = {}
        self._answers: Bounded[Kept] = Bounded()

    def find(self, environ: WSGIEnvironment) -> Kept | None:
        """Return the answer to a request if there is one that may be given at once; notes the question."""
        question = _question(environ) if self.most else None
        if question is None or (marker := commit_marker()) is None:
            return None
        credentials = environ.get("HTTP_AUTHORIZATION", ""), _session_cookie(environ)
        found, now = None, time.time()
        with self._lock:
            if marker != self._marker:
                self._forget()
                self._marker = marker
            caller = self._callers.get(credentials)
            if caller is not None and caller.since <= now < caller.until:
                for whom in (caller.zone, caller.whom):
                    place = (*question, whom)
                    held = self._answers.get(place)
                    if held is not None and held[0].since <= now < held[0].until:
                        self._answers.move_to_end(place)
                        found = held[0]
                        break
        environ[ASKED] = Asked(marker, question, credentials, found)
        count(CACHE, "answers", "miss" if found is None else "hit")
        return None if found is None or found.is_counted else found

    def send(self, kept: Kept, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request, as a WSGI application does, with what was kept."""
        environ[RESOURCE] = kept.resource
        form, is_known = kept.answer.meet(environ.get("HTTP_ACCEPT_ENCODING", ""), environ.get("HTTP_IF_NONE_MATCH"))
        headers = kept.headers(form, brief=is_known).copy()
        if self._says_ids:
            environ[ROUTE] = environ["PATH_INFO"]
        if self._says_ids or SENT in environ:
            headers.append((ID, id_of(environ)))
        start_response("304 NOT MODIFIED" if is_known else "200 OK", headers)
        return () if is_known or environ["REQUEST_METHOD"] == "HEAD" else (form.body,)

    def keep(self, asked: Asked, whom: Hashable, caller: Caller, kept: Kept) -> None:
        """Keep the answer to a question, unless something was committed since it was asked."""
        place = (*asked.question, whom)
        size = _OVERHEAD + 2 * len(kept.answer.body) + sum(len(str(part)) for part in (*place, *asked.credentials))
        if size > self.most // 4:
            return
        with self._lock:
            if asked.marker != self._marker:
                return
            if len(self._callers) >= _MOST_CALLERS:
                self._callers.clear()
            self._callers[asked.credentials] = caller
            self._answers.put(place, kept, size, self.most)

    def forget(self) -> None:
        """Let all answers go."""
        with self._lock:
            self._forget()

    def _forget(self) -> None:
        self._answers.clear()
        self._callers.clear()
        self._marker = None


def _question(environ: WSGIEnvironment) -> tuple[Hashable, ...] | None:
    """Return all that the answer to a request depends on, but for who asks; None for what is never kept."""
    path, query, host = environ["PATH_INFO"], environ.get("QUERY_STRING", ""), environ.get("HTTP_HOST")
    if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or not path.startswith(_PATHS) or host is None:
        return None
    accept, origin = environ.get("HTTP_ACCEPT", ""), environ.get("HTTP_ORIGIN", "")
    if (
        len(path) + len(query) + len(accept) + len(origin) > _LONGEST
        or environ.get("CONTENT_LENGTH") not in (None, "", "0")
        or "HTTP_TRANSFER_ENCODING" in environ
    ):
        return None
    return path, query, accept, host, environ["wsgi.url_scheme"], environ.get("SCRIPT_NAME", ""), origin


def _session_cookie(environ: WSGIEnvironment) -> str:
    """Return the cookies where a session is among them: no other one holds credentials."""
    sent: str = environ.get("HTTP_COOKIE", "")
    return sent if _SESSION in sent else ""


def response(kept: Kept) -> Response:
    """Return what was kept as a response to the present request."""
    form, is_known = kept.answer.meet(request.headers.get("Accept-Encoding", ""), request.headers.get("If-None-Match"))
    if is_known:
        found = Response(status=304)
        found.headers = Headers(kept.headers(form, brief=True))
        return found
    return Response(form.body, 200, kept.headers(form))


# -- while an answer is made --------------------------------------------------------------------------
def found_for(request: flask.Request) -> Kept | None:
    """Return what was found of an answer that is counted, once it has been counted."""
    asked: Asked | None = request.environ.get(ASKED)
    return None if asked is None else asked.found


def may_keep(call: Call) -> None:
    """Note that the answer to ``call`` may be kept, as its target declares."""
    if call.target.cache != NEVER and not call.format.is_html and ASKED in call.request.environ:
        limits = call.target.throttle
        is_counted = bool(limits.get("GET") or limits.get(call.target.kind))
        g.kept_for = call.target.cache, is_counted, call.target.name


def keep_not() -> None:
    """Do not keep the answer that is being made: it depends on more than the database, the user and the day."""
    keep_for(0)


def keep_for(seconds: float) -> None:
    """Keep the answer that is being made for so many seconds at most."""
    if has_request_context():
        g.kept_until = min(g.get("kept_until", float("inf")), time.time() + seconds)


def is_limited() -> bool:
    """Tell whether the answer that is being made is not to be kept, or for less than its day."""
    return has_request_context() and "kept_until" in g


def marker_of(request: flask.Request) -> object:
    """Return a marker of commits, read since ``request`` came; None where nothing tells, and in a transaction."""
    asked: Asked | None = request.environ.get(ASKED)
    return commit_marker() if asked is None or database.obj.in_transaction() else asked.marker


def keep(cache: AnswerCache, answer: Representation, max_age: int | None) -> None:
    """Keep an answer that was finished just now, where it may be."""
    asked: Asked | None = request.environ.get(ASKED)
    if asked is None:
        return
    scope, is_counted, resource = g.get("kept_for", _NO_USER)
    if scope == NEVER:
        return
    user: Any = g.get("user")
    ends, now = getattr(user, "ends", float("inf")), time.time()
    until = min(ends, g.get("kept_until", float("inf")))
    if until <= now:
        return
    zone = zone_for(user)
    began, over = day_of(zone)
    caller = Caller((None if user is None else user.id, bool(asked.credentials[1])), str(zone), now, ends)
    whom: Hashable = caller.zone if scope == PUBLIC else caller.whom
    cache.keep(asked, whom, caller, Kept(answer, resource, began, min(over, until), is_counted, max_age))


_days: dict[str, tuple[float, float]] = {}


def day_of(zone: Any) -> tuple[float, float]:
    """Return when the present day of a zone began, and when it ends, in seconds since 1970."""
    known = _days.get(str(zone))
    if known is None or not known[0] <= time.time() < known[1]:
        day = datetime.now(zone).date()
        known = midnight(day, zone).timestamp(), midnight(day + timedelta(days=1), zone).timestamp()
        _days[str(zone)] = known
    return known
