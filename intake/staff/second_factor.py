"""The page between password and work: the second factor.

It is for whoever has given a password, and shows nothing of the clinic's.
"""

from collections.abc import Callable
from datetime import datetime

from flask import (
    Blueprint,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue

from intake.accounts import app_codes, recovery_codes, second_factor, throttle
from intake.accounts.app_codes import WrongCode
from intake.accounts.attempts import is_right
from intake.accounts.emails import codes_guessed
from intake.accounts.models import User
from intake.accounts.security import signed_in_user, user_with_password
from intake.accounts.sessions import visit_of
from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.db import unit_of_work
from intake.staff.guard import staff_user
from intake.staff.onward import next_page
from intake.web.fields import TextField
from intake.web.forms import Form
from intake.web.limits import LimitReached

blueprint = Blueprint("second_factor", __name__, url_prefix="/staff/second-factor")

WRONG = "That code is not right, or was used already. Wait for the next one and try again"
WRONG_RECOVERY = "That is not one of your unused recovery codes. Check it and try again"
TOO_OFTEN = "That was tried too often. Wait a few minutes and try again"


class CodeForm(Form):
    """Six digits from an app."""

    code = TextField("Code", max_length=20, missing="Enter the six digits")


class RecoveryForm(Form):
    """One of the printed codes."""

    code = TextField("Recovery code", max_length=40, missing="Enter one of your codes")


@blueprint.before_request
def admit() -> ResponseReturnValue | None:
    """Send whoever has not given a password to the sign-in page."""
    user = user_with_password()
    if user is None:
        return redirect(url_for("security.login", next=next_page()), code=303)
    g.staff_user = user
    return None


@blueprint.route("", methods=["GET", "POST"])
def ask() -> ResponseReturnValue:
    """Ask for the second factor; lead whoever has none to adding one."""
    user, form = staff_user(), CodeForm()
    if signed_in_user() is not None:
        return redirect(next_page(), code=303)
    if not second_factor.factors_of(user).is_enough:
        return redirect(url_for("second_factor.choose", next=next_page()), code=303)
    if not form.validate_on_submit():
        return _page(form)
    now, code = clock.now(), form.code.data
    refusal = _refusal(form, lambda: _takes(user, code, now), WRONG)
    return refusal or _enter(second_factor.APP, next_page())


@blueprint.route("/recovery-code", methods=["GET", "POST"])
def recover() -> ResponseReturnValue:
    """Take a recovery code, and say what to do without one."""
    user, form = staff_user(), RecoveryForm()
    if signed_in_user() is not None:
        return redirect(next_page(), code=303)
    if not form.validate_on_submit():
        return _page(form)
    now, code = clock.now(), form.code.data
    refusal = _refusal(form, lambda: _uses_up(user, code, now), WRONG_RECOVERY)
    if refusal is not None:
        return refusal
    left = recovery_codes.codes_left(user)
    flash(f"That code is used up; {left} are left. Is the phone gone for good? Add another here.")
    return _enter(second_factor.RECOVERY_CODE, url_for("staff.account"))


def _takes(user: User, code: str, now: datetime) -> bool:
    try:
        with unit_of_work():
            app_codes.take_code(user, code, now=now)
    except WrongCode:
        return False
    return True


def _uses_up(user: User, code: str, now: datetime) -> bool:
    if not recovery_codes.is_code_of(user, code):
        return False
    with unit_of_work():
        return second_factor.use_recovery_code(user, code, clinic=current_clinic(), now=now)


def _refusal(
    form: CodeForm | RecoveryForm, check: Callable[[], bool], wrong: str
) -> ResponseReturnValue | None:
    """The page again if the code is wrong or was tried too often; None if it is right."""
    user = staff_user()
    tries, refused = throttle.tries_of_code(user), "second factor refused"
    try:
        if is_right(check, tries, user=user, refused=refused, now=clock.now()):
            return None
    except LimitReached as reached:
        with unit_of_work():
            codes_guessed(user, clinic=current_clinic(), now=clock.now())
        form.code.errors = [TOO_OFTEN]
        return make_response(_page(form), 429, {"Retry-After": str(reached.retry_after)})
    form.code.errors = [wrong]
    return _page(form)


def _enter(factor: str, page: str) -> ResponseReturnValue:
    visit_of(session).give(factor)
    return redirect(page, code=303)


def _page(form: CodeForm | RecoveryForm) -> str:
    name = "recovery_code" if isinstance(form, RecoveryForm) else "second_factor"
    user = staff_user()
    values = {"code_form": form, "user": user, "next": next_page()}
    return render_template(
        f"security/{name}.html", factors=second_factor.factors_of(user), **values
    )
