"""What waits in a user's browser, in a hidden field, sealed so that only they can bring it back."""

import base64
import binascii
from uuid import UUID

from intake.core.encryption import UnreadableField, key_ring


def sealed_for(user_id: UUID, what: str, plain: bytes) -> str:
    """Seal something for a user; `what` keeps one kind of thing from passing for another."""
    return base64.urlsafe_b64encode(key_ring().seal(plain, _place(user_id, what))).decode()


def opened_for(user_id: UUID, what: str, value: str) -> bytes | None:
    """What was sealed for this user; None for anybody else's, or for anything else."""
    try:
        return key_ring().open(base64.urlsafe_b64decode(value), _place(user_id, what))
    except (UnreadableField, binascii.Error, ValueError):
        return None


def _place(user_id: UUID, what: str) -> str:
    return f"browser|{what}|{user_id}"
