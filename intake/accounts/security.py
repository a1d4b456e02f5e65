"""Flask-Security, set up for the staff site. Never imported by a site for patients only."""

import logging
from datetime import timedelta
from threading import BoundedSemaphore
from typing import Any

from flask import Flask, Response, after_this_request, session
from flask_login.utils import _user_context_processor
from flask_security import (
    LoginForm,
    RoleMixin,
    Security,
    UserDatastore,
    UserMixin,
    current_user,
    hash_password,
    login_user,
    verify_password,
)
from sqlalchemy import select
from wtforms import HiddenField

from intake.accounts import throttle
from intake.accounts.models import User
from intake.accounts.service import record_failed_sign_in
from intake.accounts.sessions import visit_of
from intake.accounts.unsent import UNSENT_KEY
from intake.core import clock
from intake.core.db import db, unit_of_work
from intake.core.encryption import KeyRing
from intake.core.i18n import lazy_gettext as _l
from intake.web.limits import LimitReached
from intake.web.redirects import local_path

SHORTEST_PASSWORD = 15  # NIST SP 800-63B-4 for passwords without a second factor

OPTIONS: dict[str, object] = {
    "SECURITY_URL_PREFIX": "/staff",
    "SECURITY_LOGIN_URL": "/sign-in",
    "SECURITY_LOGOUT_URL": "/sign-out",
    "SECURITY_LOGOUT_METHODS": ["POST"],
    "SECURITY_POST_LOGIN_VIEW": "/staff/",
    "SECURITY_POST_LOGOUT_VIEW": "/staff/sign-in",
    "SECURITY_LOGIN_USER_TEMPLATE": "security/sign_in.html",
    "SECURITY_FRESHNESS": timedelta(minutes=-1),
    "SECURITY_FLASH_MESSAGES": False,
    "SECURITY_CACHE_CONTROL": None,  # it would write "no-store=True"; web/headers.py does it right
    "SECURITY_STATIC_FOLDER": None,
    "SECURITY_STATIC_FOLDER_URL": None,
    "SECURITY_CLI_USERS_NAME": None,
    "SECURITY_CLI_ROLES_NAME": None,
    # One answer for every failure, so that nobody can find out who works here.
    "SECURITY_RETURN_GENERIC_RESPONSES": True,
    "SECURITY_MSG_GENERIC_AUTHN_FAILED": (
        "The email address or the password is not right. Check both and try again.",
        "error",
    ),
    "SECURITY_PASSWORD_LENGTH_MIN": SHORTEST_PASSWORD,
    "SECURITY_PASSWORD_NORMALIZE_FORM": "NFC",
    "SECURITY_PASSWORD_HASH": "argon2",
    "SECURITY_PASSWORD_SCHEMES": ["argon2"],
    # OWASP Password Storage Cheat Sheet asks for at least 19 MiB and two passes.
    "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": {
        "argon2__type": "ID",
        "argon2__memory_cost": 64 * 1024,
        "argon2__time_cost": 3,
        "argon2__parallelism": 1,
    },
    # Its answer to a changed browser or address is to guess; ours is a short session.
    "SESSION_PROTECTION": None,
}

TOO_OFTEN = _l(
    "That was tried too often. Wait a minute, or a few, and try again. If you forgot your password,"
    " ask for a new one below."
)

log = logging.getLogger("intake.accounts")

_hashing = BoundedSemaphore(2)
"""Hashing takes 64 MiB each time; a flood of sign-ins must not take all memory."""


class Account(UserMixin):
    """A user as Flask-Security sees one: it reads and changes this, never the row itself.

    So the table knows nothing of Flask-Security, and a patient site need not load it.
    """

    def __init__(self, user: User) -> None:
        self.user = user
        self.email, self.active = user.email, user.active
        self.password, self.fs_uniquifier = user.password, user.fs_uniquifier


