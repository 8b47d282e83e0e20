"""Dispatch a request to a target: the one way that every request of every resource goes.

:func:`dispatch` is the whole of it: the steps in their order, then the handler, in one
transaction where it writes.  What can be asked is a :class:`Target`, who asks for what a
:class:`Call`; the handlers of resources are in :mod:`.views`.
"""

from __future__ import annotations

import threading
import time
from typing import Any, cast

from flask import Request, Response, g, redirect
from flask.ctx import RequestContext
from flask.globals import request_ctx
from werkzeug.http import http_date

from ..storage.database import DatabaseError, IntegrityError, advisory_lock, is_retryable, read_from_replica
from . import answer_cache, body_limits
from .actions import Deprecation
from .admission import ADMISSION
from .bodies import FORM_TYPES
from .caching import PUBLIC
from .call import Call
from .context import leave_user_out
from .errors import ApiError, PreconditionFailed
from .lists_of_rows import at_place
from .mount import mount_of
from .negotiation import negotiate
from .openapi import options
from .permissions import SAFE_METHODS
from .renderers import render, to_json
from .repeated_writes import REPLAYED, first_answer, keep, repeatable
from .representations import digest_of, matches
from .request_id import with_id
from .target import Target
from .uploads import look_at_files

# What a page sends on which a user logs in to go on with a form: their name and password, and the form.
AGAIN, NAME, PASSWORD = "_again", "_name", "_password"
READING = ("GET", "HEAD")


# -- the steps, outermost first: the only place where their order is decided -----------------
def negotiate_format(call: Call) -> None:
    """Choose the format first, so that every later error is given in it."""
    if call.wants_stream or call.wants_file:
        return  # what goes wrong is told in JSON
    named = call.args["format"] if "format" in call.args else ""  # noqa: SIM401  get() is slower where there is none
    accept: str = call.request.environ.get("HTTP_ACCEPT", "")
    has_tables = call.target.kind == "list" and call.method in READING
    call.format = negotiate(accept, call.suffix, named, has_tables)


def method_override(call: Call) -> None:
    """Take the method that a page's form names in ``_method``, and numbers with a decimal comma in a page's filters.

    A form can only be posted.  GET is what a button says that leads on and writes nothing.
    """
    if not call.format.is_html:
        return
    if call.method == "POST" and call.request.mimetype in FORM_TYPES:
        wanted = ["POST", *call.request.form.getlist("_method")][-1]
        call.method = wanted if wanted in ("GET", "PUT", "PATCH", "DELETE") else "POST"
        call.again = AGAIN in call.request.form
    if call.resource is not None and call.args:
        call.args = call.resource.filter_set.typed(call.args)


def authenticate(call: Call) -> None:
    """Read who the user is; broken credentials are refused, even where none are needed."""
    if call.target.authenticates:
        call.user = g.user = call.services.authenticate(call.request)


LARGE_PAGE = 100  # rows
_one_large_answer = threading.Lock()


def read_elsewhere(call: Call) -> None:
    """Let what only reads come from a replica of the database, where there are any."""
    if call.method in SAFE_METHODS and call.services.settings.WGER_DATABASE_REPLICAS:
        read_from_replica(call.user.id if call.user is not None else None)


STEPS = (negotiate_format, method_override, authenticate, *ADMISSION, read_elsewhere)


def dispatch(target: Target, key: str | None = None, suffix: str = "") -> Response:
    """Run the steps and the handler for the current request; returns the response in the negotiated format."""
    # Once: what stands for it takes a moment at each use.
    context: RequestContext = request_ctx._get_current_object()  # type: ignore[attr-defined]
    request, app = context.request, context.app
    if target.slash and not suffix and request.method in ("GET", "HEAD") and not request.path.endswith("/"):
        return _with_slash(request)
    call = g.call = Call(target, request, key, suffix, app.extensions["wger_flask"])
    headers = target.headers
    if target.deprecation is not None:
        headers = headers | target.deprecation.headers(mount_of(request))
    if call.method not in SAFE_METHODS:
        _admit(call)
    elif is_large(call):
        with _one_large_answer:
            return _answered(call, headers)
    return _answered(call, headers)


def _answered(call: Call, headers: dict[str, str]) -> Response:
    target = call.target
    payload: Any
    try:
        for step in STEPS:
            step(call)
        if kept := answer_cache.found_for(call.request):
            return answer_cache.response(kept)
        if call.again:
            payload, status = None, 200
        elif call.method == "OPTIONS":
            payload, status = options.describe(call), 200
        elif call.method in SAFE_METHODS:
            answer_cache.may_keep(call)
            payload, status = _result(_read(call))
            headers = headers | _cache_headers(call) | _deprecation_headers(call)
        elif not target.transactional:
            demand_match(call)
            payload, status = _result(target.handlers[call.method](call))
        else:
            payload, status = _written(target, call)
            if call.is_repeated:
                headers = {**headers, REPLAYED: "true"}
    except ApiError as error:
        call.refusal = error
        payload, status = with_id(error.body, error.status), error.status
        headers = {**headers, **error.headers}
    except IntegrityError as clash:
        told = {"non_field_errors": [call.services.explain(clash)]}
        payload, status = at_place(call, call.place, told) if call.rows else told, 400
    if isinstance(payload, Response):
        payload.headers.extend({name: value for name, value in headers.items() if name not in payload.headers})
        return payload
    return render(call, call.format, payload, status, headers)


