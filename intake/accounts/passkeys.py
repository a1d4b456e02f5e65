"""Passkeys: a key pair in a phone, computer or security key (W3C Web Authentication, level 3).

We demand that the device checks who is there, by finger, face or PIN (user verification). So a
passkey is two factors in one and signs in without a password. It answers only to our own address,
which is why nobody can be lured into giving it away.

Challenges are signed rather than stored: a page can be looked at without changing anything. Each is
good for five minutes, for one purpose, and once.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from uuid import UUID

from flask import current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import select
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    parse_authentication_credential_json,
    parse_client_data_json,
    parse_registration_credential_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from intake.accounts.models import Passkey, User
from intake.core.db import db
from intake.core.tokens import new_token
from intake.web.limits import Limit, LimitReached, spend

GOOD_FOR = timedelta(minutes=5)
ONCE = Limit("passkey challenge", burst=1, every=GOOD_FOR)
ADD, SHOW = "add", "show"
"""What a challenge is for: a passkey of one user to be made, or anybody's to be shown."""
LONGEST_ANSWER = 20_000
REQUIRED = UserVerificationRequirement.REQUIRED


class PasskeyRefused(Exception):
    """The answer is none to a fresh challenge of ours, or of no passkey that we know."""


@dataclass(frozen=True)
class Place:
    """Where passkeys are good: a host name, and the origins of its pages."""

    host: str
    origins: frozenset[str]

    @property
    def has_name(self) -> bool:
        """Whether browsers make passkeys there: not for a bare number, such as 127.0.0.1."""
        try:
            ip_address(self.host.strip("[]"))
        except ValueError:
            return True
        return False


def passkeys_of(user_id: UUID) -> list[Passkey]:
    """The passkeys of a user, the oldest first."""
    query = select(Passkey).where(Passkey.user_id == user_id)
    return list(db.session.scalars(query.order_by(Passkey.added_at, Passkey.id)))


def questions_to_add(user: User, place: Place, *, clinic_name: str) -> str:
    """What a browser needs to make a passkey, as JSON."""
    return options_to_json(
        generate_registration_options(
            rp_id=place.host,
            rp_name=clinic_name,
            user_name=user.email,
            user_id=user.id.bytes,
            user_display_name=user.name,
            challenge=_challenge(ADD, user.id.hex),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.PREFERRED, user_verification=REQUIRED
            ),
            exclude_credentials=_descriptors(user),
        )
    )


def questions_to_show(user: User | None, place: Place) -> str:
    """What a browser needs to show a passkey, as JSON; of anybody if we do not know who asks."""
    return options_to_json(
        generate_authentication_options(
            rp_id=place.host,
            challenge=_challenge(SHOW),
            allow_credentials=_descriptors(user) if user else None,
            user_verification=REQUIRED,
        )
    )


def add_passkey(user: User, answer: str, name: str, *, place: Place, now: datetime) -> None:
    """Let a user sign in with the passkey that was just made. Raises PasskeyRefused."""
    try:
        credential = parse_registration_credential_json(_short(answer))
        verified = verify_registration_response(
            credential=credential,
            expected_challenge=_used_up(
                credential.response.client_data_json, ADD, user.id.hex, now=now
            ),
            expected_rp_id=place.host,
            expected_origin=sorted(place.origins),
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError) as error:
        raise PasskeyRefused from error
    if _by_credential(verified.credential_id) is not None:
        raise PasskeyRefused
    db.session.add(
        Passkey(
            user_id=user.id,
            credential_id=verified.credential_id,
            public_key=verified.credential_public_key,
            sign_count=verified.sign_count,
            name=name,
            added_at=now,
        )
    )
    db.session.flush()


def shown_by(answer: str, *, place: Place, user: User | None, now: datetime) -> User:
    """The user whose passkey was shown: this one, or anybody who may sign in.

    Raises PasskeyRefused, also for a passkey that has been copied and counts from an older time.
    """
    try:
        credential = parse_authentication_credential_json(_short(answer))
        challenge = _used_up(credential.response.client_data_json, SHOW, now=now)
        passkey = _by_credential(credential.raw_id)
        owner = db.session.get(User, passkey.user_id) if passkey else None
        if passkey is None or owner is None or not owner.active or owner != (user or owner):
            raise PasskeyRefused
        verified = verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=place.host,
            expected_origin=sorted(place.origins),
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError) as error:
        raise PasskeyRefused from error
    passkey.sign_count, passkey.last_used_at = verified.new_sign_count, now
    db.session.flush()
    return owner


def _challenge(*purpose: str) -> bytes:
    return _signer().dumps([*purpose, new_token()]).encode()


def _used_up(client_data: bytes, *purpose: str, now: datetime) -> bytes:
    """The challenge that was answered, if it is ours and fresh; it is good no more."""
    challenge = parse_client_data_json(client_data).challenge
    try:
        found = _signer().loads(challenge, max_age=int(GOOD_FOR.total_seconds()))
        spend(ONCE, challenge.decode(), now=now)
    except (BadSignature, LimitReached) as error:
        raise PasskeyRefused from error
    if found[:-1] != [*purpose]:
        raise PasskeyRefused
    return challenge


def _by_credential(credential_id: bytes) -> Passkey | None:
    query = select(Passkey).where(Passkey.credential_id == credential_id)
    return db.session.scalar(query.with_for_update())


def _descriptors(user: User) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=each.credential_id) for each in passkeys_of(user.id)]


def _short(answer: str) -> str:
    if len(answer) > LONGEST_ANSWER:
        raise PasskeyRefused
    return answer


def _signer() -> URLSafeTimedSerializer:
    assert current_app.secret_key is not None
    return URLSafeTimedSerializer(current_app.secret_key, salt="passkey challenge")
