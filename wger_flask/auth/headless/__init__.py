"""The calls below ``/allauth/app/v1/`` by which current apps log in and manage an account.

A protocol of its own: JSON in and out without negotiation, the status repeated in the body, and
in most answers to a client without a login a token with which to go on.
"""

from __future__ import annotations

from . import account, authenticate, login, password
from .protocol import blueprint

__all__ = ["account", "authenticate", "blueprint", "login", "password"]
