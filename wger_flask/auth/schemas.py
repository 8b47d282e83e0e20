"""What the endpoints that give credentials out read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..rest import fields
from ..rest.schema import Schema
from . import email_addresses, passwords, usernames


class Email(fields.String):
    """An e-mail address."""

    NOT_TEXT = email_addresses.NOT_VALID

    def _complaints(self, text: str) -> list[str]:
        return super()._complaints(text) + ([] if email_addresses.is_valid(text) else [email_addresses.NOT_VALID])


class NewPassword(fields.Password):
    """A password for an account; what speaks against it is for :mod:`.password_rules` to say, all at once."""

    NULL_CHARACTERS = "Null characters are not allowed."

    def _complaints(self, text: str) -> list[str]:
        return [wrong for wrong in super()._complaints(text) if wrong != self.NULL_CHARACTERS]


class Username(fields.String):
    """The name of an account, in form NFKC whatever it was sent in.

    What else a new name must not be is for :func:`.usernames.problems` to say: it asks the database.
    """

    _MOST_A_LETTER = 4  # characters that form NFKC makes one of, in any language that people write

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if isinstance(value, str) and len(value) <= self.max_length * self._MOST_A_LETTER:
            value = usernames.normalized(value)
        return super()._deserialize(value, attr, data, **kwargs)


class Credentials(Schema):
    """A name and a password."""

    username = fields.String(required=True, help="name or e-mail address")
    password = fields.Password(required=True, max_length=passwords.LONGEST)


class Login(Schema):
    """A name or an address, and a password."""

    email = fields.String(help="may also be the name")
    username = fields.String()
    password = fields.Password(required=True, min_length=8, max_length=passwords.LONGEST)


class Registration(Schema):
    """A new account.

    How long a name or an address may be is left to the database: some hold more than the columns
    say, and scripts have been relying on it.
    """

    username = Username(required=True, max_length=1000)
    email = Email()
    password = NewPassword(required=True, max_length=passwords.LONGEST)


class Refresh(Schema):
    """A refresh token."""

    refresh = fields.String(required=True)


class Verification(Schema):
    """A token of either kind."""

    token = fields.String(required=True)


class TokenPair(Schema):
    """An access token, valid for minutes, and a refresh token, which gets the next."""

    refresh = fields.String()
    access = fields.String()


class Renewed(Schema):
    """A new access token; where they are rotated, a new refresh token too."""

    access = fields.String()
    refresh = fields.String(load_default=None)


class Message(Schema):
    """A sentence."""

    message = fields.String()


class Registered(Schema):
    """A sentence about the new account, and its permanent token unless there is none."""

    message = fields.String()
    token = fields.String(load_default=None)


class PermanentToken(Schema):
    """A token that stays valid until it is revoked."""

    token = fields.String()
