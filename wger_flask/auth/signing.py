"""Sign what browsers and letters carry, and allow for hosts whose clocks differ.

itsdangerous refuses what was signed in the future, be it by a second: with two hosts, a user who has just
logged in at one would be logged out by the other.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from itsdangerous import SignatureExpired, TimestampSigner

from .tokens import LEEWAY


class PatientSigner(TimestampSigner):
    """Take signatures from up to ``LEEWAY`` seconds ahead."""

    def unsign(self, signed_value: str | bytes, max_age: int | None = None, return_timestamp: bool = False) -> Any:
        unsign: Callable[..., Any] = super().unsign  # what it returns depends on the last argument, the caller's
        try:
            return unsign(signed_value, max_age, return_timestamp)
        except SignatureExpired as wrong:
            if wrong.date_signed is None:
                raise
            ahead = wrong.date_signed - datetime.now(UTC)
            if not timedelta(0) < ahead <= timedelta(seconds=LEEWAY):
                raise
            return unsign(signed_value, None, return_timestamp)
