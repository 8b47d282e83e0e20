"""Write the letters that prove an address or reset a password, and read the keys in them.

A key is signed data (itsdangerous), so nothing is stored for it.  It runs out after three days.
A key that resets a password names the password it replaces, and so works once.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from itsdangerous import BadData, URLSafeTimedSerializer

from ..mail.delivery import compose
from ..rest.mount import link_for_people
from . import credential_stamps, email_addresses, trust
from .models import EmailAddress, User
from .policy import policy
from .signing import PatientSigner

LIFETIME = 3 * 24 * 3600

_VERIFY = """\
This address was given for an account. If that was you, open this page
to confirm it:

{link}

The link works for three days. If it was not you, there is nothing to do.
"""

_RESET = """\
A new password was requested for an account with this address.
If that was you, open this page to choose one:

{link}

The link works once, for three days. If it was not you, there is nothing to do:
your password stays as it is.
"""


_NOTICE = """\
{what}

If that was you, there is nothing to do. If it was not, choose a new password
at once, which logs everybody else out:

{link}
"""


@dataclass(frozen=True, slots=True)
class Notice:
    """A letter about a change to an account: its subject, and what was done."""

    subject: str
    what: str


FACTOR_ON = Notice(
    "A second factor was set up",
    "An authenticator app was set up for the account that goes by this address.\n"
    "Everything else that was logged in is logged out.",
)
FACTOR_OFF = Notice(
    "The second factor was removed",
    "The authenticator app was removed from the account that goes by this address:\n"
    "its password is enough again. Everything else that was logged in is logged out.",
)
PASSKEY_ON = Notice(
    "A passkey was added", "A passkey was added to the account that goes by this address: it logs in with it alone."
)
PASSKEY_OFF = Notice(
    "A passkey was removed",
    "A passkey was removed from the account that goes by this address.\n"
    "Everything else that was logged in is logged out.",
)
NEW_CODES = Notice(
    "New recovery codes",
    "New recovery codes were made for the account that goes by this address.\nThe old ones are worthless.",
)


def send_notice(user: User, notice: Notice) -> None:
    """Tell ``user`` of a change to their account, where their address is known to be theirs."""
    if trust.has_verified(user.id, user.email):
        _send(user.email, notice.subject, _NOTICE.replace("{what}", notice.what), "/user/password/reset")


def send_verification(row: EmailAddress) -> None:
    """Send the letter that proves the address ``row``."""
    _send(row.email, "Confirm your e-mail address", _VERIFY, f"/user/email/confirm/{verification_key(row)}")


def send_reset(user: User, email: str) -> None:
    """Send the letter with which ``user`` chooses a new password to ``email``."""
    _send(email, "Choose a new password", _RESET, f"/user/password/reset/{reset_key(user, email)}")


def verification_key(row: EmailAddress) -> str:
    """Return the key that proves an address."""
    return _signer("verify-email").dumps([row.id, row.email])


def read_verification(key: str) -> EmailAddress | None:
    """Return the address that ``key`` proves, None for a key that is wrong, too old, or about one that is gone."""
    try:
        number, email = _signer("verify-email").loads(key, max_age=LIFETIME)
    except (BadData, ValueError, TypeError):
        return None
    return EmailAddress.get_or_none((EmailAddress.id == number) & (EmailAddress.email == email))


def reset_key(user: User, email: str) -> str:
    """Return the key with which the password that ``user`` has now can be replaced."""
    return _signer("reset-password").dumps([user.id, credential_stamps.mark_of(user.password), email])


@dataclass(frozen=True, slots=True)
class Reset:
    """What a reset key allows: a new password for ``user``, who read a letter sent to ``email``."""

    user: User
    email: str


def read_reset(key: str) -> Reset | None:
    """Return what ``key`` allows; None for one that is wrong, too old, used, or sent to an address that is gone."""
    try:
        number, mark, email = _signer("reset-password").loads(key, max_age=LIFETIME)
    except (BadData, ValueError, TypeError):
        return None
    user = User.get_or_none(User.id == number)
    if user is None or not user.is_active or not hmac.compare_digest(mark, credential_stamps.mark_of(user.password)):
        return None
    if not email_addresses.is_of(user, email):  # the address is no longer one of this account
        return None
    return Reset(user, email)


def _signer(purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(policy().key(purpose), salt=purpose, signer=PatientSigner)


def _send(to: str, subject: str, text: str, path: str) -> None:
    """Send ``text`` with a link to ``path``.

    It may reach a stranger, whose address another person typed: nothing that this person
    chose goes into it, neither a name nor an address.
    """
    rules = policy()
    link = link_for_people(rules.settings.SITE_URL, path)
    rules.post(compose(rules.settings.FROM_EMAIL, to, subject, text.format(link=link)))
