"""What pages need that ask for a passkey."""

from urllib.parse import urlsplit

from flask import request

from intake.accounts import passkeys
from intake.accounts.models import User
from intake.accounts.passkeys import Place
from intake.web.origin import own_origins

REFUSED = "That passkey was not taken. Try it once more, or go on another way"


def here() -> Place:
    """Where the current request was made."""
    host = urlsplit(request.host_url).hostname or ""
    return Place(host=host, origins=frozenset(own_origins()))


def passkey_questions(user: User | None = None) -> str:
    """What the script of a page needs to ask for a passkey; "" where there can be none."""
    place = here()
    return passkeys.questions_to_show(user, place) if place.has_name else ""