class Users(UserDatastore):
    """Users as Flask-Security finds and stores them."""

    def __init__(self) -> None:
        super().__init__(User, RoleMixin)  # type: ignore[arg-type]  # asked for column names only

    def find_user(self, case_insensitive: bool = False, **column: Any) -> Account | None:
        """The user with one column of that value; addresses are stored in lower case."""
        (name, value), *_ = column.items()
        wanted = value.lower() if case_insensitive else value
        user = db.session.scalar(select(User).where(getattr(User, name) == wanted))
        return Account(user) if user else None

    def put(self, model: Account) -> Account:
        """Store a password that was hashed anew because the cost of hashing has risen."""
        with unit_of_work():
            model.user.password = model.password
        return model

    def commit(self) -> None:
        """Nothing is left to commit: `put` has."""


class SignInForm(LoginForm):
    """Address and password; every failure is recorded, and too many in a row have to wait."""

    remember = None
    submit = None
    unsent = HiddenField()
    """What was typed when the session had ended, sealed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email.label.text = _l("Work email")
        self.password.label.text = _l("Password")
        self.next.data = local_path(self.next.data, "")

    def validate(self, **kwargs: Any) -> bool:
        """Whether this is a user of ours who may sign in now."""
        now, tries = clock.now(), throttle.tries_of(self.email.data or "")
        try:
            with unit_of_work():
                throttle.count(tries, now=now)
        except LimitReached as reached:
            return self._refuse(reached)
        with _hashing:
            is_right = super().validate(**kwargs)
        user = self.user.user if isinstance(self.user, Account) else None
        with unit_of_work():
            if is_right:
                throttle.forgive(tries)
            else:
                record_failed_sign_in(user, now=now)
        if is_right and self.unsent.data:
            session[UNSENT_KEY] = self.unsent.data
        return is_right

    def _refuse(self, reached: LimitReached) -> bool:
        """Show the page again as a 429, the same for known and unknown addresses."""
        log.warning("A sign-in was tried too often", extra={"status": reached.code})
        self.form_errors = [TOO_OFTEN]

        @after_this_request
        def say_when(response: Response) -> Response:
            response.status_code = reached.code
            response.headers["Retry-After"] = str(reached.retry_after)
            return response

        return False


def init_security(app: Flask) -> None:
    """Add the sign-in pages to the application."""
    ring: KeyRing | None = app.extensions.get("key_ring")  # None until `keys create` has run
    app.config.from_mapping(OPTIONS)
    # Flask-Security's "salt" is the key of an HMAC over the password before it is hashed: a copy
    # of the database alone cannot be searched for weak passwords.
    app.config["SECURITY_PASSWORD_SALT"] = ring.derive("passwords").hex() if ring else "no keys"
    security = Security(app, Users(), login_form=SignInForm)
    # Pages only: its JSON answers would hand out tokens that outlive a sign-out.
    security.want_json(lambda request: False)
    security.login_manager.request_loader(lambda request: None)
    _leave_other_pages_alone(app, security)


def _leave_other_pages_alone(app: Flask, security: Security) -> None:
    """Take out what looks for a user on every request, also of patients. The guard asks itself."""
    app.before_request_funcs[None].remove(security.principal._on_before_request)
    app.after_request_funcs[None].remove(security.login_manager._update_remember_cookie)
    app.template_context_processors[None].remove(_user_context_processor)


def signed_in_user() -> User | None:
    """Who is signed in, if anybody: with password and second factor."""
    return user_with_password() if visit_of(session).is_complete else None


def user_with_password() -> User | None:
    """Who has given a password at least. It opens nothing but the page of the second factor."""
    return current_user.user if current_user.is_authenticated else None


def sign_in(user: User, *, second_factor: str | None = None) -> None:
    """Sign a user in who has proved who they are; the session begins with the response.

    Without a second factor they are half-way, and are asked for it.
    """
    login_user(Account(user))
    if second_factor is not None:
        visit_of(session).give(second_factor)


def is_password_of(user: User, password: str) -> bool:
    """Whether it is this user's password. Takes as long as hashing: not in a unit of work."""
    if user.password is None:
        return False
    with _hashing:
        return bool(verify_password(password, user.password))


def hashed(password: str) -> str:
    """The hash of a new password. Takes a tenth of a second: do it outside of a unit of work."""
    with _hashing:
        return str(hash_password(password))
