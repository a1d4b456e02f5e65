"""Taking a request before calling, taking it over from somebody, and letting go of it."""

from datetime import datetime
from uuid import UUID

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from intake.accounts.models import User
from intake.accounts.permissions import Permission
from intake.clinic.clinic import Clinic
from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.db import unit_of_work
from intake.staff.guard import blueprint, requires, staff_user
from intake.staff.held import held_of
from intake.staff.person import Person
from intake.submissions import claims
from intake.submissions.claims import Taken
from intake.submissions.models import Submission
from intake.submissions.queries import for_staff


@blueprint.post("/submissions/<uuid:submission_id>/take")
@requires(Permission.CONTACT)
def take(submission_id: UUID) -> ResponseReturnValue:
    """Take a request. Somebody else's is taken over only by whoever was told whose it is."""
    clinic, now, user = current_clinic(), clock.now(), staff_user()
    try:
        with unit_of_work():
            found = for_staff(submission_id, lock=True) or abort(404)
            if not claims.is_claimable(found):
                return _nothing_to_take(submission_id)
            claims.take(found, clinic, user=user, seen=request.form.get("seen", ""), now=now)
    except Taken:
        return _ask(for_staff(submission_id) or abort(404), clinic, user, now)
    return redirect(url_for("staff.show", submission_id=submission_id), code=303)


@blueprint.post("/submissions/<uuid:submission_id>/release")
@requires(Permission.CONTACT)
def release(submission_id: UUID) -> ResponseReturnValue:
    """Let go of a request, so that somebody else can call."""
    with unit_of_work():
        found = for_staff(submission_id, lock=True) or abort(404)
        claims.release(found, user=staff_user(), now=clock.now())
    return redirect(url_for("staff.queue"), code=303)


def _ask(submission: Submission, clinic: Clinic, user: User, now: datetime) -> ResponseReturnValue:
    """Say who has it, and ask whether to take it over."""
    held = held_of(submission, user, clinic, now=now)
    page = render_template(
        "staff/take_over.html", submission=submission, person=Person(submission), held=held
    )
    return make_response(page, 409)


def _nothing_to_take(submission_id: UUID) -> ResponseReturnValue:
    flash("Nobody needs to call them now, so there is nothing to take.")
    return redirect(url_for("staff.show", submission_id=submission_id), code=303)
