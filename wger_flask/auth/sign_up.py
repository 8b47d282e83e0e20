"""Sign up: the one way to a new account that people make for themselves, by the API, an app or a page.

How its parts are sent and in which words a refusal is told is for each of these three to say; whether an account may
be made, what speaks against one, and what belongs to it is said here.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Request

from . import accounts, limits, password_rules, usernames
from .models import User
from .policy import policy


@dataclass(frozen=True, slots=True)
class Objections:
    """What speaks against an account: ``username`` and ``password`` hold pairs of a code and a sentence.

    ``taken`` names what belongs to another account already: ``username``, ``email``.
    """

    taken: tuple[str, ...]
    username: list[tuple[str, str]]
    password: list[tuple[str, str]]


def is_open() -> bool:
    """Tell whether people may make accounts for themselves, as the setting ``ALLOW_REGISTRATION`` says."""
    return policy().settings.ALLOW_REGISTRATION


def objections(username: str, email: str, password: str, *, any_case: bool = False) -> Objections:
    """Return what speaks against an account with these values; what is empty was not sent and is not judged.

    ``username`` is in form NFKC; with ``any_case`` one that differs from another by case alone is taken.
    """
    known = {"username": username, "email address": email}
    return Objections(
        taken=accounts.taken(username, email, any_case=any_case),
        username=usernames.problems(username) if username else [],
        password=password_rules.problems(password, known) if password else [],
    )


def sign_up(username: str, email: str, password: str, request: Request) -> User:
    """Make an account in the language of ``request``, and send the letter that verifies its address.

    Raises :class:`~wger_flask.rest.errors.Throttled` where too many letters went to ``email``,
    :class:`~.accounts.Taken` and :class:`~.accounts.TooLong`.
    """
    if email:
        limits.recipient(email)
    return accounts.register(username, password, email, language=_language_of(request))


def _language_of(request: Request) -> str:
    """Return the two-letter code of the language that the request wants most, empty for none."""
    best = request.accept_languages.best or ""
    return best.replace("_", "-").partition("-")[0].lower() if best != "*" else ""
