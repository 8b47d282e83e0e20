"""Hash and check passwords in the formats that Django stores.

Accounts of an existing wger keep their passwords, and wger can read what is written here.  New
hashes are ``pbkdf2_sha256``; the others are only read, and replaced at the next login.  Every
comparison takes the same time wherever two hashes differ.  See Django's documentation,
"Password management", for the formats.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import math
import secrets
import string
from collections.abc import Callable

LETTERS = string.ascii_letters + string.digits
SALT_BITS = 128
SALT_LENGTH = math.ceil(SALT_BITS / math.log2(len(LETTERS)))  # 22
UNUSABLE = "!"
LONGEST = 4096  # longer ones are refused unread: hashing must not be a way to occupy the server


def hash_password(password: str, iterations: int) -> str:
    """Return a fresh ``pbkdf2_sha256`` hash of ``password``."""
    salt = "".join(secrets.choice(LETTERS) for _ in range(SALT_LENGTH))
    return _pbkdf2("sha256", password, salt, iterations)


def unusable() -> str:
    """Return what is stored for an account that cannot log in with a password."""
    return UNUSABLE + secrets.token_urlsafe(30)


def is_usable(encoded: str) -> bool:
    """Tell whether any password can match ``encoded``."""
    return bool(encoded) and not encoded.startswith(UNUSABLE) and _format(encoded) in _CHECKS


def matches(password: str, encoded: str) -> bool:
    """Tell whether ``password`` is the one behind ``encoded``.

    What cannot be read, or needs a library that is not installed, matches nothing.
    """
    if len(password) > LONGEST or not is_usable(encoded):
        return False
    try:
        return _CHECKS[_format(encoded)](password, encoded)
    except (ValueError, TypeError, OverflowError, ImportError):
        return False


def is_current(encoded: str, iterations: int) -> bool:
    """Tell whether ``encoded`` is what :func:`hash_password` would write today, but for its salt."""
    parts = encoded.split("$")
    return (
        len(parts) == 4 and parts[0] == "pbkdf2_sha256" and parts[1] == str(iterations) and len(parts[2]) >= SALT_LENGTH
    )


def spend(password: str, encoded: str | None, iterations: int) -> None:
    """Take as long as checking a current hash would have taken beyond checking ``encoded``.

    After a failed login: neither an account that does not exist (None) nor one whose hash is
    older and weaker may be told from the others by the time the answer takes.
    """
    done = 0
    if encoded and encoded.startswith("pbkdf2_sha256$"):
        done = int(encoded.split("$")[1])
    elif encoded and is_usable(encoded):
        return
    if done < iterations:
        hashlib.pbkdf2_hmac("sha256", password[:LONGEST].encode("utf-8", "replace"), b"salt", iterations - done)


def _format(encoded: str) -> str:
    return encoded.partition("$")[0]


def _pbkdf2(digest: str, password: str, salt: str, iterations: int) -> str:
    raw = hashlib.pbkdf2_hmac(digest, password.encode(), salt.encode(), iterations)
    return f"pbkdf2_{digest}${iterations}${salt}${base64.b64encode(raw).decode()}"


def _equal(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def _check_pbkdf2(password: str, encoded: str) -> bool:
    name, iterations, salt, _ = encoded.split("$")
    return _equal(encoded, _pbkdf2(name.removeprefix("pbkdf2_"), password, salt, int(iterations)))


def _check_md5(password: str, encoded: str) -> bool:
    _, salt, _ = encoded.split("$")
    digest = hashlib.md5((salt + password).encode(), usedforsecurity=False).hexdigest()
    return _equal(encoded, f"md5${salt}${digest}")


def _check_scrypt(password: str, encoded: str) -> bool:
    _, work, salt, block, parallel, stored = encoded.split("$")
    cost, size, lanes = int(work), int(block), int(parallel)
    raw = hashlib.scrypt(
        password.encode(), salt=salt.encode(), n=cost, r=size, p=lanes, maxmem=129 * size * (cost + lanes), dklen=64
    )
    return _equal(stored, base64.b64encode(raw).decode())


def _check_argon2(password: str, encoded: str) -> bool:
    import argon2

    try:
        return argon2.PasswordHasher().verify(encoded.removeprefix("argon2"), password)
    except argon2.exceptions.Argon2Error:
        return False


def _check_bcrypt(password: str, encoded: str) -> bool:
    import bcrypt

    return bcrypt.checkpw(password.encode()[:72], encoded.removeprefix("bcrypt$").encode())  # all that bcrypt reads


def _check_bcrypt_sha256(password: str, encoded: str) -> bool:
    import bcrypt

    digest = hashlib.sha256(password.encode()).hexdigest()
    return bcrypt.checkpw(digest.encode(), encoded.removeprefix("bcrypt_sha256$").encode())


_CHECKS: dict[str, Callable[[str, str], bool]] = {
    "pbkdf2_sha256": _check_pbkdf2,
    "pbkdf2_sha1": _check_pbkdf2,
    "md5": _check_md5,
    "scrypt": _check_scrypt,
    "argon2": _check_argon2,
    "bcrypt": _check_bcrypt,
    "bcrypt_sha256": _check_bcrypt_sha256,
}
