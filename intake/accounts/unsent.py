"""What somebody typed into a form of the staff site whose session had ended meanwhile.

It waits in the browser, in a hidden field of the sign-in page, sealed with our key for the user who
typed it. After signing in it is kept, still sealed, with the new session until the next form is
sent. The server never stores it in clear, and no address holds it.
"""

import json
from dataclasses import dataclass
from uuid import UUID

from intake.accounts.sealing import opened_for, sealed_for

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
    return sealed_for(user_id, "unsent form", plain)


def opened(value: str, user_id: UUID) -> Unsent | None:
    """What was sealed for this user; None for anybody else's, or for anything else."""
    plain = opened_for(user_id, "unsent form", value)
    if plain is None:
        return None
    path, fields = json.loads(plain)
    return Unsent(path, tuple((name, text) for name, text in fields))
