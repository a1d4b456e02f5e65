"""Links that work once: to a first or a new password, or in development to sign in.

Looking at a link never uses it up, since mail scanners open links; only the button does.
"""

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config import Settings
from intake.accounts.models import User
from intake.accounts.queries import live_link
from intake.accounts.second_factor import LINK
from intake.accounts.security import hashed, sign_in
from intake.accounts.service import SIGN_IN, LinkUnusable, set_password, use_link
from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.db import unit_of_work
from intake.staff.forms import PasswordForm

blueprint = Blueprint("links", __name__, url_prefix="/staff/link")


@blueprint.route("/<token>", methods=["GET", "POST"])
def follow(token: str) -> ResponseReturnValue:
    """Show what a link is for; on the button, do it."""
    found = live_link(token, now=clock.now())
    if found is None or not _is_allowed(found[0].purpose):
        return _over()
    link, user = found
    if link.purpose != SIGN_IN:
        return _choose_password(token, link.purpose, user)
    if request.method == "POST":
        return _enter(token, SIGN_IN)
    return render_template("security/sign_in_link.html", user=user)


def _choose_password(token: str, purpose: str, user: User) -> ResponseReturnValue:
    form, clinic = PasswordForm(), current_clinic()
    form.words = (clinic.name, clinic.name_in_mail, user.name, user.email)
    if form.validate_on_submit():
        return _enter(token, purpose, password_hash=hashed(form.password.data))
    return render_template("security/choose_password.html", user=user, form=form)


def _enter(token: str, purpose: str, *, password_hash: str = "") -> ResponseReturnValue:
    now = clock.now()
    try:
        with unit_of_work():
            user = use_link(token, purpose, now=now)
            if password_hash:
                set_password(user, password_hash, clinic=current_clinic(), now=now)
    except LinkUnusable:
        return _over()
    sign_in(user, second_factor=LINK if purpose == SIGN_IN else None)
    return redirect(url_for("staff.queue"), code=303)


def _over() -> ResponseReturnValue:
    """What somebody sees whose link does not work any more, and how to get on."""
    return render_template("security/link_over.html"), 410


def _is_allowed(purpose: str) -> bool:
    """Sign-in links are for trying the software out; real staff have passwords."""
    settings: Settings = current_app.config["SETTINGS"]
    return purpose != SIGN_IN or not settings.is_production
