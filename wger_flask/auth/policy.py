"""Hold what the application decided about accounts: settings, keys, and how mail leaves.

The command works on accounts without any request, so this belongs to the process, as the
database does; :func:`set_policy` is called once, at start.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from functools import lru_cache
from typing import TYPE_CHECKING

from ..storage.counters import Counters
from .passwords import Hashing

if TYPE_CHECKING:
    from ..settings import Settings


@dataclass(frozen=True)
class Policy:
    """``settings`` are the application's, ``secret`` its generated key, ``post`` takes an e-mail.

    ``counters`` is None where nothing is limited.
    """

    settings: Settings
    secret: str
    post: Callable[[EmailMessage], None]
    counters: Counters | None = None

    def key(self, purpose: str) -> bytes:
        """Return the signing key for one purpose: none of them tells anything of another."""
        return _derived(self.secret, purpose)

    @property
    def hashing(self) -> Hashing:
        """How new passwords are hashed."""
        return Hashing(self.settings.WGER_PASSWORD_HASH, self.settings.WGER_PASSWORD_ITERATIONS)

    @property
    def access_lifetime(self) -> timedelta:
        """How long an access token of ``/api/v2/token`` is valid."""
        return timedelta(minutes=self.settings.ACCESS_TOKEN_LIFETIME)

    @property
    def refresh_lifetime(self) -> timedelta:
        """How long a refresh token of ``/api/v2/token`` is valid."""
        return timedelta(hours=self.settings.REFRESH_TOKEN_LIFETIME)

    @property
    def headless_access_lifetime(self) -> timedelta:
        """How long an access token of ``/allauth/app/v1`` is valid."""
        return timedelta(minutes=self.settings.WGER_HEADLESS_ACCESS_TOKEN_LIFETIME)

    @property
    def headless_refresh_lifetime(self) -> timedelta:
        """How long a refresh token of ``/allauth/app/v1``, and the session behind it, is valid."""
        return timedelta(hours=self.settings.WGER_HEADLESS_REFRESH_TOKEN_LIFETIME)


@lru_cache(64)
def _derived(secret: str, purpose: str) -> bytes:
    return hmac.digest(secret.encode(), f"wger_flask.{purpose}".encode(), "sha256")


_policy: Policy | None = None


def set_policy(policy: Policy | None) -> None:
    """Make ``policy`` the one of this process; None where no application is open."""
    global _policy
    _policy = policy


def policy() -> Policy:
    """Return the policy of this process; raises RuntimeError before :func:`set_policy`."""
    if _policy is None:
        raise RuntimeError("accounts are used before the application is made")
    return _policy
