"""Make and check the codes of an authenticator app: RFC 6238 with SHA-1, six digits, steps of 30 seconds."""

from __future__ import annotations

import base64
import hmac
import io
from typing import Any

import pyotp

TYPE = "totp"
STEP = 30  # seconds
TOLERANCE = 1  # steps by which a telephone's clock may differ, section 5.2 of the RFC


def secret_of(digest: bytes) -> str:
    """Return the secret that apps are told for 20 random bytes: 32 letters of base32."""
    return base64.b32encode(digest).decode()


def address(secret: str, name: str, issuer: str) -> str:
    """Return the address (``otpauth://totp/...``) by which apps take a secret over."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=issuer)


def picture(text: str) -> str:
    """Return ``text`` as a QR code, an ``<svg>`` element with a light margin around it."""
    import segno

    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        out, kind="svg", xmldecl=False, svgns=False, light="#fff", border=4, scale=5, title="QR code", omitsize=True
    )
    return out.getvalue().decode()


def begun(secret: str, step: int | None = None) -> dict[str, Any]:
    """Return what is stored of a secret whose code of ``step`` was used to set it up."""
    return {"secret": secret} | ({} if step is None else {"last_step": step})


def used(data: dict[str, Any], code: str, now: float) -> dict[str, Any] | None:
    """Return what is to be stored once ``code`` was used at ``now`` (Unix time); None for a wrong one.

    A code is good once: only those of later steps are taken from then on, but for a last step that no clock can have
    come to yet: it was noted by one that was wrong.  wger keeps that in its cache, and reads nothing but the secret.
    Raises ValueError for what holds no secret.
    """
    step = matching_step(str(data.get("secret", "")), code, now)
    last = data.get("last_step")
    if step is None or isinstance(last, int) and step <= last <= int(now) // STEP + TOLERANCE:
        return None
    return {**data, "last_step": step}


def matching_step(secret: str, code: str, now: float) -> int | None:
    """Return the step whose code this is, None for a wrong one; raises ValueError for what is no secret."""
    if not secret:
        raise ValueError("there is no secret")
    codes = pyotp.TOTP(secret)
    present = int(now) // STEP
    match = None
    for step in range(present - TOLERANCE, present + TOLERANCE + 1):
        if hmac.compare_digest(codes.generate_otp(step).encode(), code.encode("utf-8", "replace")):
            match = step
    return match
