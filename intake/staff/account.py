"""Somebody's own account: what they sign in with, and where they are signed in."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from intake.accounts import administration, overview, second_factor
from intake.accounts.models import Passkey
from intake.accounts.passkeys import passkeys_of
from intake.accounts.permissions import Permission
from intake.accounts.second_factor import LastFactor
from intake.accounts.sessions import visit_of
from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.db import unit_of_work
from intake.staff.guard import blueprint, requires, staff_user
from intake.staff.proof import proved
from intake.staff.second_factor_new import show_new_codes
from intake.staff.session_rows import session_rows
from intake.staff.words import when


class PasskeyRow(NamedTuple):
    """One passkey in the list."""

    id: UUID
    name: str
    added: str
    used: str


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
        passkeys=[_passkey_row(each, now) for each in passkeys_of(user.id)],
        sessions=session_rows(sessions, current_clinic(), visit_of(session), now=now),
    )


@blueprint.post("/account/codes")
@requires(Permission.OWN_ACCOUNT)
@proved
def new_codes() -> ResponseReturnValue:
    """Make new recovery codes."""
    return show_new_codes(staff_user(), url_for("staff.account"))


@blueprint.post("/account/passkeys/<uuid:passkey_id>")
@requires(Permission.OWN_ACCOUNT)
@proved
def remove_passkey(passkey_id: UUID) -> ResponseReturnValue:
    """Take one of one's own passkeys away."""
    user = staff_user()
    passkey = next((each for each in passkeys_of(user.id) if each.id == passkey_id), None)
    if passkey is None:
        abort(404)
    return _without(lambda: second_factor.remove_passkey(user, passkey, **_told()))


@blueprint.post("/account/app")
@requires(Permission.OWN_ACCOUNT)
@proved
def remove_app() -> ResponseReturnValue:
    """Take one's own authenticator app away."""
    return _without(lambda: second_factor.remove_app(staff_user(), **_told()))


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


def _passkey_row(passkey: Passkey, now: datetime) -> PasskeyRow:
    tz, used = current_clinic().tz, passkey.last_used_at
    words = f"Used {when(used, tz, now)}" if used else "Not used yet"
    return PasskeyRow(passkey.id, passkey.name, when(passkey.added_at, tz, now), words)


def _told() -> dict[str, Any]:
    return {"clinic": current_clinic(), "now": clock.now()}


def _without(remove: Callable[[], None]) -> ResponseReturnValue:
    """Back to the page, with or without what was to be removed."""
    try:
        with unit_of_work():
            remove()
        flash("Removed.")
    except LastFactor:
        flash("This is your only second factor. Add another one first.")
    return redirect(url_for("staff.account"), code=303)
