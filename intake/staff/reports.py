"""Handing one request on to another system, such as the clinic's records."""

import json
from uuid import UUID

from flask import Response, abort, render_template
from flask.typing import ResponseReturnValue

from intake.accounts.permissions import Permission
from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.db import unit_of_work
from intake.exports.service import hand_over
from intake.screening.codes import NOTICE
from intake.screening.item import SUBSTANCE_USE
from intake.staff.guard import blueprint, requires, shows, staff_user
from intake.staff.person import Person
from intake.staff.proof import proved
from intake.submissions import consents
from intake.submissions.models import Submission
from intake.submissions.queries import for_staff
from intake.submissions.segments import has_segment
from intake.web.fields import ConsentField
from intake.web.forms import Form


class HandOverForm(Form):
    """Whether the file may hold what is kept apart (42 CFR Part 2)."""

    has_agreed = ConsentField(
        "They have agreed in writing that what they said about alcohol and drugs is handed on.",
        optional=True,
        mark_optional=False,
        hint="Without it those answers are left out. With it the file carries the legal notice.",
    )


FHIR_JSON = "application/fhir+json; charset=utf-8"


@blueprint.get("/submissions/<uuid:submission_id>/hand-over")
@requires(Permission.SEE_ANSWERS)
@proved
@shows("form of a record viewed")
def ask_hand_over(submission_id: UUID) -> ResponseReturnValue:
    """Say what the file holds, before it is made."""
    submission = _found(submission_id)
    has_agreed = consents.allows(submission.id, consents.SUBSTANCES)
    is_apart = current_clinic().part_2 and has_segment(submission, SUBSTANCE_USE)
    return render_template(
        "staff/hand_over.html",
        submission=submission,
        person=Person(submission),
        notice=NOTICE,
        form=HandOverForm.fill({}) if is_apart and not has_agreed else None,
        has_agreed=is_apart and has_agreed,
    )


@blueprint.post("/submissions/<uuid:submission_id>/hand-over")
@requires(Permission.SEE_ANSWERS)
@proved
def do_hand_over(submission_id: UUID) -> ResponseReturnValue:
    """The file. Its name holds the reference, and nobody's name."""
    submission, form, clinic = _found(submission_id), HandOverForm(), current_clinic()
    form.validate_on_submit()
    has_agreed, who = form.has_agreed.data, staff_user().actor
    with unit_of_work():
        bundle = hand_over(submission, clinic, has_agreed=has_agreed, actor=who, now=clock.now())
    body = json.dumps(bundle, ensure_ascii=False, indent=1)
    response = Response(body, content_type=FHIR_JSON)
    name = f"request-{submission.reference}.json"
    response.headers["Content-Disposition"] = f"attachment; filename={name}"
    return response


def _found(submission_id: UUID) -> Submission:
    return for_staff(submission_id) or abort(404)
