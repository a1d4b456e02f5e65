"""Browsers in which somebody of ours has signed in before.

Such a browser may try its own users' passwords when strangers have used up everybody's tries, and
it tells whose typed words it holds when a session has ended. It opens nothing by itself.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from flask import Flask, Response, current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from intake.core.tokens import new_token

LIFETIME = timedelta(days=180)
MOST_USERS = 8
"""A computer at the desk may be shared."""


@dataclass(frozen=True)
class Device:
    """A browser: its random name, and who has signed in there, the latest first."""

    name: str
    users: tuple[UUID, ...] = ()

    def knows(self, user_id: UUID) -> bool:
        """Whether this user has signed in here."""
        return user_id in self.users


def this_device() -> Device | None:
    """The browser of the current request, if anybody has signed in there."""
    value = request.cookies.get(_cookie_name(current_app))
    if not value:
        return None
    try:
        name, users = _signer(current_app).loads(value, max_age=int(LIFETIME.total_seconds()))
    except BadSignature:
        return None
    return Device(name, tuple(UUID(each) for each in users))


def remember_device(app: Flask, response: Response, user_id: UUID) -> None:
    """Let the browser of the current request remember that this user has signed in."""
    before = this_device() or Device(new_token())
    users = [user_id, *(each for each in before.users if each != user_id)][:MOST_USERS]
    response.set_cookie(
        _cookie_name(app),
        _signer(app).dumps([before.name, [each.hex for each in users]]),
        max_age=LIFETIME,
        path="/",
        secure=_is_secure(app),
        httponly=True,
        samesite="Lax",
    )


def _cookie_name(app: Flask) -> str:
    return "__Host-device" if _is_secure(app) else "device"


def _is_secure(app: Flask) -> bool:
    return bool(app.config["SESSION_COOKIE_SECURE"])


def _signer(app: Flask) -> URLSafeTimedSerializer:
    assert app.secret_key is not None
    return URLSafeTimedSerializer(app.secret_key, salt="device")
