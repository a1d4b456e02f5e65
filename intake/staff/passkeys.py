"""Signing in with a passkey."""

from flask import Blueprint, redirect, render_template, request, session
from flask.typing import ResponseReturnValue

from intake.accounts import passkeys, throttle
from intake.accounts.passkeys import PasskeyRefused
from intake.accounts.second_factor import PASSKEY
from intake.accounts.security import SignInForm, sign_in
from intake.accounts.service import VISITOR
from intake.accounts.unsent import UNSENT_KEY
from intake.audit import log
from intake.core import clock
from intake.core.db import unit_of_work
from intake.staff.onward import next_page
from intake.staff.passkey_place import REFUSED, here

blueprint = Blueprint("passkey", __name__, url_prefix="/staff/passkey")


@blueprint.post("")
def enter() -> ResponseReturnValue:
    """Sign in with a passkey: it takes the place of password and second factor."""
    unsent = request.form.get("unsent", "")
    tries, now = throttle.tries_of_passkey(), clock.now()
    with unit_of_work():
        throttle.count(tries, now=now)
    try:
        with unit_of_work():
            answer = request.form.get("answer", "")
            user = passkeys.shown_by(answer, place=here(), user=None, now=now)
            throttle.forgive(tries)
    except PasskeyRefused:
        return _refuse(unsent)
    sign_in(user, second_factor=PASSKEY)
    if unsent:
        session[UNSENT_KEY] = unsent
    return redirect(next_page(), code=303)


def _refuse(unsent: str) -> ResponseReturnValue:
    with unit_of_work():
        log.record("passkey refused", actor=VISITOR, now=clock.now())
    form = SignInForm(formdata=None, unsent=unsent, next=next_page())
    form.form_errors = [REFUSED]
    return render_template("security/sign_in.html", login_user_form=form), 400
