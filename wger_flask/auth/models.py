"""Accounts and credentials, in the tables that Django and its packages keep them in.

A database of wger's is served in place, so the people, groups, permissions and tokens in it
are the ones that count here: a password set there is valid here, and the other way round.
"""

from __future__ import annotations

import secrets
from typing import cast

from ..storage import columns
from ..storage.links import link
from ..storage.model import Model, Numbered


class ContentType(Numbered):
    """A kind of row, as permissions name it: the app and the model, in lower case."""

    app_label = columns.Char(max_length=100)
    model = columns.Char(max_length=100)

    class Meta:
        table_name = "django_content_type"
        label = "contenttypes.contenttype"
        indexes = ((("app_label", "model"), True),)


class Permission(Numbered):
    """Something that may be allowed, such as ``add_exercise`` on exercises."""

    name = columns.Char(max_length=255)
    content_type = columns.ForeignKey(ContentType)
    codename = columns.Char(max_length=100)

    class Meta:
        table_name = "auth_permission"
        ordering = ("content_type.app_label", "content_type.model", "codename")
        indexes = ((("content_type", "codename"), True),)


class Group(Numbered):
    """A named set of permissions."""

    name = columns.Char(max_length=150, unique=True)

    class Meta:
        table_name = "auth_group"


class User(Numbered):
    """A person with an account; ``password`` is a hash in Django's layout."""

    password = columns.Char(max_length=128)
    last_login = columns.DateTime(null=True)
    is_superuser = columns.Boolean(default=False)
    username = columns.Char(max_length=150, unique=True)
    first_name = columns.Char(max_length=150, default="")
    last_name = columns.Char(max_length=150, default="")
    email = columns.Char(max_length=254, default="")
    is_staff = columns.Boolean(default=False)
    is_active = columns.Boolean(default=True)
    date_joined = columns.DateTime(default=columns.now)

    class Meta:
        table_name = "auth_user"


group_permissions = link(Group, "permissions", Permission)
user_groups = link(User, "groups", Group)
user_permissions = link(User, "user_permissions", Permission)


def new_key() -> str:
    """Return a fresh permanent token: 40 hex digits, 160 random bits."""
    return secrets.token_hex(20)


class Token(Model):
    """The permanent token of a user."""

    key = columns.Char(max_length=40, primary_key=True, default=new_key)
    user = columns.ForeignKey(User, unique=True, backref="+")
    user_id: int
    created = columns.DateTime(default=columns.now)

    class Meta:
        table_name = "authtoken_token"


class EmailAddress(Numbered):
    """An address of a user: one of them is primary, and a verified one belongs to one user only."""

    user = columns.ForeignKey(User)
    user_id: int
    email = columns.Char(max_length=254, index=True)
    verified = columns.Boolean(default=False)
    primary = columns.Boolean(default=False)

    class Meta:
        table_name = "account_emailaddress"
        title = "email address"
        indexes = ((("user", "email"), True),)


EmailAddress.add_index(
    EmailAddress.user,
    EmailAddress.primary,
    unique=True,
    where=EmailAddress.primary,
    name="unique_primary_email",
)
EmailAddress.add_index(EmailAddress.email, unique=True, where=EmailAddress.verified, name="unique_verified_email")


class Authenticator(Model):
    """A second factor of a user: see :mod:`.second_factors`.

    ``type`` is ``totp``, ``recovery_codes`` or ``webauthn``; ``data`` an object with the secret, or what the codes
    follow from: nothing of it may get into a log.
    """

    id = columns.BigAuto()
    user = columns.ForeignKey(User)
    user_id: int
    type = columns.Char(max_length=20)
    data = cast("columns.Json[dict[str, columns.JsonValue]]", columns.Json())  # required, so it has no default
    created_at = columns.DateTime(default=columns.now)
    last_used_at = columns.DateTime(null=True)

    class Meta:
        table_name = "mfa_authenticator"


Authenticator.add_index(
    Authenticator.user,
    Authenticator.type,
    unique=True,
    where=Authenticator.type.in_(("totp", "recovery_codes")),
    name="unique_authenticator_type",
)


class OutstandingToken(Model):
    """A refresh token that was given out."""

    id = columns.BigAuto()
    user = columns.ForeignKey(User, null=True, cascade="null")
    jti = columns.Char(max_length=255, unique=True)
    token = columns.Text()
    created_at = columns.DateTime(null=True)
    expires_at = columns.DateTime()

    class Meta:
        table_name = "token_blacklist_outstandingtoken"
        label = "token_blacklist.outstandingtoken"
        ordering = ("user",)


class BlacklistedToken(Model):
    """A refresh token that is refused before its time."""

    id = columns.BigAuto()
    token = columns.ForeignKey(OutstandingToken, unique=True, backref="+")
    blacklisted_at = columns.DateTime(default=columns.now)

    class Meta:
        table_name = "token_blacklist_blacklistedtoken"
        label = "token_blacklist.blacklistedtoken"


class Session(Model):
    """A session of Django's, for the wger that may share the database: nothing here reads or makes any."""

    session_key = columns.Char(max_length=40, primary_key=True)
    session_data = columns.Text()
    expire_date = columns.DateTime(index=True)

    class Meta:
        table_name = "django_session"
        label = "sessions.session"


class SecurityStamp(Model):
    """What everything that an account has given out since its last password carries: see :mod:`.credential_stamps`.

    ``mark`` tells which password hash the stamp holds for.  A wger on the same database knows nothing of
    the table, so the database itself deletes the row with its user.
    """

    user = columns.ForeignKey(User, primary_key=True, backref="+", on_delete="CASCADE")
    stamp = columns.Char(max_length=32)
    mark = columns.Char(max_length=32)

    class Meta:
        table_name = "wger_flask_securitystamp"


class LoginSession(Model):
    """A session of a browser or an app: see :mod:`.sessions`.

    ``id`` is named in the access tokens that come from it, ``key`` is a digest of the token that its holder
    keeps, ``refresh`` the id of the one refresh token that is good, ``methods`` JSON: how they logged in.
    """

    id = columns.Char(max_length=32, primary_key=True)
    key = columns.Char(max_length=64, unique=True)
    account = columns.ForeignKey(SecurityStamp, backref="+", on_delete="CASCADE")
    stamp = columns.Char(max_length=32)
    methods = columns.Text()
    refresh = columns.Char(max_length=36, default="")
    expires = columns.DateTime(index=True)

    class Meta:
        table_name = "wger_flask_session"


MODELS = (
    ContentType, Permission, Group, User, Token, EmailAddress, Authenticator, OutstandingToken, BlacklistedToken,
    Session,
)  # fmt: skip
OWN_MODELS = (SecurityStamp, LoginSession)
