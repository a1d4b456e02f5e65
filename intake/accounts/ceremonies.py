"""Checking what a browser says about a passkey, by the library that Yubico keeps.

Only `passkeys` needs this, when one is made or shown; until then it is not loaded (4 MB).
"""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from fido2.server import Fido2Server
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    RegistrationResponse,
    UserVerificationRequirement,
)

from intake.accounts.passkeys import PasskeyRefused, Place

# Whatever the library raises about an answer that is not one: it reads what strangers send.
MALFORMED = (
    *(ValueError, KeyError, TypeError, AttributeError),
    *(AssertionError, NotImplementedError, RecursionError),
)

logging.getLogger("fido2").setLevel(logging.WARNING)  # or it writes credentials into the log


@dataclass(frozen=True)
class NewPasskey:
    """What is kept of a passkey."""

    credential_id: bytes
    credential_data: bytes
    sign_count: int


@dataclass(frozen=True)
class ShownPasskey:
    """An answer that names a passkey; nothing about it is checked yet."""

    credential_id: bytes
    challenge: bytes
    sign_count: int
    response: AuthenticationResponse


def challenge_of_new(answer: str) -> bytes:
    """The challenge that an answer is to, not checked yet. Raises PasskeyRefused."""
    with _refusing():
        response = RegistrationResponse.from_dict(json.loads(answer))
        challenge: bytes = response.response.client_data.challenge
        return challenge


def new_passkey(answer: str, challenge: bytes, place: Place) -> NewPasskey:
    """The passkey that was made at this place for this challenge. Raises PasskeyRefused."""
    with _refusing():
        response = RegistrationResponse.from_dict(json.loads(answer))
        data = _server(place).register_complete(_state(challenge), response)
        credential = data.credential_data
        if credential is None:
            raise PasskeyRefused
        return NewPasskey(credential.credential_id, bytes(credential), data.counter)


def shown_passkey(answer: str) -> ShownPasskey:
    """What an answer says. Raises PasskeyRefused."""
    with _refusing():
        response = AuthenticationResponse.from_dict(json.loads(answer))
        return ShownPasskey(
            response.raw_id,
            response.response.client_data.challenge,
            response.response.authenticator_data.counter,
            response,
        )


def check_shown(shown: ShownPasskey, credential_data: bytes, place: Place) -> None:
    """Check that it was shown at this place by the owner's device. Raises PasskeyRefused."""
    with _refusing():
        known = [AttestedCredentialData(credential_data)]
        _server(place).authenticate_complete(_state(shown.challenge), known, shown.response)


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except MALFORMED as error:
        raise PasskeyRefused from error


def _server(place: Place) -> Fido2Server:
    site = PublicKeyCredentialRpEntity(name=place.host, id=place.host)
    return Fido2Server(site, verify_origin=lambda origin: origin in place.origins)


def _state(challenge: bytes) -> dict[str, Any]:
    return {
        "challenge": websafe_encode(challenge),
        "user_verification": UserVerificationRequirement.REQUIRED,
    }
