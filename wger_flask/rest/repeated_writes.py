"""Give a write that is sent again its first answer: ``Idempotency-Key``.

A key is the user's own and holds for one request: method, address and body.  It is looked up and noted in the
transaction of the write, in which a user's writes are done one after the other: a second one that comes meanwhile waits
for the first.  A write that was refused has changed nothing and is not noted: it is tried again.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from flask import Response

from .bodies import FORM_TYPES
from .errors import Detailed, Invalid
from .permissions import SAFE_METHODS
from .renderers import to_json
from .target import Target

if TYPE_CHECKING:
    from flask import Request

    from .call import Call

HEADER, REPLAYED = "Idempotency-Key", "Idempotency-Replayed"
LONGEST_KEY = 255
_ENVIRON = "HTTP_IDEMPOTENCY_KEY"
_key = re.compile(rf"[!-~]{{1,{LONGEST_KEY}}}")
_WRONG = f"A key has 1 to {LONGEST_KEY} letters, digits and signs, without blanks."
_MOST_BYTES = 4 * 2**20  # of an answer that is kept
_CHUNK = 2**16


class Answer(NamedTuple):
    """An answer that is kept: what tells its request from others, its status, its JSON (None for no body)."""

    digest: str
    status: int
    body: str | None


class AnswerStore(Protocol):
    """Where answers are kept, which the application gives."""

    def find(self, user_id: int, key: str) -> Answer | None:
        """Return what a user's write with ``key`` was answered within a day, None where there was none."""

    def keep(self, user_id: int, key: str, answer: Answer) -> None:
        """Keep an answer, in the transaction of the write."""


class OtherRequest(Detailed):
    """422: the key was sent with another request."""

    status, message = 422, f"This {HEADER} was sent with another request."


class TooLongToRepeat(Detailed):
    """409: the write was done, and its answer was too large to be kept."""

    status, message = 409, "This was done already; its answer was too large to be given again."


class Repeatable(NamedTuple):
    """A write with a key: whose it is, the key, and what tells its request from others."""

    user_id: int
    key: str
    digest: str


def takes_key(target: Target, method: str) -> bool:
    """Tell whether a method of ``target`` may be given a key: it writes for a user, and shows no secret."""
    return method not in SAFE_METHODS and target.authenticates and target.transactional and not target.secret


def repeatable(call: Call) -> Repeatable | None:
    """Return the key of a write, None where it has none, where no user is logged in, or where a page is the answer.

    Raises :class:`~.errors.Invalid` (400) for what is no key.
    """
    key = call.request.environ.get(_ENVIRON)
    if key is None or call.user is None or not takes_key(call.target, call.method):
        return None
    if not _key.fullmatch(key):
        raise Invalid({HEADER: [_WRONG]})
    if call.format.is_html:
        return None
    return Repeatable(call.user.id, key, _digest(call.method, call.request))


def first_answer(call: Call, asked: Repeatable) -> tuple[Any, int] | None:
    """Return what a write was answered the first time, None where this is the first.

    Raises :class:`OtherRequest` (422) and :class:`TooLongToRepeat` (409).
    """
    found = call.services.first_answers.find(asked.user_id, asked.key)
    if found is None:
        return None
    if found.digest != asked.digest:
        raise OtherRequest()
    call.is_repeated = True
    if found.body == "":
        raise TooLongToRepeat()
    return (None if found.body is None else json.loads(found.body)), found.status


def keep(call: Call, asked: Repeatable, payload: Any, status: int) -> None:
    """Keep what a write is answered, in its transaction; not what the handler answers by itself."""
    if isinstance(payload, Response):
        return
    body = None if payload is None and status == 204 else to_json(payload).decode()
    if body is not None and len(body) > _MOST_BYTES:
        body = ""
    call.services.first_answers.keep(asked.user_id, asked.key, Answer(asked.digest, status, body))


def _digest(method: str, request: Request) -> str:
    made = hashlib.sha256()
    for text in (method, request.path, request.query_string.decode("latin-1"), request.mimetype):
        made.update(f"{len(text)}:{text}".encode())
    if request.mimetype not in FORM_TYPES:
        made.update(request.get_data(cache=True))
        return made.hexdigest()
    for name, value in request.form.items(multi=True):
        made.update(f"{len(name)}:{name}{len(value)}:{value}".encode("utf-8", "surrogatepass"))
    for name, upload in request.files.items(multi=True):
        told = f"{name}/{upload.filename}"
        made.update(f"{len(told)}:{told}".encode("utf-8", "surrogatepass"))
        while chunk := upload.stream.read(_CHUNK):
            made.update(chunk)
        upload.stream.seek(0)
    return made.hexdigest()
