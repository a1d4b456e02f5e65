"""Mailing somebody a link to answer what they left open."""

from uuid import UUID

from flask import abort, redirect, url_for
from flask.typing import ResponseReturnValue

from intake.accounts.permissions import Permission
from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.db import unit_of_work
from intake.staff.guard import blueprint, requires, staff_user
from intake.submissions.emails import patient_address
from intake.submissions.queries import for_staff
from intake.submissions.resume import NoAddress, mail_link


@blueprint.post("/submissions/<uuid:submission_id>/resume-link")
@requires(Permission.CONTACT)
def send_resume_link(submission_id: UUID) -> ResponseReturnValue:
    """Mail the link, if the person allowed e-mail."""
    try:
        with unit_of_work():
            submission = for_staff(submission_id, lock=True) or abort(404)
            mail_link(
                submission,
                current_clinic(),
                to=patient_address(submission),
                actor=staff_user().actor,
                now=clock.now(),
            )
    except NoAddress:
        abort(409)
    page = url_for("staff.show", submission_id=submission_id, _anchor="messages")
    return redirect(page, code=303)
