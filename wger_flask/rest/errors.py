"""The ways a request can fail, each with its status and its documented body.

Raise one of these anywhere below a view; one handler renders it in the negotiated format.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .permissions import User


class ApiError(Exception):
    """A refusal: raise it, and the answer has the HTTP ``status``, ``body`` as JSON (or on a page) and ``headers``."""

    status = 400

    def __init__(self, body: Any, headers: dict[str, str] | None = None, status: int | None = None):
        super().__init__(body)
        self.body = body
        self.headers = headers or {}
        if status is not None:
            self.status = status


class Invalid(ApiError):
    """400: the input is wrong.

    ``body`` maps names of fields to lists of messages: ``Invalid({"minutes": ["Too long."]})``.  A message about the
    whole body stands under ``"non_field_errors"``.  Pages show each message beside its field.
    """


class Detailed(ApiError):
    """A refusal whose body is ``{"detail": message}``."""

    message = ""

    def __init__(self, message: str | None = None, headers: dict[str, str] | None = None, **more: Any):
        super().__init__({"detail": message or self.message, **more}, headers)


class ParseError(Detailed):
    """400: the body is not what its content type says, for example no JSON."""


class Forbidden(Detailed):
    """403: the user is not allowed to do this."""

    status = 403
    message = "You do not have permission to perform this action."


class CsrfFailed(Forbidden):
    """403: the CSRF token of a form or script is missing or wrong; ``user`` is the user who is logged in, or None."""

    def __init__(self, reason: str, user: User | None = None):
        super().__init__(f"CSRF Failed: {reason}")
        self.user = user


class NotAuthenticated(Forbidden):
    """403: this needs a user who is logged in."""

    message = "Authentication credentials were not provided."


class NotYours(Forbidden):
    """403: the body refers to a row of another user, or to a row that does not exist."""

    message = "You are not allowed to do this"


class NotFound(Detailed):
    """404: there is no such thing, or this user may not see it."""

    status = 404
    message = "Not found."


class Gone(Detailed):
    """410: earlier releases answered here, and nothing takes its place one to one; the message names what to use."""

    status = 410
    message = "This is gone."


class NoMatch(NotFound):
    """404: the key is well formed, and no row of ``model`` that the user may see has it."""

    def __init__(self, model: type):
        super().__init__(f"No {model.__name__} matches the given query.")


class MethodNotAllowed(Detailed):
    """405: the address does not answer this HTTP method."""

    status = 405

    def __init__(self, method: str):
        super().__init__(f'Method "{method}" not allowed.')


class NotAcceptable(Detailed):
    """406: the client accepts none of the formats that there are."""

    status = 406
    message = "Could not satisfy the request Accept header."


class PreconditionFailed(Detailed):
    """412: the row is not as the client last read it (``If-Match``)."""

    status = 412
    message = "This was changed meanwhile: read it again."


class TooLarge(Detailed):
    """413: the body is larger than the largest that is taken here."""

    status = 413
    message = "The request body is too large."


class UnsupportedMediaType(Detailed):
    """415: a body of that type is not read here."""

    status = 415

    def __init__(self, content_type: str):
        super().__init__(f'Unsupported media type "{content_type}" in request.')


class Throttled(Detailed):
    """429: too many requests; ``wait`` is the number of seconds (rounded up) until the next one is taken."""

    status = 429

    def __init__(self, wait: int):
        unit = "second" if wait == 1 else "seconds"
        super().__init__(
            f"Request was throttled. Expected available in {wait} {unit}.", headers={"Retry-After": str(wait)}
        )
