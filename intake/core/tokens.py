"""Ids, secret tokens and references. Only the hash of a secret token is ever stored."""

import hashlib
import secrets
import uuid

REFERENCE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without 0/O and 1/I/L, which look alike in print and in the product's typeface."""


def new_id() -> uuid.UUID:
    """A random 128-bit id, safe to show in an address."""
    return uuid.UUID(bytes=secrets.token_bytes(16))


def new_token() -> str:
    """A secret of 256 bits for a cookie or a mailed link, 43 characters."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What is stored of a token: SHA-256 in hex. A fast hash is enough for a random secret."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_reference() -> str:
    """A reference people can read out over the phone, such as K7M-4QDX. Not a secret."""
    letters = [secrets.choice(REFERENCE_ALPHABET) for _ in range(7)]
    return "".join(letters[:3]) + "-" + "".join(letters[3:])
