"""Cancelling a call for whoever asked or for the clinic, and taking back the last change of one."""

from uuid import UUID

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from intake.accounts.permissions import Permission
from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.db import db, unit_of_work
from intake.core.i18n import moment_text
from intake.scheduling import changes, queries, takeback
from intake.scheduling.agenda import why_misplaced
from intake.scheduling.bookings import provider_name
from intake.scheduling.models import LIVE, Appointment
from intake.scheduling.placing import Full, SlotTaken
from intake.scheduling.takeback import TooLate
from intake.staff.booked import QUIET, ChangedMeanwhile
from intake.staff.forms import CancelForm
from intake.staff.guard import blueprint, requires, shows, staff_user
from intake.staff.person import Person
from intake.staff.words import CHANNELS
from intake.submissions.models import Submission
from intake.submissions.queries import for_staff

CHANGED = "This call was changed since you opened the page. This is how it is now."
GONE = "There was nothing to cancel: no call is booked or asked for."
CANCELLED = "The call is cancelled."
TOO_LATE = "That cannot be undone any more: the email has left, or the call was changed since."
TAKEN = (
    "That cannot be undone: the time is closed, somebody else has it now, or this person has "
    "another call then."
)
FULL = (
    "That cannot be undone: the day is full, or this person has enough calls ahead. "
    "You can book the time outside the hours."
)


@blueprint.get("/submissions/<uuid:submission_id>/cancel")
@requires(Permission.BOOK)
@shows("form of a record viewed")
def cancel_call(submission_id: UUID) -> ResponseReturnValue:
    """Ask before a call is cancelled."""
    submission = for_staff(submission_id) or abort(404)
    form = CancelForm.fill({"tell": "yes" if Person(submission).gets_mail else "no"})
    return _page(submission, form)


@blueprint.post("/submissions/<uuid:submission_id>/cancel")
@requires(Permission.BOOK)
def do_cancel_call(submission_id: UUID) -> ResponseReturnValue:
    """Cancel it; the request waits in the queue again."""
    submission, form = for_staff(submission_id) or abort(404), CancelForm()
    is_valid = form.validate_on_submit()
    if form.sequence.errors or form.sequence.data is None:
        abort(400)
    if not is_valid:
        return _page(submission, form, status=400)
    try:
        flash(_cancel(submission_id, form) or CANCELLED)
    except ChangedMeanwhile:
        return _page(submission, form, refusal=CHANGED, status=409)
    return _to_record(submission_id)


@blueprint.post("/submissions/<uuid:submission_id>/undo")
@requires(Permission.BOOK)
def undo_change(submission_id: UUID) -> ResponseReturnValue:
    """Take back what was done to a call last."""
    number = request.form.get("sequence", "")
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        abort(400)
    now, clinic = clock.now(), current_clinic()
    try:
        with unit_of_work():
            submission = for_staff(submission_id, lock=True) or abort(404)
            who = staff_user().actor
            done = takeback.take_back(submission, int(number), clinic, actor=who, now=now)
            flash(_undone(done))
    except TooLate:
        flash(TOO_LATE)
    except Full:
        flash(FULL)
    except SlotTaken:
        flash(TAKEN)
    return _to_record(submission_id)


def _cancel(submission_id: UUID, form: CancelForm) -> str:
    """Cancel unless the page was out of date; returns what was done, in words."""
    clinic, now = current_clinic(), clock.now()
    with unit_of_work():
        submission = for_staff(submission_id, lock=True) or abort(404)
        call = _live(submission)
        if call is None:
            return "" if _was_cancelled(submission, form) else GONE
        if call.sequence != form.sequence.data:
            raise ChangedMeanwhile
        tell = form.tell.data == "yes" and Person(submission).gets_mail
        changes.cancel(
            submission,
            call,
            clinic,
            actor=staff_user().actor,
            reason=form.reason.data,
            tell=tell,
            now=now,
        )
        time = moment_text(call.starts_at, clinic.tz, "en")
        told = "The patient is told by email." if tell else QUIET
        return f"Cancelled: the call of {time}. {told}"


def _was_cancelled(submission: Submission, form: CancelForm) -> bool:
    """Whether this was the second click of two."""
    latest = next(iter(queries.cancelled_for(submission.id)), None)
    return latest is not None and latest.sequence == (form.sequence.data or 0) + 1


def _undone(call: Appointment | None) -> str:
    if call is None:
        return "There is nothing left to undo."
    time = moment_text(call.starts_at, current_clinic().tz, "en")
    words = {
        "booked": f"Undone. The call is booked for {time}.",
        "pending": f"Undone. They asked for {time}; nothing is confirmed.",
    }.get(call.status, "Undone. No call is booked.")
    why = why_misplaced(call) if call.is_live else ""
    return f"{words} It cannot stay there. {why}. Choose another time with them." if why else words


def _live(submission: Submission) -> Appointment | None:
    call = queries.kept_for(submission.id)
    return call if call is not None and call.status in LIVE else None


def _to_record(submission_id: UUID) -> ResponseReturnValue:
    return redirect(url_for("staff.show", submission_id=submission_id), code=303)


def _page(
    submission: Submission, form: CancelForm, *, refusal: str = "", status: int = 200
) -> ResponseReturnValue:
    clinic = current_clinic()
    db.session.expire_all()
    call = _live(submission)
    if call is None:
        flash(GONE)
        return _to_record(submission.id)
    page = render_template(
        "staff/cancel.html",
        submission=submission,
        person=Person(submission),
        form=form,
        call=call,
        time=moment_text(call.starts_at, clinic.tz, "en"),
        facts=[
            ("With", provider_name(call.provider_id)),
            ("How", CHANNELS.get(call.channel, call.channel)),
        ],
        grace=clinic.grace_minutes,
        refusal=refusal,
    )
    return make_response(page, status)
