"""Hash and check passwords in the formats that Django stores.

Accounts of an existing wger keep their passwords, and wger can read what is written here.  New hashes are
``argon2``, with Django's own costs: wger would replace any other at its next login, and what an account has
given out here ends with its hash.  ``pbkdf2_sha256`` may be chosen instead, for hosts with little memory; the
other formats are only read, and replaced at the next login.  Argon2 hashes stay whatever their costs.

An argon2 hash fills 100 MB while it is made, so that a process makes one at a time, and none that asks for much
more: what stands in the database decides about costs.  Every comparison takes the same time wherever two hashes
differ.  See Django's documentation, "Password management", for the formats.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
import math
import secrets
import string
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argon2 import PasswordHasher

LETTERS = string.ascii_letters + string.digits
SALT_BITS = 128
SALT_LENGTH = math.ceil(SALT_BITS / math.log2(len(LETTERS)))  # 22
UNUSABLE = "!"
LONGEST = 4096  # longer ones are refused unread: hashing must not be a way to occupy the server


ARGON2, PBKDF2 = "argon2", "pbkdf2_sha256"
_MEMORY, _PASSES, _LANES = 102_400, 2, 8  # Django's costs of Argon2id: kilobytes, passes over them, threads
MOST_ROUNDS = 10_000_000  # of PBKDF2, some seconds
MOST_MEMORY = 262_144  # kilobytes, of Argon2 and scrypt
MOST_PASSES = 1_048_576  # kilobytes times passes, of the same
MOST_BCRYPT = 15  # its cost, a power of two

logger = logging.getLogger(__name__)
_alone = threading.Lock()  # for what fills memory


@dataclass(frozen=True, slots=True)
class Hashing:
    """How new passwords are hashed: the format, and the rounds of ``pbkdf2_sha256``."""

    format: str = PBKDF2
    iterations: int = 1


class TooCostly(ValueError):
    """Say that checking a hash would take more memory or time than a login may."""


def hash_password(password: str, how: Hashing) -> str:
    """Return a fresh hash of ``password``, at most 128 characters."""
    if how.format == ARGON2:
        try:
            with _alone:
                return ARGON2 + _argon2().hash(password)
        except ImportError:
            _tell_missing(ARGON2)
    salt = "".join(secrets.choice(LETTERS) for _ in range(SALT_LENGTH))
    return _pbkdf2("sha256", password, salt, how.iterations)


def is_usable(encoded: str) -> bool:
    """Tell whether any password can match ``encoded``."""
    return bool(encoded) and not encoded.startswith(UNUSABLE) and _format(encoded) in _CHECKS


def matches(password: str, encoded: str) -> bool:
    """Tell whether ``password`` is the one behind ``encoded``.

    What cannot be read, costs too much, or needs a library that is not installed, matches nothing; the log
    tells of the latter two.
    """
    if len(password) > LONGEST or not is_usable(encoded):
        return False
    try:
        return _CHECKS[_format(encoded)](password, encoded)
    except ImportError:
        _tell_missing(_format(encoded))
    except (TooCostly, MemoryError) as wrong:
        logger.warning("a login was refused: its hash (%s) costs too much to check: %s", _format(encoded), wrong)
    except (ValueError, TypeError, OverflowError):
        pass
    return False


def is_current(encoded: str, how: Hashing) -> bool:
    """Tell whether ``encoded`` may stay as it is: it is what would be written today, but for its salt, or Argon2."""
    if _format(encoded) == ARGON2:
        return True
    parts = encoded.split("$")
    return (
        how.format == PBKDF2
        and len(parts) == 4
        and parts[0] == PBKDF2
        and parts[1] == str(how.iterations)
        and len(parts[2]) >= SALT_LENGTH
    )


def spend(password: str, encoded: str | None, how: Hashing, others: Iterable[str] = ()) -> None:
    """Take as long as any account's check takes, beyond that of ``encoded``, which was done.

    After a failed login: neither an account that does not exist (None), nor one whose hash is of another
    format or strength, may be told from the others by the time the answer takes.  ``others`` are hashes, one
    of each format that there is.
    """
    password = password[:LONGEST].encode("utf-8", "replace").decode()
    done = _format(encoded) if encoded and is_usable(encoded) and _is_installed(_format(encoded)) else ""
    samples = {_format(other): other for other in others if is_usable(other)}
    if how.format == ARGON2 and ARGON2 not in samples:
        samples[ARGON2] = _sample(how)
    if PBKDF2 in (done, how.format, *samples):
        _spend_rounds(password, encoded if done == PBKDF2 else None, how.iterations)
    for name, sample in samples.items():
        if name not in (done, PBKDF2):
            matches(password, sample)


def _spend_rounds(password: str, encoded: str | None, iterations: int) -> None:
    rounds = encoded.split("$")[1] if encoded else "0"
    done = int(rounds) if rounds.isascii() and rounds.isdecimal() and int(rounds) <= MOST_ROUNDS else 0
    if done < iterations:
        hashlib.pbkdf2_hmac("sha256", password.encode(), b"salt", iterations - done)


@cache
def _sample(how: Hashing) -> str:
    return hash_password(secrets.token_urlsafe(), how)


@cache
def _is_installed(name: str) -> bool:
    try:
        if name == ARGON2:
            import argon2  # noqa: F401
        elif name in ("bcrypt", "bcrypt_sha256"):
            import bcrypt  # noqa: F401
        elif name == "scrypt":
            from hashlib import scrypt  # noqa: F401
    except ImportError:
        return False
    return True


@cache  # one line a process: attempts to log in do not fill the log
def _tell_missing(name: str) -> None:
    needed = {ARGON2: "argon2-cffi", "scrypt": "a Python whose OpenSSL has scrypt"}.get(name, "bcrypt")
    told = "accounts whose password is stored as %s cannot log in: that needs %s, which is not installed"
    logger.error(told, name, needed)


def _format(encoded: str) -> str:
    return encoded.partition("$")[0]


def _pbkdf2(digest: str, password: str, salt: str, iterations: int) -> str:
    raw = hashlib.pbkdf2_hmac(digest, password.encode(), salt.encode(), iterations)
    return f"pbkdf2_{digest}${iterations}${salt}${base64.b64encode(raw).decode()}"


def _equal(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def _check_pbkdf2(password: str, encoded: str) -> bool:
    name, iterations, salt, _ = encoded.split("$")
    _bound("rounds", int(iterations), MOST_ROUNDS)
    return _equal(encoded, _pbkdf2(name.removeprefix("pbkdf2_"), password, salt, int(iterations)))


def _check_md5(password: str, encoded: str) -> bool:
    _, salt, _ = encoded.split("$")
    digest = hashlib.md5((salt + password).encode(), usedforsecurity=False).hexdigest()
    return _equal(encoded, f"md5${salt}${digest}")


def _check_scrypt(password: str, encoded: str) -> bool:
    from hashlib import scrypt

    _, work, salt, block, parallel, stored = encoded.split("$")
    cost, size, lanes = int(work), int(block), int(parallel)
    _bound("kilobytes", cost * size >> 3, MOST_MEMORY)
    _bound("kilobytes times passes", cost * size * lanes >> 3, MOST_PASSES)
    with _alone:
        raw = scrypt(
            password.encode(), salt=salt.encode(), n=cost, r=size, p=lanes, maxmem=129 * size * (cost + lanes), dklen=64
        )
    return _equal(stored, base64.b64encode(raw).decode())


def _argon2() -> PasswordHasher:
    import argon2

    return argon2.PasswordHasher(_PASSES, _MEMORY, _LANES)


def _check_argon2(password: str, encoded: str) -> bool:
    import argon2

    hashed = encoded.removeprefix(ARGON2)
    try:
        costs = argon2.extract_parameters(hashed)
        _bound("kilobytes", costs.memory_cost, MOST_MEMORY)
        _bound("kilobytes times passes", costs.memory_cost * costs.time_cost, MOST_PASSES)
        _bound("lanes", costs.parallelism, 64)
        with _alone:
            return _argon2().verify(hashed, password)
    except (argon2.exceptions.Argon2Error, argon2.exceptions.InvalidHash) as wrong:
        if "memory" in str(wrong).lower():
            raise MemoryError(str(wrong)) from None
        return False


def _check_bcrypt(password: str, encoded: str) -> bool:
    return _bcrypt(password.encode()[:72], encoded.removeprefix("bcrypt$"))  # all that bcrypt reads


def _check_bcrypt_sha256(password: str, encoded: str) -> bool:
    digest = hashlib.sha256(password.encode()).hexdigest()
    return _bcrypt(digest.encode(), encoded.removeprefix("bcrypt_sha256$"))


def _bcrypt(word: bytes, hashed: str) -> bool:
    import bcrypt

    _bound("cost", int(hashed.split("$")[2]) if hashed.count("$") > 2 else 0, MOST_BCRYPT)
    return bcrypt.checkpw(word, hashed.encode())


def _bound(what: str, value: int, most: int) -> None:
    if value > most:
        raise TooCostly(f"{value} {what}, where {most} are the most")


_CHECKS: dict[str, Callable[[str, str], bool]] = {
    "pbkdf2_sha256": _check_pbkdf2,
    "pbkdf2_sha1": _check_pbkdf2,
    "md5": _check_md5,
    "scrypt": _check_scrypt,
    "argon2": _check_argon2,
    "bcrypt": _check_bcrypt,
    "bcrypt_sha256": _check_bcrypt_sha256,
}
