"""What the endpoints that give credentials out read."""

from __future__ import annotations

from marshmallow import ValidationError

from ..rest import fields
from ..rest.schema import Schema
from . import emails, passwords


class Email(fields.String):
    """An e-mail address."""

    def _deserialize(self, value, attr, data, **kwargs):
        email = super()._deserialize(value, attr, data, **kwargs)
        if not emails.is_valid(email):
            raise ValidationError(emails.NOT_VALID)
        return email


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

    username = fields.String(required=True, max_length=1000)
    password = fields.Password(required=True, max_length=passwords.LONGEST)
    email = Email(max_length=1000)


class Refresh(Schema):
    """A refresh token."""

    refresh = fields.String(required=True)


class Verification(Schema):
    """A token of either kind."""

    token = fields.String(required=True)


class TokenPair(Schema):
    """What proves who somebody is: for minutes, and for getting the next such proof."""

    refresh = fields.String()
    access = fields.String()


class PermanentToken(Schema):
    """A token that stays valid until it is revoked."""

    token = fields.String()


class HeadlessRefresh(Schema):
    """A refresh token for ``/allauth/app/v1/tokens/refresh``."""

    refresh_token = fields.String()
