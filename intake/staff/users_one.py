"""One user: name and roles, switching off and on, invitation or new password, sessions."""

from collections.abc import Callable, Sequence
from uuid import UUID

from flask import abort, flash, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from intake.accounts import administration, overview, second_factor, service
from intake.accounts.models import User
from intake.accounts.permissions import Permission
from intake.accounts.sessions import visit_of
from intake.clinic.recipients import told_of
from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.db import db, unit_of_work
from intake.staff.guard import blueprint, requires, staff_user
from intake.staff.proof import proved
from intake.staff.session_rows import session_rows
from intake.staff.settings import Versus, by_me, differences, frame
from intake.staff.users import RolesForm, state_of
from intake.staff.words import ROLES as ROLE_WORDS
from intake.staff.words import listed

LAST = {
    Permission.MANAGE_USERS: (
        "Nobody could manage users without {name}. Make somebody else an administrator first"
    ),
    Permission.CLOSE_FLAG: (
        "Nobody could close urgent flags without {name}. Make somebody else a clinician first. "
        "They count when they have chosen a password"
    ),
}
"""What to do before the last one who may do something stops doing it."""


@blueprint.get("/settings/users/<uuid:user_id>")
@requires(Permission.MANAGE_USERS)
@proved
def show_user(user_id: UUID) -> ResponseReturnValue:
    """One user."""
    return _page(_found(user_id))


@blueprint.post("/settings/users/<uuid:user_id>")
@requires(Permission.MANAGE_USERS)
def change_user(user_id: UUID) -> ResponseReturnValue:
    """Change one user; which button was pressed says how."""
    user, act = _found(user_id), ACTS.get(request.form.get("do", ""))
    return _change(user, act) if act else abort(400)


@proved
def _change(user: User, act: Callable[[User], ResponseReturnValue]) -> ResponseReturnValue:
    try:
        return act(user)
    except administration.LastHolder as last:
        form = _form_of(_found(user.id))
        form.form_errors = [LAST[last.permission].format(name=user.name)]
        return _page(_found(user.id), form=form, has_errors=True, status=409)


def _save(user: User) -> ResponseReturnValue:
    form = RolesForm()
    if not form.validate_on_submit():
        return _page(user, form=form, has_errors=True, status=400)
    name, roles, seen = form.name.data, form.roles.data, request.form.get("seen", "")
    try:
        with unit_of_work():
            administration.change_user(user, name, roles, seen=seen, **by_me())
    except administration.UserChanged:
        stored, labels = _found(user.id), {field.name: field.question for field in form}
        both = differences(labels, _words(_form_of(stored)), _words(form))
        return _page(stored, form=form, both=both, status=409)
    flash(f"{name} is saved. Whoever gets other roles signs in again.")
    return _back(user)


def _switch_off(user: User) -> ResponseReturnValue:
    with unit_of_work():
        administration.switch_off(user, **by_me())
    flash(f"{user.name} is switched off and signed out everywhere.")
    return _back(user)


def _switch_on(user: User) -> ResponseReturnValue:
    with unit_of_work():
        administration.switch_on(user, **by_me())
    flash(f"{user.name} can sign in again.")
    return _back(user)


def _mail_link(user: User) -> ResponseReturnValue:
    """An invitation for whoever has not followed one yet, else a link to a new password."""
    clinic = current_clinic()
    if not user.active:
        abort(400)
    with unit_of_work():
        if user.password is None:
            service.invite_again(user, clinic, **by_me())
        else:
            service.forgot_password(user.email, clinic, **by_me())
    flash(f"A link is on its way to {user.email}.")
    return _back(user)


def _reset_factor(user: User) -> ResponseReturnValue:
    """For whoever has lost what they sign in with, and the recovery codes, too."""
    with unit_of_work():
        second_factor.reset(user, clinic=current_clinic(), **by_me())
    flash(f"{user.name} is signed out, and adds a new second factor at the next sign-in.")
    return _back(user)


def _sign_out(user: User) -> ResponseReturnValue:
    which, this = request.form.get("session", "all"), visit_of(session).id_hash
    with unit_of_work():
        administration.sign_out(user, which, but=this, **by_me())
    flash("Signed out.")
    return _back(user)


ACTS: dict[str, Callable[[User], ResponseReturnValue]] = {
    "save": _save,
    "off": _switch_off,
    "on": _switch_on,
    "mail": _mail_link,
    "factor": _reset_factor,
    "sign-out": _sign_out,
}
"""What the buttons of the page do."""


def _found(user_id: UUID) -> User:
    return db.session.get(User, user_id) or abort(404)


def _back(user: User) -> ResponseReturnValue:
    return redirect(url_for("staff.show_user", user_id=user.id), code=303)


def _form_of(user: User) -> RolesForm:
    return RolesForm.fill({"name": user.name, "roles": list(user.role_names)})


def _words(form: RolesForm) -> dict[str, str]:
    return {"name": form.name.data, "roles": listed(form.roles.data or [], ROLE_WORDS)}


def _page(
    user: User,
    *,
    form: RolesForm | None = None,
    has_errors: bool = False,
    both: Sequence[Versus] | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    clinic, now = current_clinic(), clock.now()
    sessions = overview.open_sessions(now=now).get(user.id, [])
    until = overview.invitations().get(user.id)
    page = render_template(
        "staff/user.html",
        form=form if has_errors else None,
        user=user,
        user_form=form or _form_of(user),
        seen=administration.version_of(user),
        changed="",
        both=both,
        state=state_of(user, clinic, count=len(sessions), invited_until=until, now=now),
        is_me=user.id == staff_user().id,
        factors=second_factor.factors_of(user),
        sessions=session_rows(sessions, clinic, visit_of(session), now=now),
        told=[each.words for each in told_of(clinic, lost=()) if user.email in each.addresses],
        **frame("staff.settings_users", now=now),
    )
    return make_response(page, status)
