"""Members of staff, and ways in."""

from datetime import datetime, timedelta
from http.cookies import SimpleCookie

from passlib.totp import TOTP
from sqlalchemy import select

from intake.accounts import app_codes, security
from intake.accounts.app_codes import new_secret
from intake.accounts.models import User
from intake.accounts.queries import user_by_email
from intake.accounts.second_factor import LINK
from intake.accounts.security import hashed
from intake.accounts.service import set_password, sign_in_link
from intake.audit.models import AuditEntry
from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.db import db, unit_of_work
from tests.browse import Browser

NEW_FACTOR, ONE_MORE = "Add a second factor", "One more step"
"""Where the right password leads: at the first time, and at every other."""
NEW_APP = "Add an authenticator app"
PASSWORD = "brown horses eat late apples"
DESK, CLINICIAN, ADMIN = "desk@example.com", "clinician@example.com", "admin@example.com"


def person(email: str = DESK) -> User:
    """The user with an address."""
    user = user_by_email(email)
    assert user is not None
    return user


def path_of(link: str) -> str:
    """The path of a mailed address."""
    return link[link.index("/staff/link/") :]


def let_in(browser: Browser, email: str = DESK) -> Browser:
    """Sign a user in, past the pages on which people do it."""
    with browser.app.test_request_context("/staff/"):
        security.sign_in(person(email), second_factor=LINK)
        response = browser.app.process_response(browser.app.make_response(""))
    for header in response.headers.getlist("Set-Cookie"):
        name, cookie = next(iter(SimpleCookie(header).items()))
        browser.client.set_cookie(name, cookie.value)
    return browser


def sign_in(browser: Browser, email: str = DESK) -> Browser:
    """Sign a user in as people do, by a one-time link."""
    with unit_of_work():
        link = sign_in_link(person(email), now=clock.now())
    browser.get(path_of(link))
    browser.submit()
    return browser


def give_password(email: str = DESK, password: str = PASSWORD) -> None:
    """Give a user a password."""
    user, password_hash = person(email), hashed(password)
    with unit_of_work():
        set_password(user, password_hash, clinic=current_clinic(), now=clock.now())


def give_app(email: str = DESK) -> str:
    """Let a user have an authenticator app since a minute ago; returns its secret."""
    secret, then = new_secret(), clock.now() - timedelta(minutes=1)
    with unit_of_work():
        app_codes.add_app(person(email), secret, code_of(secret, then), now=then)
    return secret


def code_of(secret: str, now: datetime | None = None) -> str:
    """The six digits an app shows."""
    return str(TOTP(secret).generate(now or clock.now()).token)


def with_password(browser: Browser, email: str = DESK, password: str = PASSWORD) -> Browser:
    """Give address and password, as people do; the second factor is still to come."""
    browser.get("/staff/sign-in")
    browser.submit(email=email, password=password)
    return browser


def actions() -> list[str]:
    """What the audit log holds, in order."""
    return list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.seq)))
