"""Proving anew who one is, before health data leaves in bulk (OWASP ASVS 7.5.3).

Whoever has not proved it for five minutes is asked for the password, and then comes back to the
page they wanted. The session goes on under another id.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from flask import current_app, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from config import Settings
from intake.accounts import throttle
from intake.accounts.attempts import is_right
from intake.accounts.models import User
from intake.accounts.passkeys import PasskeyRefused, passkeys_of, shown_by
from intake.accounts.permissions import Permission
from intake.accounts.security import is_password_of
from intake.accounts.sessions import PROVED_KEY, visit_of
from intake.audit import log
from intake.core import clock
from intake.core.db import unit_of_work
from intake.staff.forms import PasswordField
from intake.staff.guard import blueprint, requires, staff_user
from intake.staff.onward import next_page
from intake.staff.passkey_place import REFUSED, here
from intake.web.forms import Form
from intake.web.limits import LimitReached

FRESH = timedelta(minutes=5)
WRONG = "That is not the password of this account. Check it and try again."
TOO_OFTEN = "That was tried too often. Wait a minute, or a few, and try again."

NOT_PROVED = "identity not proved"

View = TypeVar("View", bound=Callable[..., Any])


class CurrentPassword(PasswordField):
    """The password somebody has; how long it is was judged when it was chosen."""

    def check(self) -> None:
        """Take whatever was typed."""


class ProofForm(Form):
    """The password, once more."""

    password = CurrentPassword("Password", missing="Enter your password")


def proved(view: View) -> View:
    """Let a view be reached only shortly after a proof of who asks. Stands below `requires`."""

    @wraps(view)
    def guarded(*args: Any, **values: Any) -> Any:
        if _is_fresh(clock.now()):
            return view(*args, **values)
        return redirect(url_for("staff.ask_proof", next=_wanted()), code=303)

    return cast(View, guarded)


@blueprint.get("/prove")
@requires(Permission.OWN_ACCOUNT)
def ask_proof() -> ResponseReturnValue:
    """Ask for the password."""
    return _page(ProofForm.fill({}))


@blueprint.post("/prove")
@requires(Permission.OWN_ACCOUNT)
def give_proof() -> ResponseReturnValue:
    """Go on to what was wanted, if it is the right one."""
    user, form = staff_user(), ProofForm()
    refusal = None
    if "answer" in request.form:
        refusal = _passkey_refusal(user, form)
    elif _has_password(user):
        refusal = _password_refusal(user, form)
    if refusal is not None:
        return refusal
    with unit_of_work():
        log.record("identity proved", actor=user.actor, now=clock.now(), subject_id=user.id)
    visit_of(session).is_proved_again = True
    return redirect(next_page(), code=303)


def _is_fresh(now: datetime) -> bool:
    age = now.timestamp() - session.get(PROVED_KEY, 0)
    return bool(0 <= age < FRESH.total_seconds())


def _wanted() -> str:
    """The page to come back to: the one asked for, or the one whose form was sent."""
    if request.method == "GET":
        return request.full_path.rstrip("?")
    before = urlsplit(request.referrer or "")
    is_ours = before.netloc == request.host and before.path == request.path
    return f"{before.path}?{before.query}".rstrip("?") if is_ours else request.path


def _has_password(user: User) -> bool:
    """Whether one must be given. Only in development people sign in without having one."""
    settings: Settings = current_app.config["SETTINGS"]
    return settings.is_production or user.password is not None


def _password_refusal(user: User, form: ProofForm) -> ResponseReturnValue | None:
    """The page again, unless the password is right."""
    if not form.validate_on_submit():
        return _page(form, status=400)
    try:
        if _try(user, form.password.data, clock.now()):
            return None
    except LimitReached as reached:
        return _refuse(form, reached)
    form.password.errors = [WRONG]
    return _page(form, status=400)


def _passkey_refusal(user: User, form: ProofForm) -> ResponseReturnValue | None:
    """The page again, unless it is a passkey of this user."""
    try:
        with unit_of_work():
            shown_by(request.form["answer"], place=here(), user=user, now=clock.now())
    except PasskeyRefused:
        with unit_of_work():
            log.record(NOT_PROVED, actor=user.actor, now=clock.now(), subject_id=user.id)
        form.password.errors = [REFUSED]
        return _page(form, status=400)
    return None


def _try(user: User, password: str, now: datetime) -> bool:
    """Whether the password is right; counted like a sign-in. Raises LimitReached."""
    return is_right(
        lambda: is_password_of(user, password),
        throttle.tries_of(user.email),
        user=user,
        refused=NOT_PROVED,
        now=now,
    )


def _refuse(form: ProofForm, reached: LimitReached) -> ResponseReturnValue:
    form.password.errors = [TOO_OFTEN]
    response = make_response(_page(form, status=429))
    response.headers["Retry-After"] = str(reached.retry_after)
    return response


def _page(form: ProofForm, *, status: int = 200) -> ResponseReturnValue:
    user = staff_user()
    page = render_template(
        "security/prove.html",
        proof_form=form,
        user=user,
        next=next_page(),
        has_password=_has_password(user),
        has_passkey=bool(passkeys_of(user.id)),
    )
    return make_response(page, status)
