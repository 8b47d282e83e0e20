"""Let phones prove to the sync who they are: to this server's own, or to a PowerSync service of one's own.

Such a service is another program that fetches our public key, so these tokens alone are signed
with a key pair.  It is made on first use, beside the secret key and as private.  A token carries
the stamp of its account (see :mod:`..auth.credential_stamps`), by which one who can ask the database, as
:func:`read` does, knows one that ended with the password; others take it until its time is over.
"""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Response

from ..auth import credential_stamps, identity, tokens
from ..auth.identity import Caller
from ..auth.models import User
from ..auth.policy import policy
from ..auth.schemes import authenticate_again
from ..rest.blueprint import Endpoints
from ..rest.call import Call
from ..rest.errors import Forbidden
from ..rest.fields import Json, String
from ..rest.mount import root_url
from ..rest.permissions import Access, logged_in
from ..rest.schema import Schema
from ..secrets import kept
from . import log

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric import rsa

AUDIENCE = "powersync"
_BITS = 2048
_making = threading.Lock()


class KeysSchema(Schema):
    """The public keys with which tokens can be verified."""

    keys = Json(dump_only=True)


class TokenSchema(Schema):
    """A token for the sync, and where that is."""

    token = String(dump_only=True)
    powersync_url = String(dump_only=True, blank=True)


powersync = Endpoints("powersync", "Tokens for clients that work offline.")


@powersync.endpoint("powersync-keys", slash=False, response=KeysSchema)
def keys(call: Call) -> Response:
    """Show the public key of the tokens that offline clients get."""
    return _spaced({"keys": [_public(_private())]})


@powersync.endpoint(
    "powersync-token", slash=False, access=Access(read=logged_in, write=logged_in), response=TokenSchema, secret=True
)
def token(call: Call) -> Response:
    """Get a token for the sync, and its address; it is valid for some minutes."""
    import jwt

    stamp = stamp_of(call)
    now = int(time.time())
    private = _private()
    claims = {"sub": str(call.required_user.id), "iat": now, "aud": AUDIENCE, "exp": now + lifetime(), "stamp": stamp}
    made = jwt.encode(claims, private, "RS256", headers={"kid": _public(private)["kid"]})
    return _spaced({"token": made, "powersync_url": _address(call)})


def stamp_of(call: Call) -> str:
    """Return the stamp of the caller's account; raises :class:`~..rest.errors.Forbidden` where that ended just now."""
    user = User.get_or_none(User.id == call.required_user.id)
    stamp = user and credential_stamps.current(user)
    if not stamp or authenticate_again(call.request) is None:
        raise Forbidden()
    return str(stamp)


@dataclass(frozen=True, slots=True)
class SyncToken:
    """What a token says: whose it is, the stamp of their account, and until when it holds, in seconds since 1970."""

    user_id: int
    stamp: str
    expires: int

    def caller(self) -> Caller | None:
        """Return whose token it is by what is stored now, None where it has ended or they may not log in."""
        if self.expires <= time.time():
            return None
        user = identity.by_stamp(self.user_id, self.stamp)
        return user if user is not None and user.is_active else None


def lifetime() -> int:
    """Return for how many seconds a new token is valid."""
    return policy().settings.WGER_SYNC_TOKEN_LIFETIME


def read_token(text: str) -> SyncToken:
    """Return what a token says; raises :class:`~..auth.tokens.BadToken` for one that is no good.

    Nothing is allowed for clocks that differ: it is this server that made the token.
    """
    import jwt

    try:
        claims = jwt.decode(
            text,
            _private().public_key(),
            algorithms=["RS256"],
            audience=AUDIENCE,
            options={"require": ["exp", "iat", "sub", "aud"]},
        )
    except jwt.ExpiredSignatureError:
        raise tokens.BadToken(tokens.BadToken.EXPIRED) from None
    except (jwt.PyJWTError, ValueError):
        raise tokens.BadToken(tokens.BadToken.INVALID) from None
    return SyncToken(tokens.user_of(claims) or 0, tokens.stamp_of(claims), int(claims["exp"]))


def read(text: str) -> Caller:
    """Return whose token ``text`` is; raises :class:`~..auth.tokens.BadToken` for one that is no good, or no longer."""
    user = read_token(text).caller()
    if user is None:
        raise tokens.BadToken(tokens.BadToken.INVALID)
    return user


def _address(call: Call) -> str:
    """Return where phones sync; the closing slash matters to those that resolve paths against it."""
    settings = policy().settings
    return f"{root_url(call.request)}/ps/" if log.is_kept() else settings.POWERSYNC_URL


def _spaced(body: dict[str, Any]) -> Response:
    """Return ``body`` with blanks behind its separators, as these endpoints print it."""
    return Response(json.dumps(body), content_type="application/json")


def _private() -> rsa.RSAPrivateKey:
    with _making:
        return _read(policy().settings.WGER_SYNC_KEY_FILE)


@lru_cache(1)
def _read(path: Path) -> rsa.RSAPrivateKey:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    private = serialization.load_pem_private_key(kept(path, _make).encode(), None)
    assert isinstance(private, rsa.RSAPrivateKey)
    return private


def _make() -> str:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    made = rsa.generate_private_key(public_exponent=65537, key_size=_BITS)
    return made.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def _public(private: rsa.RSAPrivateKey) -> dict[str, str]:
    """Return the public half as a JSON Web Key (RFC 7517); its id is its thumbprint (RFC 7638)."""
    numbers = private.public_key().public_numbers()
    key = {"e": _number(numbers.e), "kty": "RSA", "n": _number(numbers.n)}
    digest = hashlib.sha256(json.dumps(key, separators=(",", ":")).encode()).digest()
    return {**key, "alg": "RS256", "use": "sig", "kid": _text(digest)}


def _number(value: int) -> str:
    return _text(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
