"""Adding a second factor: at the first sign-in, or later from one's own account."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import flash, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from intake.accounts import app_codes, passkeys, recovery_codes, second_factor
from intake.accounts.app_codes import WrongCode
from intake.accounts.models import User
from intake.accounts.passkeys import PasskeyRefused
from intake.accounts.sealing import opened_for, sealed_for
from intake.accounts.security import signed_in_user
from intake.accounts.sessions import visit_of
from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.db import unit_of_work
from intake.staff.guard import staff_user
from intake.staff.onward import next_page
from intake.staff.passkey_place import here
from intake.staff.proof import proved
from intake.staff.second_factor import WRONG, CodeForm, blueprint
from intake.web.qr import qr_code
from intake.web.text import clean_line

KIND = "authenticator app"
LONGEST_NAME = 60

View = Callable[[], ResponseReturnValue]


def _may_add(view: View) -> View:
    """Let a view be reached by who has no second factor yet, or has just proved who they are."""

    @wraps(view)
    def guarded() -> Any:
        if signed_in_user() is not None:
            return proved(view)()
        if second_factor.factors_of(staff_user()).is_enough:
            return redirect(url_for("second_factor.ask", next=next_page()), code=303)
        return view()

    return guarded


@blueprint.get("/new")
@_may_add
def choose() -> ResponseReturnValue:
    """Offer what can be a second factor, a passkey first."""
    return _choice()


@blueprint.post("/passkey")
@_may_add
def add_passkey() -> ResponseReturnValue:
    """Take the passkey that the browser has made."""
    user, clinic, now = staff_user(), current_clinic(), clock.now()
    answer = request.form.get("answer", "")
    name = clean_line(request.form.get("name", ""))[:LONGEST_NAME] or "Passkey"
    try:
        with unit_of_work():
            second_factor.add_passkey(user, answer, name, place=here(), clinic=clinic, now=now)
    except PasskeyRefused:
        return make_response(_choice(is_refused=True), 400)
    return _added(user, second_factor.PASSKEY)


@blueprint.route("/app", methods=["GET", "POST"])
@_may_add
def add_app() -> ResponseReturnValue:
    """Show the QR code, and take the first code as the proof that it was read."""
    user, form = staff_user(), CodeForm()
    sealed = opened_for(user.id, KIND, request.form.get("secret", ""))
    secret = sealed.decode() if sealed else app_codes.new_secret()
    if not form.validate_on_submit():
        return _app_page(form, user, secret)
    clinic, now = current_clinic(), clock.now()
    try:
        with unit_of_work():
            second_factor.add_app(user, secret, form.code.data, clinic=clinic, now=now)
    except WrongCode:
        form.code.errors = [WRONG]
        return _app_page(form, user, secret)
    return _added(user, second_factor.APP)


def show_new_codes(user: User, onward: str) -> ResponseReturnValue:
    """Make ten recovery codes and show them, this once. `onward` is where the page leads."""
    codes = recovery_codes.new_codes()
    hashes = recovery_codes.hashes_of(codes)
    with unit_of_work():
        second_factor.give_codes(user, hashes, clinic=current_clinic(), now=clock.now())
    return render_template("security/recovery_codes.html", codes=codes, user=user, next=onward)


def _added(user: User, factor: str) -> ResponseReturnValue:
    """Go on after a second factor was added; whoever has no recovery codes gets them now."""
    if signed_in_user() is None:
        visit_of(session).give(factor)
    if not recovery_codes.codes_left(user):
        return show_new_codes(user, next_page())
    flash("Added. Use it from the next sign-in on.")
    return redirect(url_for("staff.account"), code=303)


def _choice(*, is_refused: bool = False) -> str:
    user, place = staff_user(), here()
    questions = ""
    if place.has_name:
        name = current_clinic().name_in_mail
        questions = passkeys.questions_to_add(user, place, clinic_name=name)
    return render_template(
        "security/new_factor.html",
        user=user,
        next=next_page(),
        questions=questions,
        is_refused=is_refused,
        is_first=signed_in_user() is None,
    )


def _app_page(form: CodeForm, user: User, secret: str) -> str:
    issuer = current_clinic().name_in_mail
    address = app_codes.address_of(secret, email=user.email, issuer=issuer)
    return render_template(
        "security/add_app.html",
        code_form=form,
        user=user,
        next=next_page(),
        sealed=sealed_for(user.id, KIND, secret.encode()),
        typed=app_codes.in_groups(secret),
        address=address,
        qr=qr_code(address),
        is_first=signed_in_user() is None,
    )