def is_large(call: Call) -> bool:
    """Return whether the answer may take so much memory that a process makes one such answer at a time."""
    if call.target.kind != "list" or not call.args:
        return False
    resource = call.required_resource
    return resource.dump.is_large and resource.pagination.window(call.args)[0] > LARGE_PAGE


def _admit(call: Call) -> None:
    """Let larger bodies in than usual where a target takes them."""
    settings = call.services.settings
    if call.target.takes_files and call.request.mimetype == "multipart/form-data":
        body_limits.admit_files(call.request, settings.WGER_MAX_BODY_SIZE * body_limits.MEGABYTE)
    elif call.target.bulk:
        call.request.max_content_length = settings.WGER_MAX_BULK_SIZE * body_limits.MEGABYTE


def _written(target: Target, call: Call) -> tuple[Any, int]:
    """Run a handler that writes, once more where another write got in between.

    What one user sends at the same time is done one after the other: rows of theirs do not go
    while others are hung on them, and no two wait for each other.
    """
    asked = repeatable(call)
    if call.sends_a_row:
        look_at_files(call)
        call.parse()  # before other writers have to wait for it
        for row in call.rows:
            row.parse()
    for again in (True, False):
        try:
            with call.services.transaction(None if call.user is None else call.user.id) as call.files:
                if asked is not None and (before := first_answer(call, asked)):
                    return before
                if call.resource is not None and call.resource.owner is None and call.key is not None:
                    # what several users may change: none does between the look and the write of another
                    advisory_lock(f"writes of {call.resource.name} {call.key}")
                demand_match(call)
                made = _result(target.handlers[call.method](call))
                if asked is not None:
                    keep(call, asked, *made)
                return made
        except DatabaseError as failed:
            if not (again and is_retryable(failed)):
                raise
    raise AssertionError  # the second time returns or raises


def _read(call: Call) -> Any:
    """Return what a target answers to a GET; an answer for everybody is made without a user."""
    if call.target.cache == PUBLIC and not call.format.is_html:
        leave_user_out()
    return call.target.handlers["GET"](call)


def demand_match(call: Call) -> None:
    """Refuse a write with ``If-Match`` where a GET of the same address would be answered with something else.

    Raises :class:`~.errors.PreconditionFailed` (412).
    """
    sent = call.request.headers.get("If-Match")
    if sent is None:
        return
    if "GET" not in call.target.handlers:
        raise PreconditionFailed()
    read = Call(call.target, call.request, call.key, call.suffix, call.services)
    read.method, read.format, read.user, read.files = "GET", call.format, call.user, call.files
    payload, _ = _result(_read(read))
    g.pop("dump_context", None)
    if not matches(digest_of(to_json(payload, call.format.indent)), sent):
        raise PreconditionFailed()


def _deprecation_headers(call: Call) -> dict[str, str]:
    """Return the headers that say that a parameter has had another name since."""
    if not call.request.query_string or call.target.kind != "list" or call.resource is None:
        return {}
    former = call.resource.filter_set.former
    since = [day for name, day in former.items() if name in call.args]
    return Deprecation(since[0], call.resource.name).headers(mount_of(call.request)) if since else {}


def _cache_headers(call: Call) -> dict[str, str]:
    """Return the headers that say how a client may keep the answer; pages show who is logged in and are not kept."""
    target, settings = call.target, call.services.settings
    if call.format.is_html:
        return {}
    if target.secret:
        return {"Cache-Control": "no-store"}
    if call.resource is not None and call.resource.max_age:
        seconds, whose = getattr(settings, call.resource.max_age), "public" if target.cache == PUBLIC else "private"
        return {"Cache-Control": f"{whose}, max-age={seconds}", "Expires": http_date(time.time() + seconds)}
    if target.cache == PUBLIC:
        seconds = settings.WGER_CATALOGUE_MAX_AGE
        return {"Cache-Control": f"public, max-age={seconds}" if seconds else "no-cache"}
    return {} if call.user is None else {"Cache-Control": "private, no-cache"}


def _result(made: Any) -> tuple[Any, int]:
    return made if isinstance(made, tuple) else (made, 200)


def _with_slash(request: Request) -> Response:
    query = request.query_string.decode("ascii", "replace")
    location = f"{mount_of(request)}{request.path}/" + (f"?{query}" if query else "")
    response = cast(Response, redirect(location, 301))  # of the class that the application answers with
    response.set_data(b"")
    response.autocorrect_location_header = False
    return response
