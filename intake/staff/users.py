"""Users of the staff site: who has an account, inviting somebody, and what each role may do."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from flask import flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from intake.accounts import overview, service
from intake.accounts.models import User
from intake.accounts.permissions import ROLES, Permission, permissions_of
from intake.accounts.queries import user_by_email
from intake.clinic.clinic import Clinic
from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.db import unit_of_work
from intake.staff.guard import blueprint, requires
from intake.staff.proof import proved
from intake.staff.settings import by_me, frame
from intake.staff.words import ROLES as ROLE_WORDS
from intake.staff.words import listed, opening, when
from intake.web.fields import ChoicesField, EmailField, TextField
from intake.web.forms import Form

ROLE_HINTS = {
    "front_desk": "Works the queue: contact, calls, bookings. Sees no answers.",
    "clinician": "Also sees answers and scores, and closes urgent flags.",
    "administrator": "Works the queue, and manages users and settings. Sees no answers.",
    "auditor": "Only reads who did what.",
}


def _name_field() -> TextField:
    return TextField("Name", hint="What colleagues see.", missing="Enter a name", max_length=100)


def _roles_field() -> ChoicesField:
    choices = [(role, ROLE_WORDS[role], ROLE_HINTS[role]) for role in ROLES]
    return ChoicesField("Roles", choices=choices, missing="Select at least one role")


class RolesForm(Form):
    """A user's name and roles."""

    name = _name_field()
    roles = _roles_field()


class InviteForm(Form):
    """Somebody new."""

    email = EmailField("Work email", autocomplete="off")
    name = _name_field()
    roles = _roles_field()


class UserRow(NamedTuple):
    """One user in the list."""

    href: str
    name: str
    email: str
    roles: str
    state: str
    icon: str
    kind: str
    small: str


@blueprint.get("/settings/users")
@requires(Permission.MANAGE_USERS)
@proved
def settings_users() -> ResponseReturnValue:
    """Who has an account, and what each role may do."""
    return _page(InviteForm.fill({}))


@blueprint.post("/settings/users")
@requires(Permission.MANAGE_USERS)
def invite_user() -> ResponseReturnValue:
    """Invite somebody."""
    form = InviteForm()
    if not form.validate_on_submit():
        return _page(form, has_errors=True, status=400)
    return _invite(form)


@proved
def _invite(form: InviteForm) -> ResponseReturnValue:
    try:
        with unit_of_work():
            service.invite(
                form.email.address,
                form.name.data,
                roles=form.roles.data,
                clinic=current_clinic(),
                **by_me(),
            )
    except service.EmailTaken:
        form.email.errors = ["Somebody with this address is a user already"]
        known = user_by_email(form.email.address)
        return _page(form, has_errors=True, known=known, status=400)
    flash(f"An invitation to {form.email.address} is on its way.")
    return redirect(url_for("staff.settings_users"), code=303)


def state_of(
    user: User,
    clinic: Clinic,
    *,
    count: int,
    invited_until: datetime | None,
    now: datetime,
) -> tuple[str, str, str, str]:
    """Whether somebody can sign in: words, an icon, what kind of matter it is, and more words."""
    if not user.active:
        return "Switched off", "lock", "", ""
    if user.password is None and invited_until is not None:
        until = when(invited_until, clinic.tz, now)
        if invited_until <= now:
            return "Invitation has run out", "alert", "warn", opening(until)
        return "Invited", "mail", "", f"The link works until {until}"
    if user.password is None:
        return "Has no password yet", "mail", "", ""
    signed_in = f"Signed in at {count} browser{'s' if count > 1 else ''}" if count else ""
    return "Can sign in", "check", "", signed_in


def _page(
    form: InviteForm, *, has_errors: bool = False, known: User | None = None, status: int = 200
) -> ResponseReturnValue:
    now = clock.now()
    page = render_template(
        "staff/users.html",
        form=form if has_errors else None,
        invite_form=form,
        known=known,
        users=_rows(now),
        roles=[ROLE_WORDS[role] for role in ROLES],
        permissions=[
            (opening(each.value), [each in permissions_of([role]) for role in ROLES])
            for each in Permission
        ],
        **frame("staff.settings_users", now=now),
    )
    return make_response(page, status)


def _rows(now: datetime) -> list[UserRow]:
    clinic, invited = current_clinic(), overview.invitations()
    counts: dict[UUID, int] = {
        user_id: len(found) for user_id, found in overview.open_sessions(now=now).items()
    }
    return [
        UserRow(
            url_for("staff.show_user", user_id=user.id),
            user.name,
            user.email,
            listed(user.role_names, ROLE_WORDS),
            *state_of(
                user,
                clinic,
                count=counts.get(user.id, 0),
                invited_until=invited.get(user.id),
                now=now,
            ),
        )
        for user in overview.all_users()
    ]
