"""Six digits from an app on somebody's phone: time-based one-time passwords (RFC 6238).

A code is good for its half minute and the ones before and after it, since phones are not always on
time, and it is taken once (OWASP ASVS 6.5.1 and 6.5.5).
"""

from datetime import datetime
from uuid import UUID

from passlib.totp import TOTP, TokenError
from sqlalchemy import select

from intake.accounts.models import AuthenticatorApp, User
from intake.core.db import db

PERIOD = 30
"""Seconds a code is shown for; also how far a phone's clock may be off."""


class WrongCode(Exception):
    """Not a code that is taken now: mistyped, too old, or used already."""


def new_secret() -> str:
    """A secret of 160 bits for an app, in base 32."""
    return str(TOTP.new().base32_key)


def address_of(secret: str, *, email: str, issuer: str) -> str:
    """The otpauth address that an app reads from a QR code."""
    return str(TOTP(secret).to_uri(label=email, issuer=issuer.replace(":", " ")))


def in_groups(secret: str) -> str:
    """A secret to be typed into an app by hand."""
    return str(TOTP(secret).pretty_key(sep=" "))


def counter_of(secret: str, code: str, *, last: int, now: datetime) -> int:
    """The half minute of a code, which must be later than the last one. Raises WrongCode."""
    try:
        found = TOTP(secret).match(code, time=now, window=PERIOD, last_counter=last)
    except TokenError:
        raise WrongCode from None
    return int(found.counter)


def add_app(user: User, secret: str, code: str, *, now: datetime) -> None:
    """Let a user sign in with this app, instead of one they had. Raises WrongCode."""
    counter = counter_of(secret, code, last=-1, now=now)
    remove_app(user)
    app = AuthenticatorApp(user_id=user.id, added_at=now, last_counter=counter)
    app.secret = secret
    db.session.add(app)
    db.session.flush()


def remove_app(user: User) -> bool:
    """Take a user's app away. Returns whether there was one."""
    app = app_of(user.id)
    if app is not None:
        db.session.delete(app)
        db.session.flush()
    return app is not None


def app_of(user_id: UUID) -> AuthenticatorApp | None:
    """The app of a user; nobody else uses a code of it in this transaction."""
    query = select(AuthenticatorApp).where(AuthenticatorApp.user_id == user_id)
    return db.session.scalar(query.with_for_update())


def take_code(user: User, code: str, *, now: datetime) -> None:
    """Take a code of the user's app, which then is used up. Raises WrongCode."""
    app = app_of(user.id)
    if app is None:
        raise WrongCode
    app.last_counter = counter_of(app.secret, code, last=app.last_counter, now=now)
    db.session.flush()
