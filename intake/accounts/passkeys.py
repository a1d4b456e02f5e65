"""Passkeys: a key pair in a phone, computer or security key (W3C Web Authentication, level 3).

We demand that the device checks who is there, by finger, face or PIN (user verification). So a
passkey is two factors in one and signs in without a password. It answers only to our own address,
which is why nobody can be lured into giving it away.

Challenges are signed rather than stored: a page can be looked at without changing anything. Each is
good for five minutes, for one purpose, and once.
"""

import json
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from ipaddress import ip_address
from typing import Any
from uuid import UUID

from flask import current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import select

from intake.accounts.models import Passkey, User
from intake.core.db import db
from intake.core.tokens import new_token
from intake.web.limits import Limit, LimitReached, spend

GOOD_FOR = timedelta(minutes=5)
ONCE = Limit("passkey challenge", burst=1, every=GOOD_FOR)
ADD, SHOW = "add", "show"
"""What a challenge is for: a passkey of one user to be made, or anybody's to be shown."""
LONGEST_ANSWER = 20_000
ALGORITHMS = (-8, -7, -257)
"""EdDSA, ES256, RS256 (IANA COSE Algorithms), in the order of our preference."""
MINUTE = 60_000
"""How long a browser waits for its user, in milliseconds."""


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
    """What a browser needs to make a passkey: PublicKeyCredentialCreationOptionsJSON."""
    questions = {
        "rp": {"id": place.host, "name": clinic_name},
        "user": {"id": _text(user.id.bytes), "name": user.email, "displayName": user.name},
        "challenge": _text(_challenge(ADD, user.id.hex)),
        "pubKeyCredParams": [{"type": "public-key", "alg": each} for each in ALGORITHMS],
        "excludeCredentials": _descriptors(user),
        "authenticatorSelection": {"residentKey": "preferred", "userVerification": "required"},
        "attestation": "none",
        "timeout": MINUTE,
    }
    return json.dumps(questions)


def questions_to_show(user: User | None, place: Place) -> str:
    """What a browser needs to show a passkey: PublicKeyCredentialRequestOptionsJSON.

    A passkey of anybody, if we do not know who asks.
    """
    questions = {
        "rpId": place.host,
        "challenge": _text(_challenge(SHOW)),
        "allowCredentials": _descriptors(user) if user else [],
        "userVerification": "required",
        "timeout": MINUTE,
    }
    return json.dumps(questions)


def add_passkey(user: User, answer: str, name: str, *, place: Place, now: datetime) -> None:
    """Let a user sign in with the passkey that was just made. Raises PasskeyRefused."""
    ceremonies, text = _ceremonies(), _short(answer)
    challenge = ceremonies.challenge_of_new(text)
    _use_up(challenge, ADD, user.id.hex, now=now)
    new = ceremonies.new_passkey(text, challenge, place)
    if _by_credential(new.credential_id) is not None:
        raise PasskeyRefused
    passkey = Passkey(
        user_id=user.id,
        credential_id=new.credential_id,
        credential_data=new.credential_data,
        sign_count=new.sign_count,
        name=name,
        added_at=now,
    )
    db.session.add(passkey)
    db.session.flush()


def shown_by(answer: str, *, place: Place, user: User | None, now: datetime) -> User:
    """The user whose passkey was shown: this one, or anybody who may sign in.

    Raises PasskeyRefused, also for a passkey that has been copied and counts from an older time.
    """
    ceremonies = _ceremonies()
    shown = ceremonies.shown_passkey(_short(answer))
    _use_up(shown.challenge, SHOW, now=now)
    passkey, owner = _found(shown.credential_id)
    if not owner.active or owner != (user or owner):
        raise PasskeyRefused
    ceremonies.check_shown(shown, passkey.credential_data, place)
    # Devices that do not count say 0 each time.
    if max(shown.sign_count, passkey.sign_count) > 0 and shown.sign_count <= passkey.sign_count:
        raise PasskeyRefused
    passkey.sign_count, passkey.last_used_at = shown.sign_count, now
    db.session.flush()
    return owner


def _challenge(*purpose: str) -> bytes:
    return _signer().dumps([*purpose, new_token()]).encode()


def _use_up(challenge: bytes, *purpose: str, now: datetime) -> None:
    """Let a challenge be good no more, if it is ours and fresh. Raises PasskeyRefused."""
    try:
        found = _signer().loads(challenge, max_age=int(GOOD_FOR.total_seconds()))
        spend(ONCE, challenge.decode(), now=now)
    except (BadSignature, LimitReached) as error:
        raise PasskeyRefused from error
    if found[:-1] != [*purpose]:
        raise PasskeyRefused


def _found(credential_id: bytes) -> tuple[Passkey, User]:
    """A passkey that we know, and whose it is. Raises PasskeyRefused."""
    passkey = _by_credential(credential_id)
    owner = db.session.get(User, passkey.user_id) if passkey else None
    if passkey is None or owner is None:
        raise PasskeyRefused
    return passkey, owner


def _by_credential(credential_id: bytes) -> Passkey | None:
    query = select(Passkey).where(Passkey.credential_id == credential_id)
    return db.session.scalar(query.with_for_update())


def _descriptors(user: User) -> list[dict[str, str]]:
    known = passkeys_of(user.id)
    return [{"type": "public-key", "id": _text(each.credential_id)} for each in known]


def _text(value: bytes) -> str:
    """Bytes as the JSON of Web Authentication has them: base64url without padding."""
    return urlsafe_b64encode(value).rstrip(b"=").decode()


def _ceremonies() -> Any:
    """`intake.accounts.ceremonies`, which few processes need."""
    return import_module("intake.accounts.ceremonies")


def _short(answer: str) -> str:
    if len(answer) > LONGEST_ANSWER:
        raise PasskeyRefused
    return answer


def _signer() -> URLSafeTimedSerializer:
    assert current_app.secret_key is not None
    return URLSafeTimedSerializer(current_app.secret_key, salt="passkey challenge")
