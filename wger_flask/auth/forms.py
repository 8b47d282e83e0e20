"""What the forms of the pages hold, read like any other body."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, validates_schema

from ..rest import fields
from ..rest.schema import Schema
from . import email_addresses, passwords, usernames
from .schemas import Email, Username
from .second_factors import authenticators, passkeys


class LoginForm(Schema):
    """Log in."""

    username = fields.String(required=True, max_length=email_addresses.LONGEST)
    password = fields.String(required=True, max_length=passwords.LONGEST)


class PasswordForm(Schema):
    """Choose a password, typed twice because it is not shown."""

    password = fields.String(required=True, max_length=passwords.LONGEST)
    again = fields.String(required=True, max_length=passwords.LONGEST)

    @validates_schema
    def _same(self, data: dict[str, Any], **kwargs: Any) -> None:
        if data["password"] != data["again"]:
            raise ValidationError("The two passwords are not the same.", "again")


class RegisterForm(PasswordForm):
    """Make an account."""

    username = Username(required=True, max_length=usernames.LONGEST)
    email = Email(max_length=email_addresses.LONGEST)


class ChangeForm(PasswordForm):
    """Change the password."""

    current = fields.String(required=True, max_length=passwords.LONGEST)


class CodeForm(Schema):
    """Log in with the second factor."""

    code = fields.String(required=True, max_length=authenticators.LONGEST)


class TurnOnForm(CodeForm):
    """Set an authenticator app up."""

    current = fields.String(required=True, max_length=passwords.LONGEST)


class CurrentForm(Schema):
    """Show again who one is."""

    current = fields.String(required=True, max_length=passwords.LONGEST)


class PasskeyForm(Schema):
    """Use a passkey."""

    credential = fields.String(required=True, max_length=passkeys.LONGEST)


class AddPasskeyForm(PasskeyForm):
    """Add a passkey."""

    passkey_name = fields.String(required=True, max_length=100)
    current = fields.String(required=True, max_length=passwords.LONGEST)


class RemovePasskeyForm(CurrentForm):
    """Remove a passkey."""

    key = fields.Integer(required=True, min=1)


class AddressForm(Schema):
    """Ask for a letter."""

    email = Email(required=True, max_length=email_addresses.LONGEST)
