"""Somebody's own account: what they sign in with, and where they are signed in."""

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from intake.accounts import administration, overview, second_factor
from intake.accounts.permissions import Permission
from intake.accounts.sessions import visit_of
from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.db import unit_of_work
from intake.staff.guard import blueprint, requires, staff_user
from intake.staff.proof import proved
from intake.staff.second_factor_new import show_new_codes
from intake.staff.session_rows import session_rows


@blueprint.get("/account")
@requires(Permission.OWN_ACCOUNT)
def account() -> ResponseReturnValue:
    """What one signs in with, and where one is signed in."""
    user, now = staff_user(), clock.now()
    sessions = overview.open_sessions(now=now).get(user.id, [])
    return render_template(
        "staff/account.html",
        user=user,
        factors=second_factor.factors_of(user),
        sessions=session_rows(sessions, current_clinic(), visit_of(session), now=now),
    )


@blueprint.post("/account/codes")
@requires(Permission.OWN_ACCOUNT)
@proved
def new_codes() -> ResponseReturnValue:
    """Make new recovery codes."""
    return show_new_codes(staff_user(), url_for("staff.account"))


@blueprint.post("/account/sessions")
@requires(Permission.OWN_ACCOUNT)
def end_sessions() -> ResponseReturnValue:
    """Sign out in another browser, or in all others."""
    user, this = staff_user(), visit_of(session).id_hash
    which = request.form.get("session", "all")
    with unit_of_work():
        administration.sign_out(user, which, actor=user.actor, now=clock.now(), but=this)
    flash("Signed out there.")
    return redirect(url_for("staff.account"), code=303)
