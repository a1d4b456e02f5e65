"""What somebody typed into a form of the staff site whose session had ended meanwhile.

It waits in the browser, in a hidden field of the sign-in page, sealed with our key for the user who
typed it. After signing in it is kept, still sealed, with the new session until the next form is
sent. The server never stores it in clear, and no address holds it.
"""

import base64
import binascii
import json
from dataclasses import dataclass
from uuid import UUID

from intake.core.encryption import UnreadableField, key_ring

UNSENT_KEY = "unsent"
"""Where a session keeps it."""


@dataclass(frozen=True)
class Unsent:
    """A form that was not taken: where it was sent, and its fields in order."""

    path: str
    fields: tuple[tuple[str, str], ...]


def sealed(unsent: Unsent, user_id: UUID) -> str:
    """The sealed form, which only this user's session opens."""
    plain = json.dumps([unsent.path, unsent.fields], ensure_ascii=False).encode()
    return base64.urlsafe_b64encode(key_ring().seal(plain, _place(user_id))).decode()


def opened(value: str, user_id: UUID) -> Unsent | None:
    """What was sealed for this user; None for anybody else's, or for anything else."""
    try:
        plain = key_ring().open(base64.urlsafe_b64decode(value), _place(user_id))
    except (UnreadableField, binascii.Error, ValueError):
        return None
    path, fields = json.loads(plain)
    return Unsent(path, tuple((name, text) for name, text in fields))


def _place(user_id: UUID) -> str:
    return f"unsent|form|{user_id}"
