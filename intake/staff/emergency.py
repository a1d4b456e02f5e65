"""Opening the answers of one request in an emergency, with a reason that others are told of."""

from datetime import timedelta
from uuid import UUID

from flask import abort, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from intake.accounts.permissions import Permission
from intake.accounts.queries import addresses_of_those_who
from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.db import unit_of_work
from intake.staff.guard import blueprint, requires, shows, staff_user
from intake.staff.person import Person
from intake.submissions.emergency import REASONS, open_answers
from intake.submissions.models import Submission
from intake.submissions.queries import for_staff
from intake.web.fields import ChoiceField, TextAreaField
from intake.web.forms import Form
from intake.web.limits import Limit, spend

TOLD = (Permission.SEE_ANSWERS, Permission.SEE_AUDIT)
"""Who hears of it: those who could have read the answers, and those who watch over access."""

AT_MOST = Limit("emergency", burst=5, every=timedelta(minutes=20))
"""For one user: opening one request after the other is no emergency."""


class EmergencyForm(Form):
    """Why the answers are opened."""

    reason = ChoiceField("Why?", choices=list(REASONS.items()), missing="Select why")
    words = TextAreaField(
        "What is happening?",
        hint="It is kept as a note. Only staff see it.",
        rows=3,
        missing="Write what is happening",
    )


@blueprint.get("/submissions/<uuid:submission_id>/emergency")
@requires(Permission.BREAK_GLASS)
@shows("form of a record viewed")
def ask_emergency(submission_id: UUID) -> ResponseReturnValue:
    """Ask for the reason, and say what follows."""
    return _page(_found(submission_id), EmergencyForm.fill({}))


@blueprint.post("/submissions/<uuid:submission_id>/emergency")
@requires(Permission.BREAK_GLASS)
def open_in_emergency(submission_id: UUID) -> ResponseReturnValue:
    """Open the answers for an hour, and tell the others."""
    submission, form, user = _found(submission_id), EmergencyForm(), staff_user()
    if not form.validate_on_submit():
        return _page(submission, form, status=400)
    reason, words, now = form.reason.data, form.words.data, clock.now()
    with unit_of_work():
        open_answers(
            submission,
            reason,
            words,
            tell=addresses_of_those_who(TOLD) - {user.email},
            clinic=current_clinic(),
            author=user,
            now=now,
        )
        spend(AT_MOST, str(user.id), now=now)
    return redirect(url_for("staff.show", submission_id=submission_id), code=303)


def _found(submission_id: UUID) -> Submission:
    return for_staff(submission_id) or abort(404)


def _page(submission: Submission, form: EmergencyForm, *, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "staff/emergency.html", submission=submission, person=Person(submission), form=form
    )
    return make_response(page, status)
