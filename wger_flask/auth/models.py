"""Accounts and credentials, in the tables that Django and its packages keep them in.

A database of wger's is served in place, so the people, groups, permissions and tokens in it
are the ones that count here: a password set there is valid here, and the other way round.
"""

from __future__ import annotations

import secrets

from ..storage import fields
from ..storage.model import Model, link


class ContentType(Model):
    """A kind of row, as permissions name it: the app and the model, in lower case."""

    id = fields.Auto()
    app_label = fields.Char(max_length=100)
    model = fields.Char(max_length=100)

    class Meta:
        table_name = "django_content_type"
        label = "contenttypes.contenttype"
        indexes = ((("app_label", "model"), True),)


class Permission(Model):
    """Something that may be allowed, such as ``add_exercise`` on exercises."""

    id = fields.Auto()
    name = fields.Char(max_length=255)
    content_type = fields.ForeignKey(ContentType)
    codename = fields.Char(max_length=100)

    class Meta:
        table_name = "auth_permission"
        label = "auth.permission"
        ordering = ("content_type.app_label", "content_type.model", "codename")
        indexes = ((("content_type", "codename"), True),)


class Group(Model):
    """A named set of permissions."""

    id = fields.Auto()
    name = fields.Char(max_length=150, unique=True)

    class Meta:
        table_name = "auth_group"
        label = "auth.group"


class User(Model):
    """A person with an account; ``password`` is a hash in Django's layout."""

    id = fields.Auto()
    password = fields.Char(max_length=128)
    last_login = fields.DateTime(null=True)
    is_superuser = fields.Boolean(default=False)
    username = fields.Char(max_length=150, unique=True)
    first_name = fields.Char(max_length=150, default="")
    last_name = fields.Char(max_length=150, default="")
    email = fields.Char(max_length=254, default="")
    is_staff = fields.Boolean(default=False)
    is_active = fields.Boolean(default=True)
    date_joined = fields.DateTime(default=fields.now)

    class Meta:
        table_name = "auth_user"
        label = "auth.user"


group_permissions = link(Group, "permissions", Permission)
user_groups = link(User, "groups", Group)
user_permissions = link(User, "user_permissions", Permission)


def new_key() -> str:
    """Return a fresh permanent token: 40 hex digits, 160 random bits."""
    return secrets.token_hex(20)


class Token(Model):
    """The permanent token of a user."""

    key = fields.Char(max_length=40, primary_key=True, default=new_key)
    user = fields.ForeignKey(User, unique=True, backref="+")
    created = fields.DateTime(default=fields.now)

    class Meta:
        table_name = "authtoken_token"
        label = "authtoken.token"


class EmailAddress(Model):
    """An address of a user: one of them is primary, and a verified one belongs to one user only."""

    id = fields.Auto()
    user = fields.ForeignKey(User)
    email = fields.Char(max_length=254, index=True)
    verified = fields.Boolean(default=False)
    primary = fields.Boolean(default=False)

    class Meta:
        table_name = "account_emailaddress"
        label = "account.emailaddress"
        title = "email address"
        indexes = ((("user", "email"), True),)


EmailAddress.add_index(
    EmailAddress.user, EmailAddress.primary,
    unique=True, where=EmailAddress.primary, name="unique_primary_email",
)  # fmt: skip
EmailAddress.add_index(EmailAddress.email, unique=True, where=EmailAddress.verified, name="unique_verified_email")


class OutstandingToken(Model):
    """A refresh token that was given out."""

    id = fields.BigAuto()
    user = fields.ForeignKey(User, null=True, cascade="null")
    jti = fields.Char(max_length=255, unique=True)
    token = fields.Text()
    created_at = fields.DateTime(null=True)
    expires_at = fields.DateTime()

    class Meta:
        table_name = "token_blacklist_outstandingtoken"
        label = "token_blacklist.outstandingtoken"
        ordering = ("user",)


class BlacklistedToken(Model):
    """A refresh token that is refused before its time."""

    id = fields.BigAuto()
    token = fields.ForeignKey(OutstandingToken, unique=True, backref="+")
    blacklisted_at = fields.DateTime(default=fields.now)

    class Meta:
        table_name = "token_blacklist_blacklistedtoken"
        label = "token_blacklist.blacklistedtoken"


class Session(Model):
    """A session of Django's, for the wger that may share the database: nothing here reads or makes any."""

    session_key = fields.Char(max_length=40, primary_key=True)
    session_data = fields.Text()
    expire_date = fields.DateTime(index=True)

    class Meta:
        table_name = "django_session"
        label = "sessions.session"


class SecurityStamp(Model):
    """What everything that an account has given out since its last password carries: see :mod:`.stamps`.

    ``mark`` tells which password hash the stamp holds for.  A wger on the same database knows nothing of
    the table, so the database itself deletes the row with its user.
    """

    user = fields.ForeignKey(User, primary_key=True, backref="+", on_delete="CASCADE")
    stamp = fields.Char(max_length=32)
    mark = fields.Char(max_length=32)

    class Meta:
        table_name = "wger_flask_securitystamp"


class LoginSession(Model):
    """A session of a browser or an app: see :mod:`.sessions`.

    ``id`` is named in the access tokens that come from it, ``key`` is a digest of the token that its holder
    keeps, ``refresh`` the id of the one refresh token that is good, ``methods`` JSON: how they logged in.
    """

    id = fields.Char(max_length=32, primary_key=True)
    key = fields.Char(max_length=64, unique=True)
    account = fields.ForeignKey(SecurityStamp, backref="+", on_delete="CASCADE")
    stamp = fields.Char(max_length=32)
    methods = fields.Text()
    refresh = fields.Char(max_length=36, default="")
    expires = fields.DateTime(index=True)

    class Meta:
        table_name = "wger_flask_session"


MODELS = (ContentType, Permission, Group, User, Token, EmailAddress, OutstandingToken, BlacklistedToken, Session)
OWN_MODELS = (SecurityStamp, LoginSession)
