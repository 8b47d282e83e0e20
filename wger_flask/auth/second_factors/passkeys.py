"""Register and check passkeys: WebAuthn, by the library of that name, which is imported when one is used.

``data`` is what django-allauth stores: the name, and the answer of the browser when the key was registered, in which
the public key is.  The counter of its signatures is kept beside them.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

TYPE = "webauthn"
LONGEST = 16_384  # characters of what a browser sends of a key
_ENCODED = re.compile(r"[A-Za-z0-9_-]+")


class Refused(ValueError):
    """Say that what a browser sent is not of a key that is known, or not for now and here."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a key is used: the ``host`` that it is for, and the ``origins`` of pages that may ask for it."""

    host: str
    origins: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a browser has to sign, and when it was told so (Unix time)."""

    text: bytes
    issued: float


def options_to_register(
    place: Place, user: int, name: str, display: str, known: list[dict[str, Any]]
) -> tuple[str, bytes]:
    """Return what a browser needs to make a key (JSON), and the challenge in it; ``known`` are keys that there are."""
    import webauthn
    from webauthn.helpers import structs

    selection = structs.AuthenticatorSelectionCriteria(
        resident_key=structs.ResidentKeyRequirement.REQUIRED,
        user_verification=structs.UserVerificationRequirement.REQUIRED,
    )
    options = webauthn.generate_registration_options(
        rp_id=place.host, rp_name=place.host, user_id=str(user).encode(), user_name=name, user_display_name=display,
        authenticator_selection=selection, exclude_credentials=_descriptors(known),
    )  # fmt: skip
    told = json.loads(webauthn.options_to_json(options)) | {"extensions": {"credProps": True}}
    return json.dumps(told), options.challenge


def options_to_log_in(place: Place, known: list[dict[str, Any]] | None = None) -> tuple[str, bytes]:
    """Return what a browser needs to use a key (JSON), and the challenge in it.

    ``known`` are the keys of a user who has shown their password; None where the key is all that is shown.
    """
    import webauthn
    from webauthn.helpers.structs import UserVerificationRequirement as Verification

    demand = Verification.REQUIRED if known is None else Verification.PREFERRED
    options = webauthn.generate_authentication_options(
        rp_id=place.host, allow_credentials=_descriptors(known or []), user_verification=demand
    )
    return webauthn.options_to_json(options), options.challenge


def read(text: str) -> dict[str, Any]:
    """Return what a browser sent of a key; raises :class:`Refused`."""
    try:
        sent = json.loads(text)
    except (ValueError, RecursionError):
        raise Refused("no JSON") from None
    if not isinstance(sent, dict) or not isinstance(sent.get("response"), dict) or not _is_encoded(sent.get("id")):
        raise Refused("no key")
    return sent


def user_of(sent: dict[str, Any]) -> int | None:
    """Return the key of the user for whom a passkey was made, as it tells; None where it does not."""
    import webauthn

    handle = sent["response"].get("userHandle")
    try:
        number = int(webauthn.base64url_to_bytes(handle)) if _is_encoded(handle) else 0
    except ValueError:
        return None
    return number if 0 < number < 1 << 63 else None


def registered(sent: dict[str, Any], name: str, place: Place, challenge: Challenge) -> dict[str, Any]:
    """Return what is stored of a new key; raises :class:`Refused`."""
    import webauthn

    try:
        webauthn.verify_registration_response(
            credential=sent,
            expected_challenge=challenge.text,
            expected_rp_id=place.host,
            expected_origin=list(place.origins),
            require_user_verification=True,
        )
    except Exception as wrong:  # whatever a stranger's bytes do to the parsers
        raise Refused(type(wrong).__name__) from None
    response = {part: sent["response"].get(part) for part in ("attestationObject", "clientDataJSON")}
    if not all(_is_encoded(value) for value in response.values()):
        raise Refused("no key")
    credential = {
        "id": sent["id"],
        "rawId": sent["id"],
        "type": "public-key",
        "response": response,
        "clientExtensionResults": {"credProps": {"rk": is_resident({"credential": sent})}},
    }
    return {"name": name, "credential": credential}


def used(
    data: dict[str, Any], sent: dict[str, Any], place: Place, challenge: Challenge, *, alone: bool
) -> dict[str, Any]:
    """Return what is to be stored once a key was used; ``alone`` is it where there was no password before.

    Raises :class:`Refused`.
    """
    import webauthn
    from webauthn.helpers import parse_attestation_object

    try:
        stored = webauthn.base64url_to_bytes(data["credential"]["response"]["attestationObject"])
        key = parse_attestation_object(stored).auth_data.attested_credential_data
        if key is None:
            raise Refused("no key")
        count = data.get("sign_count", 0)
        verified = webauthn.verify_authentication_response(
            credential=sent, expected_challenge=challenge.text, expected_rp_id=place.host,
            expected_origin=list(place.origins), credential_public_key=key.credential_public_key,
            credential_current_sign_count=count if isinstance(count, int) else 0, require_user_verification=alone,
        )  # fmt: skip
        if verified.credential_id != key.credential_id:
            raise Refused("another key")
    except Exception as wrong:  # whatever a stranger's bytes do to the parsers
        raise Refused(type(wrong).__name__) from None
    return {**data, "sign_count": verified.new_sign_count}


def id_of(data: object) -> str:
    """Return the id of a stored key, empty where it cannot be read."""
    credential = data.get("credential") if isinstance(data, dict) else None
    key = credential.get("id") if isinstance(credential, dict) else None
    return key if isinstance(key, str) and _is_encoded(key) else ""


def is_resident(data: object) -> bool:
    """Tell whether a stored key is one to log in with alone, as the device told."""
    for part in ("credential", "clientExtensionResults", "credProps"):
        data = data.get(part) if isinstance(data, dict) else None
    return isinstance(data, dict) and data.get("rk") is True


def name_of(data: object) -> str:
    """Return what its owner calls a stored key."""
    name = data.get("name") if isinstance(data, dict) else None
    return name if isinstance(name, str) and name else "passkey"


def _descriptors(known: list[dict[str, Any]]) -> list[Any]:
    import webauthn
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor as Descriptor

    return [Descriptor(id=webauthn.base64url_to_bytes(key)) for data in known if (key := id_of(data))]


def _is_encoded(value: object) -> bool:
    return isinstance(value, str) and _ENCODED.fullmatch(value) is not None
